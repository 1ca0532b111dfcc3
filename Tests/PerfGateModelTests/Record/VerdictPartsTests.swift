import Foundation
import PerfGateTestSupport
import Testing

@testable import PerfGateModel

/// A record that is read for its verdicts only has the same ones.
@Suite struct VerdictPartsTests {
  /// Judges all of a record, and the parts that verdicts need.
  private static func compare(_ data: Data, isCut: Bool = true) throws {
    let whole = try Record.decode(data)
    let parts = try Record.decode(data, content: .verdicts)
    #expect(Judge.results(parts) == Judge.results(whole))
    #expect(parts.claimPlans == whole.claimPlans && parts.stages == whole.stages)
    #expect(parts.machine == whole.machine && parts.started == whole.started)
    #expect(parts.unproven == whole.unproven && parts.complete == whole.complete)
    #expect(parts.claims.isEmpty && parts.comparisons.isEmpty && parts.notes.isEmpty)
    #expect((parts.series.count < whole.series.count) == isCut)
  }

  @Test(arguments: ["quiet", "confirmed", "interrupted", "busy"])
  func ofEarlierRecords(name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: try EarlierFile.path(name)))
    try Self.compare(data, isCut: name != "interrupted")
  }

  @Test func ofEveryVerdict() throws {
    let text = try VirtualRun.record([.holds, .violated, .inconclusive, .notCheckable])
    try Self.compare(Data(text.utf8), isCut: false)
  }

  /// Written by another program: without spaces, in another order, with escapes in names.
  @Test func writtenInAnotherWay() throws {
    let text = try VirtualRun.record([.holds, .violated])
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    try Self.compare(try JSONSerialization.data(withJSONObject: object), isCut: false)
    let escaped = text.replacing("made.up/", with: "made.up\\/")
    try Self.compare(Data(escaped.utf8), isCut: false)
    // Only the series are escaped: any of them may be needed.
    let mixed = text.replacing("\"id\" : \"made.up/", with: "\"id\" : \"made.up\\/")
    try Self.compare(Data(mixed.utf8), isCut: false)
    // Another spelling of the same key.
    let spelled = text.replacing("\"id\" : \"made.up/v", with: "\"id\" : \"made%2Eup/v")
    try Self.compare(Data(spelled.utf8), isCut: false)
  }

  /// Whatever is wrong is told as for the whole record: nothing that verdicts need is skipped.
  @Test func damageIsFound() throws {
    let text = try VirtualRun.record([.holds])
    for (old, new) in [
      ("\"seed\" : ", "\"seed\" : \"x\", \"other\" : "), ("\"series\"", "\"serious\""),
      ("perfgate.record/1", "perfgate.record/2"), ("\"tasks\" : 50", "\"tasks\" : 0"),
      ("\"stages\" : ", "\"stages\" "), ("\"claimPlans\"", "\"plans\""),
    ] {
      let damaged = Data(text.replacing(old, with: new).utf8)
      let whole = #expect(throws: RecordError.self) { try Record.decode(damaged) }
      let parts = #expect(throws: RecordError.self) {
        try Record.decode(damaged, content: .verdicts)
      }
      #expect(whole == parts, "\(old)")
    }
    let data = Data(text.utf8)
    for length in stride(from: 0, to: data.count - 2, by: max(1, data.count / 97)) {
      #expect(throws: RecordError.self) {
        try Record.decode(data.prefix(length), content: .verdicts)
      }
    }
  }

  @Test(arguments: [
    (#"{"a": 1, "b": [1, {"c": "}"}], "d": "x\"y"}"#, ["a", "b", "d"]), ("{}", []), (" { } ", []),
    (#"{"a": {"b": 1}}"#, ["a"]), (#"{"a":-1e5}"#, ["a"]),
  ])
  func membersAreFound(text: String, names: [String]) {
    let found = Array(text.utf8).withUnsafeBufferPointer { bytes in
      var scan = JSONScan(bytes)
      return scan.members()?.map { String(decoding: bytes[$0.name], as: UTF8.self) }
    }
    #expect(found == names)
  }

  @Test(arguments: [
    "", "{", "}", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,}", "{a:1}", "{\"a\":\"",
    "{\"a\":\"\\", "{\"a\":1}}", "{\"a\":1} x", "{\"a\":[1}", "{,}",
  ])
  func whatIsNoObjectIsRefused(text: String) {
    let isFound = Array(text.utf8).withUnsafeBufferPointer { bytes in
      var scan = JSONScan(bytes)
      return scan.members() != nil
    }
    // A wrong bracket inside a value is found by whoever decodes the value.
    #expect(!isFound || text == "{\"a\":[1}")
  }
}
