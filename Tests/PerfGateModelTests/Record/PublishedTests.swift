import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// The article's tables, stored as records: what the command prints of them.
@Suite struct PublishedTests {
  static let folder = packageFolder.appendingPathComponent("baselines/published").path

  static func read(_ name: String) throws -> Record {
    try Record.read(path: "\(folder)/\(name).json")
  }

  /// The printed lines, their columns one space apart.
  static func judged(_ name: String) throws -> [String] {
    let printed = try perfGate(["judge", "\(folder)/\(name).json"])
    #expect(printed.status == 0 && printed.error.isEmpty)
    return printed.out.split(separator: "\n").map {
      $0.replacing(/\x20{2,}/, with: " ").trimmingCharacters(in: .whitespaces)
    }
  }

  @Test func everyFileIsARecordOfOneRound() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted()
    let records = ["handoff.json", "pi-scaling.json", "pi-single-thread.json"]
    #expect(files == records + ["trust.json"])
    for file in records {
      let path = "\(Self.folder)/\(file)"
      let record = try Record.read(path: path)
      #expect(try Record.decode(Data(record.json().utf8)) == record)
      #expect(record.series.allSatisfy { $0.rounds == [0] && $0.seconds.count == 1 })
      let results = Judge.results(record)
      #expect(!results.isEmpty)
      for result in results {
        #expect(result.verdict.word == .inconclusive && result.sentence == "1 round")
        #expect(result.rounds == 1 && result.estimate != nil && result.interval == nil)
      }
      // What is stored beside the rounds is what follows from them.
      var again = record
      again.remakeTables()
      #expect(again == record)
      #expect(record.notes.contains { $0.code == "source" })
    }
  }

  @Test func fiveWorkersReachFourAndAHalf() throws {
    let lines = try Self.judged("pi-scaling")
    #expect(
      lines.contains(
        "pi.python.scaling.5 Python: 1 → 5 workers 4.642 ≥ 4.50 1 inconclusive: 1 round"))
    #expect(
      lines.contains("pi.go.scaling.5 Go: 1 → 5 workers 4.786 ≥ 4.50 1 inconclusive: 1 round"))
    #expect(
      lines.contains(
        "pi.python.scaling.5: 4.642, claimed ≥ 4.50: within the limit, but 1 round is too few to decide"
      ))
    #expect(
      lines.contains(
        "pi.go.scaling.5: 4.786, claimed ≥ 4.50: within the limit, but 1 round is too few to decide"
      ))
    #expect(lines.last == "checked 2 of 2, violated 0, inconclusive 2")
  }

  @Test func theScalingTableIsTheArticles() throws {
    let lines = try Self.judged("pi-scaling")
    #expect(lines.contains("viete workers python (s) go (s) python improv. (%) go improv. (%)"))
    #expect(lines.contains("1 100.7700 102.7500 N/A N/A"))
    #expect(lines.contains("3 35.2100 35.4000 31.5513 31.7261"))
    #expect(lines.contains("6 21.9600 22.0700 -1.1515 -2.7946"))
    #expect(lines.contains("12 20.6800 20.5600 -1.9221 -4.3655"))
    // Karp–Flatt at 5 workers.
    #expect(lines.contains("viete python 5 21.7 s 4.64 93 % 1.9 % not pinned"))
    #expect(lines.contains("viete go 5 21.5 s 4.79 96 % 1.1 % not pinned"))
  }

  @Test func fromSixWorkersOnNothingMoreIsGained() throws {
    let lines = try Self.judged("pi-scaling")
    for variant in ["python", "go"] {
      #expect(
        lines.contains(
          "viete/\(variant): no more gain from 6 workers on: at most 8.2 % over 5, "
            + "below 10 % (6 cores, 12 threads)"))
    }
    // It follows from the times: with others it is another number.
    var record = try Self.read("pi-scaling")
    let index = try #require(record.series.firstIndex { $0.id == "viete/go/channel/8" })
    record.series[index].seconds = [15]
    record.remakeTables()
    let findings = ConsoleReport.findings(record)
    #expect(
      findings.count == 2 && findings[1].hasPrefix("viete/go: no more gain from 9 workers on"))
  }

  @Test func numbersWrittenIntoTheTablesCountForNothing() throws {
    var record = try Self.read("pi-scaling")
    record.scaling[0].points[4].speedup = 5
    record.scaling[0].points[4].karpFlatt = 0
    var single = try Self.read("pi-single-thread")
    single.comparisons[0].ratio = 0.1
    record.remakeTables()
    single.remakeTables()
    #expect(record == (try Self.read("pi-scaling")))
    #expect(single == (try Self.read("pi-single-thread")))
    // A table whose rounds are not there stays.
    record.series = []
    record.scaling[0].points[4].speedup = 5
    let without = record
    record.remakeTables()
    #expect(record == without)
  }

  @Test func theSingleThreadTable() throws {
    let lines = try Self.judged("pi-single-thread")
    for row in [
      "go 8,000,000,000 2.11 s 0.264 1 1", "python 250,000,000 2.09 s 8.360 1 1",
      "numba 250,000,000 1.62 s 6.480 1 1", "nuitka 250,000,000 2.10 s 8.400 1 1",
      "pypy 250,000,000 1.60 s 6.400 1 1", "pypy-300m 300,000,000 1.90 s 6.333 1 1",
      "viete/pypy python 1 0.766 1",
    ] {
      #expect(lines.contains(row), "\(row)")
    }
    let note = lines.first { $0.hasPrefix("note \"317 times faster\"") }
    #expect(note?.contains("compares a Go loop whose result was thrown away") == true)
  }

  @Test func theHandOffTable() throws {
    let lines = try Self.judged("handoff")
    for row in [
      "python.sp - 0.806038 0.884513 0.078475500", "python.mp - 0.801483 85.985200 85.183700000",
      "go.sp - 0.622168 0.760112 0.137944000", "go.value - 0.605647 0.773528 0.167881000",
      "go.reference - 0.624730 0.728804 0.104074000",
      "text.python-mp-vs-sp: 1085.481, claimed ≤ 1.05: beyond the limit, but 1 round is too few to decide",
    ] {
      #expect(lines.contains(row), "\(row)")
    }
  }
}
