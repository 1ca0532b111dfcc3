import Foundation
import PerfGate
import PerfGateReport
import Testing

/// Nothing that a terminal or a log acts on comes through.
@Suite struct VisibleTextTests {
  /// What is known to be dangerous, by number: controls, marks that turn text, line ends, no characters.
  static let dangerous: [ClosedRange<UInt32>] = [
    0x00...0x1F, 0x7F...0x9F, 0xAD...0xAD, 0x61C...0x61C, 0x200B...0x200B, 0x200E...0x200F,
    0x2028...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFEFF...0xFEFF, 0xFFF9...0xFFFB,
    0xFFFE...0xFFFF, 0xE0001...0xE0001, 0xE0020...0xE007F, 0x1FFFE...0x1FFFF, 0x10FFFE...0x10FFFF,
  ]

  static var scalars: [Unicode.Scalar] { dangerous.joined().compactMap { Unicode.Scalar($0) } }

  /// Most of them in one text, each between letters.
  static let nasty =
    "::error::" + scalars.filter { $0.value < 0x1_0000 }.map { "a\($0)" }.joined() + "]]>&<\"|`"

  static func isQuiet(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar == "\n" || !dangerous.contains { $0.contains(scalar.value) }
    }
  }

  @Test func dangerousScalarsAreSpelledOut() {
    for scalar in Self.scalars {
      let text = VisibleText.line("a\(scalar)b")
      #expect(text == "a\(VisibleText.spelled(scalar))b")
      #expect(Self.isQuiet(text) && !text.contains("\n"), "\(scalar.value)")
      #expect(text.utf8.allSatisfy { $0 < 0x80 })
      #expect((VisibleText.lines("a\(scalar)b") == "a\nb") == (scalar == "\n"))
    }
    #expect(VisibleText.line("a\n\r\t\u{1B}\u{0}") == #"a\n\r\t\u{1B}\u{0}"#)
  }

  /// What can be seen stays as it is, and so does what was spelled out before.
  @Test func theRestIsLeftAlone() {
    for text in ["", "ü ≥ 𝄞 👩‍👧 e\u{301} → –", "a::b", "# [x] \\n 100 %", "C:\\x", "中文", "نص"] {
      #expect(VisibleText.logLine(text) == text)
    }
    let line = VisibleText.logLine(Self.nasty)
    #expect(VisibleText.logLine(line) == line)
  }

  @Test func noLineIsACommand() {
    for text in ["::error::x", " ::set", "\u{A0}::add-mask::x"] {
      let line = VisibleText.logLine(text)
      #expect(!line.drop(while: \.isWhitespace).hasPrefix("::"), "\(line)")
    }
    let line = VisibleText.logLine("a ##[error]b ##vso[c]d ##teamcity[e] ## x")
    #expect(line == "a #\\#[error]b #\\#vso[c]d #\\#teamcity[e] ## x")
  }

  /// JSON means the same, and can be shown.
  @Test func jsonIsQuietAndMeansTheSame() throws {
    var record = try GoldenReportTests.record("everything")
    record.notes[0].text = Self.nasty
    record.machine.cpu = Self.nasty
    let text = try record.json()
    #expect(Self.isQuiet(text))
    #expect(try Record.decode(Data(text.utf8)) == record)
    var baseline = Baseline(machine: Baseline.Machine(record.machine))
    baseline.claims[Self.nasty] = Baseline.Entry(
      text: Self.nasty, quantity: Self.nasty, isHigherBetter: false)
    baseline.claims[Self.nasty]?.add(
      StoredSession(
        median: 1, interval: [1, 1], rounds: 8, discarded: 0, date: "2026-01-02T03:04:05Z",
        commit: Self.nasty, toolchain: "", flags: [], placement: ""), pin: true)
    let stored = try baseline.json()
    #expect(Self.isQuiet(stored))
    #expect(try Baseline.decode(Data(stored.utf8)) == baseline)
    #expect(Self.isQuiet(BaselineReport.show(baseline, today: nil).joined(separator: "\n")))
    #expect(BaselineReport.show(baseline, today: nil).allSatisfy { !$0.contains("\n") })
  }
}
