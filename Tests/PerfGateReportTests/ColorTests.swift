import Foundation
import PerfGate
import PerfGateCommands
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Colors stand around verdicts on a terminal that shows them, and change nothing else.
@Suite struct ColorTests {
  private static let codes: [Verdict.Word: String] = [
    .holds: "\u{1B}[32m", .violated: "\u{1B}[31m", .inconclusive: "\u{1B}[33m",
    .notCheckable: "\u{1B}[2m",
  ]
  private static let words: [Verdict.Word: String] = [
    .holds: "holds", .violated: "violated", .inconclusive: "inconclusive",
    .notCheckable: "not checkable",
  ]

  private func everything() throws -> Record {
    let url = try #require(
      Bundle.module.url(forResource: "everything", withExtension: "json", subdirectory: "Records"))
    return try JSONDecoder().decode(Record.self, from: Data(contentsOf: url))
  }

  private func plain(_ text: String) -> String { text.replacing(/\x1B\[[0-9]*m/, with: "") }

  @Test(arguments: [nil, 80, 200, 400])
  func theTextIsTheSameAndVerdictsHaveTheirColors(width: Int?) throws {
    let record = try everything()
    let lines = ConsoleReport.styledBody(record, width: width)
    #expect(lines.map(\.text) == ConsoleReport.body(record, width: width))
    #expect(lines.map { plain($0.colored) } == lines.map(\.text))
    let verdicts = Set(record.claims.map(\.verdict.word))
    #expect(verdicts.count == 4, "the record has a claim of each kind")
    for claim in record.claims {
      let line = try #require(lines.first { $0.text.hasPrefix("\(claim.id) ") }, "\(claim.id)")
      let code = try #require(Self.codes[claim.verdict.word])
      let word = try #require(Self.words[claim.verdict.word])
      #expect(line.colored.contains("\(code)\(word)\u{1B}[0m"), "\(line.colored.debugDescription)")
      #expect(line.colored.split(separator: "\u{1B}").count == 3)
    }
    // The reason behind a verdict, tables and notes have none.
    let colored = lines.filter { $0.colored != $0.text }
    #expect(colored.count == record.claims.count + 1)
    let violated = record.claims.count { $0.verdict == .violated }
    #expect(lines.last?.colored.contains("\u{1B}[31mviolated \(violated)") == true)
  }

  /// An id that a log would act on is made harmless, and the color stays where it belongs.
  @Test func aLineThatIsMadeHarmlessKeepsItsColor() throws {
    var record = try everything()
    record.claims = Array(record.claims.filter { $0.verdict == .violated }.prefix(1))
    record.claims[0].id = "::error::\u{1B}[2J"
    let line = try #require(
      ConsoleReport.styledBody(record).first { $0.text.contains("error") })
    #expect(line.text.hasPrefix("\\::error::\\u{1B}[2J "))
    #expect(line.colored.contains("\u{1B}[31mviolated\u{1B}[0m"))
    #expect(line.colored.split(separator: "\u{1B}").count == 3)
  }

  @Test func onlyATerminalThatKnowsThemGetsColors() {
    let colors = { (isTerminal: Bool, environment: [String: String]) in
      CommandOutput.showsColors(isTerminal: isTerminal, environment)
    }
    #expect(colors(true, ["TERM": "xterm-256color"]))
    #expect(colors(true, ["TERM": "linux", "NO_COLOR": ""]))
    #expect(!colors(false, ["TERM": "xterm-256color"]))
    #expect(!colors(true, ["TERM": "dumb"]))
    #expect(!colors(true, [:]))
    #expect(!colors(true, ["TERM": "xterm", "NO_COLOR": "1"]))
    #expect(!colors(true, ["TERM": "xterm", "NO_COLOR": "0"]))
  }

  /// What the commands write, with and without colors, and into files.
  @Test func theCommandShowsThemUnlessItIsToldNotTo() throws {
    let folder = try TemporaryFolder()
    let record = folder.path("record.json")
    // Verdicts are reached again when a record is judged: a plan that is refused has one by itself.
    // Its reason ends with a blank, which is cut off at the end of a line.
    var stored = try everything()
    let claim = try Claim(
      id: "x", text: "skipped", kernel: "k",
      .ratio(subject: "a", reference: "b", atMost: 1.05, workers: 1))
    stored.add(
      [claim], catalog: try Catalog([]),
      options: GateOptions(allowedWorkers: 1, quota: nil, budget: 0))
    try JSONEncoder().encode(stored).write(to: URL(fileURLWithPath: record))
    func judged(hasColors: Bool, _ options: String...) throws -> String {
      let text = Text()
      var output = CommandOutput(
        out: { text.add($0) }, error: { _ in }, errorIsTerminal: false)
      output.hasColors = hasColors
      _ = runPerfGate(["judge", record] + options, catalog: try Catalog([]), output: output)
      return text.all
    }
    let colored = try judged(hasColors: true)
    let without = try judged(hasColors: false)
    #expect(colored.contains("\u{1B}[2mnot checkable\u{1B}[0m"))
    #expect(!without.contains("\u{1B}") && plain(colored) == without)
    #expect(try judged(hasColors: true, "--no-color") == without)
    let files = [folder.path("x.md"), folder.path("x.xml"), folder.path("x.json")]
    _ = try judged(
      hasColors: true, "--markdown", files[0], "--junit", files[1], "--json", files[2])
    for file in files {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(!text.isEmpty && !text.contains("\u{1B}") && !text.contains("[2m"), "\(file)")
    }
  }
}

/// Collects what one thread writes.
private final class Text: @unchecked Sendable {
  // A command without workers writes from the thread that runs it.
  private(set) var all = ""
  func add(_ text: String) { all += text }
}
