import Foundation
import PerfGate
import PerfGateReport
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
