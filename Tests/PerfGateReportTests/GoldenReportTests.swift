import Foundation
import PerfGate
import PerfGateReport
import Testing

/// Every report of records that hold nothing, refused claims only, one of everything, two revisions, other
/// languages and executors, very small, large, equal and missing times, and limits, word for word, in
/// `Golden/RECORD.FORMAT.txt`.
///
/// To renew them after a wanted change: `PERFGATE_GOLDEN=$PWD/Tests/PerfGateReportTests/Golden swift test
/// --filter GoldenReportTests`, then read the difference.
@Suite struct GoldenReportTests {
  static let records = [
    "empty", "refused", "everything", "revisions", "languages", "extremes", "limits",
  ]

  static let formats: [(name: String, text: @Sendable (Record) -> String)] = [
    ("console", { console($0, width: nil) }),
    ("console-80", { console($0, width: 80) }),
    ("markdown", MarkdownReport.text),
    ("junit", { JUnitReport.xml([$0]) }),
    ("csv", CSVReport.text),
    ("google-benchmark", GoogleBenchmarkReport.text),
    ("annotations", { AnnotationReport.lines($0).map { $0 + "\n" }.joined() }),
    ("html", { withoutStyle(HTMLReport.page([$0])) }),
  ]

  /// The page without its style sheet, which says nothing about a record.
  private static func withoutStyle(_ page: String) -> String {
    guard let from = page.range(of: "<style>"), let to = page.range(of: "</style>") else {
      return page
    }
    return page.replacingCharacters(in: from.upperBound..<to.lowerBound, with: "")
  }

  private static func console(_ record: Record, width: Int?) -> String {
    let lines =
      ConsoleReport.header(record, width: width) + ConsoleReport.body(record, width: width)
    return lines.joined(separator: "\n") + "\n"
  }

  static func record(_ name: String) throws -> Record {
    let file = try #require(
      Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Records"))
    return try Record.read(path: file.path)
  }

  @Test(arguments: records, formats.indices) func isAsBefore(name: String, format: Int) throws {
    let (kind, report) = Self.formats[format]
    let text = report(try Self.record(name))
    #expect(!text.contains(/\b(nan|inf|infinity)\b/.ignoresCase()))
    if let folder = ProcessInfo.processInfo.environment["PERFGATE_GOLDEN"] {
      try text.write(toFile: "\(folder)/\(name).\(kind).txt", atomically: true, encoding: .utf8)
    }
    let file = try #require(
      Bundle.module.url(
        forResource: "\(name).\(kind)", withExtension: "txt", subdirectory: "Golden"))
    #expect(text == (try String(contentsOf: file, encoding: .utf8)))
  }

  /// Rows of a table fit a narrow terminal.
  @Test(arguments: [60, 80, 99, 120, 200]) func claimsFitTheTerminal(width: Int) throws {
    let record = try Self.record("everything")
    let all = ConsoleReport.claims(record)
    let lines = ConsoleReport.claims(record, width: width)
    let rows = lines.prefix { !$0.hasPrefix("  viete.swift.time: ") }.dropFirst()
    let isWide = width >= all.dropFirst().prefix(9).map(\.count).max() ?? 0
    #expect(isWide == (rows.count == 9))
    #expect(lines.allSatisfy { DisplayWidth.of($0) <= width }, "\(lines)")
    // Nothing is lost, unless a line says so.
    let note = lines.first { $0.hasPrefix("not shown in \(width) columns: ") }
    #expect((note != nil) == (width <= 80))
    if note != nil { return }
    func words(_ lines: some Sequence<String>) -> [Substring] {
      lines.flatMap { $0.replacing("checkable:", with: "checkable").split(separator: " ") }
        .map { $0.hasSuffix(":") ? $0.dropLast() : $0 }.sorted()
    }
    #expect(words(lines) == words(all))
  }

  /// Every line fits, whatever the record holds; only a name may be longer than a line.
  @Test(arguments: records, [72, 80, 100, 132]) func everyLineFits(name: String, width: Int)
    throws
  {
    let record = try Self.record(name)
    for line in ConsoleReport.header(record, width: width)
      + ConsoleReport.body(record, width: width)
    {
      #expect(DisplayWidth.of(line) <= width, "\(line)")
    }
  }

  /// No time but 0 is printed as 0, in any table.
  @Test func timesAreNotZero() throws {
    let record = try Self.record("everything")
    let zero = /(^|[^0-9.,])0\.0+([^0-9]|$)/
    let lines = ConsoleReport.body(record) + [MarkdownReport.text(record)]
    for line in lines.flatMap({ $0.split(separator: "\n") }) where line.contains(zero) {
      Issue.record("\(line)")
    }
    #expect(lines.contains { $0.contains("0.00000250") })
  }
}
