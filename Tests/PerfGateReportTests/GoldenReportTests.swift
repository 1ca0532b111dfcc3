import Foundation
import PerfGate
import PerfGateReport
import Testing

/// Every report of records that hold nothing, refused claims only, one of everything, and two revisions,
/// word for word, in `Golden/RECORD.FORMAT.txt`.
///
/// To renew them after a wanted change: `PERFGATE_GOLDEN=$PWD/Tests/PerfGateReportTests/Golden swift test
/// --filter GoldenReportTests`, then read the difference.
@Suite struct GoldenReportTests {
  static let records = ["empty", "refused", "everything", "revisions"]

  static let formats: [(name: String, text: @Sendable (Record) -> String)] = [
    ("console", { console($0, width: nil) }),
    ("console-80", { console($0, width: 80) }),
    ("markdown", MarkdownReport.text),
    ("junit", { JUnitReport.xml([$0]) }),
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
    let lines = ConsoleReport.header(record) + ConsoleReport.body(record, width: width)
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
    if let folder = ProcessInfo.processInfo.environment["PERFGATE_GOLDEN"] {
      try text.write(toFile: "\(folder)/\(name).\(kind).txt", atomically: true, encoding: .utf8)
    }
    let file = try #require(
      Bundle.module.url(
        forResource: "\(name).\(kind)", withExtension: "txt", subdirectory: "Golden"))
    #expect(text == (try String(contentsOf: file, encoding: .utf8)))
  }

  /// Rows of a table fit a narrow terminal, as far as the words of a reason allow.
  @Test(arguments: [60, 80, 99, 120, 200]) func claimsFitTheTerminal(width: Int) throws {
    let record = try Self.record("everything")
    let all = ConsoleReport.claims(record)
    let lines = ConsoleReport.claims(record, width: width)
    let rows = lines.prefix { !$0.hasPrefix("  viete.swift.time: ") }.dropFirst()
    let isWide = width >= all.dropFirst().prefix(9).map(\.count).max() ?? 0
    #expect(isWide == (rows.count == 9))
    let columns = 82
    #expect(rows.allSatisfy { $0.count <= max(width, columns) }, "\(lines)")
    // Nothing is lost.
    func words(_ lines: some Sequence<String>) -> [Substring] {
      lines.flatMap { $0.replacing("checkable:", with: "checkable").split(separator: " ") }
        .map { $0.hasSuffix(":") ? $0.dropLast() : $0 }.sorted()
    }
    #expect(words(lines) == words(all))
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
