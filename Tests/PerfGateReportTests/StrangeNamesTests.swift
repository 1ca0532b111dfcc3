import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// A record whose every text was written by a stranger.
@Suite struct StrangeNamesTests {
  /// Every text but those with a meaning has nasty ones before it, equal ones the same.
  private static func strange() throws -> Record {
    func changed(_ value: Any, key: String) -> Any {
      if let list = value as? [Any] { return list.map { changed($0, key: key) } }
      if let object = value as? [String: Any] {
        return Dictionary(
          uniqueKeysWithValues: object.map { ($0.key, changed($0.value, key: $0.key)) })
      }
      guard let text = value as? String, !["schema", "kind", "verdict"].contains(key) else {
        return value
      }
      return VisibleTextTests.nasty + text
    }
    let data = Data(try GoldenReportTests.record("everything").json().utf8)
    let object = changed(try JSONSerialization.jsonObject(with: data), key: "")
    return try Record.decode(try JSONSerialization.data(withJSONObject: object))
  }

  /// What a browser or a spreadsheet would act on, as names of kernels and variants in every place where
  /// a record has them.
  @Test(arguments: GoldenReportTests.formats.indices) func namesAreText(format: Int) throws {
    var record = try GoldenReportTests.record("languages")
    let names = [
      "<script>alert(1)</script>", "\"'\"><img>", "=cmd|' /C calc'!A0", "a\nb\u{202E}c,\"d\"",
    ]
    for index in record.series.indices {
      record.series[index].key.kernel = names[index % names.count]
    }
    for index in record.peers.indices { record.peers[index].kernel = names[index % names.count] }
    for index in record.scaling.indices {
      record.scaling[index].kernel = names[index % names.count]
    }
    for index in record.workloads.indices { record.workloads[index].kernel = names[index] }
    for index in record.handoff.indices { record.handoff[index].case = names[index % names.count] }
    record.comparisons = record.comparisons.map { one in
      var one = one
      (one.subject, one.reference) = (record.series[0].key, record.series[4].key)
      return one
    }
    record.claims[0].id = names[0]
    record.claims[0].text = names[1]
    record.notes = names.map { Record.Note(code: "x", text: $0) }
    let (name, report) = GoldenReportTests.formats[format]
    let text = report(record)
    #expect(text.contains("script"), "\(name) shows no name at all")
    #expect(VisibleTextTests.isQuiet(text))
    switch name {
    case "junit":
      #expect(!text.contains("<script") && !text.contains("<img"))
      #expect(throws: Never.self) { try XMLElementRead.parse(text) }
    case "markdown": #expect(!text.contains(/(^|[^\\])<(script|img)/))
    case "csv": #expect(!text.contains(/(^|,)"?=cmd/.anchorsMatchLineEndings()))
    case "google-benchmark":
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    default: break
    }
  }

  @Test(arguments: GoldenReportTests.formats.indices) func reportsAreQuiet(format: Int) throws {
    let (name, report) = GoldenReportTests.formats[format]
    let text = report(try Self.strange())
    #expect(text.contains("\\u{1B}a"), "\(name) shows no name at all")
    #expect(VisibleTextTests.isQuiet(text))
    // No line more than of the same record with good names; a narrow table breaks long words' lines.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let good = report(try GoldenReportTests.record("everything"))
    var count = good.split(separator: "\n", omittingEmptySubsequences: false).count
    // A reason in other words is not that of work that is not proven, and two refused claims have one line.
    if name == "annotations" { count -= 1 }
    // XML keeps the line ends in what a case says. A page draws no series whose name says something else.
    if !["junit", "console-80", "html"].contains(name) { #expect(lines.count == count, "\(name)") }
    let commands = lines.filter { $0.drop(while: \.isWhitespace).hasPrefix("::") }
    let expected = name == "annotations" ? count - 1 : 0
    #expect(commands.count == expected, "\(commands)")
  }
}
