import Foundation
import PerfGate
import PerfGateReport
import Testing

/// The CSV file as a reader that follows RFC 4180 sees it.
@Suite struct CSVTests {
  /// The rows of a text: fields may be quoted, and quotes in them are doubled.
  private static func rows(_ text: String) throws -> [[String]] {
    var rows: [[String]] = [[]]
    var field = ""
    var isQuoted = false
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"" where isQuoted && rest.first == "\"":
        field.unicodeScalars.append("\"")
        rest.removeFirst()
      case "\"":
        // Only a whole field is quoted.
        try #require(isQuoted || field.isEmpty)
        isQuoted.toggle()
        if !isQuoted { try #require(rest.first == "," || rest.first == "\n") }
      case "," where !isQuoted, "\n" where !isQuoted:
        rows[rows.count - 1].append(field)
        field = ""
        if scalar == "\n" { rows.append([]) }
      default: field.unicodeScalars.append(scalar)
      }
    }
    #expect(!isQuoted && field.isEmpty && rows.last == [], "the text ends with a line end")
    return rows.dropLast()
  }

  private static func table(_ record: Record) throws -> [[String: String]] {
    let rows = try rows(CSVReport.text(record))
    for row in rows { try #require(row.count == rows[0].count, "\(row)") }
    return rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(rows[0], $0)) }
  }

  /// Every kept and every dropped round of every series comes back, in the order of time.
  @Test(arguments: GoldenReportTests.records) func everyRoundHasARow(name: String) throws {
    let record = try GoldenReportTests.record(name)
    let rows = try Self.table(record)
    let bySeries = Dictionary(grouping: rows) { $0["series"] ?? "" }
    #expect(Set(bySeries.keys) == Set(record.series.map(\.id)))
    for series in record.series {
      let own = try #require(bySeries[series.id])
      #expect(own.compactMap { Double($0["seconds"] ?? "") } == series.seconds)
      let discards = record.stages.flatMap(\.discards).filter { $0.series == series.key }
      let dropped = own.filter { $0["dropped"] != "" }
      #expect(dropped.count == discards.count && dropped.allSatisfy { $0["seconds"] == "" })
      #expect(own.count == max(1, series.seconds.count + discards.count))
      let rounds = own.compactMap { Int($0["round"] ?? "") }
      #expect(rounds == rounds.sorted())
      #expect(
        own.allSatisfy { $0["kernel"] == series.kernel && $0["workers"] == "\(series.workers)" })
      #expect(own.allSatisfy { $0["complete"] == "\(record.complete)" })
      #expect(own.compactMap { Int($0["memory_bytes"] ?? "") } == series.bytes ?? [])
      #expect(
        own.compactMap { Int($0["allocations"] ?? "") }
          == (series.counts ?? []).map(\.most.allocations))
    }
  }

  @Test func aTaskTakesItsShareOfARound() throws {
    for row in try Self.table(try GoldenReportTests.record("everything")) {
      let seconds = try #require(Double(row["seconds"] ?? ""))
      let (task, tasks) = (Double(row["seconds_per_task"] ?? ""), Double(row["tasks"] ?? ""))
      #expect(try abs(#require(task) * #require(tasks) - seconds) < 1e-12)
    }
  }

  /// What a stranger calls a kernel is text: no formula, no row of its own, no hidden mark.
  @Test(arguments: [
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+1", "'+1"), ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("＝1", "'＝1"), ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("a\"b\",c", "a\"b\",c"), ("a;=1", "a;=1"), ("a\r\nb", "a\\r\\nb"),
    ("a\u{202E}b", "a\\u{202E}b"),
    ("\t=1", "\\t=1"), ("日本", "日本"),
  ])
  func aStrangeNameIsText(name: String, shown: String) throws {
    var record = try GoldenReportTests.record("extremes")
    record.series[0].key.kernel = name
    let text = CSVReport.text(record)
    #expect(VisibleTextTests.isQuiet(text))
    let rows = try Self.table(record)
    #expect(rows[0]["kernel"] == shown)
    #expect(rows.count == (try Self.table(try GoldenReportTests.record("extremes"))).count)
  }
}
