import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Lines for a CI log and Markdown for its summary.
@Suite struct AnnotationTests {
  @Test func oneLineForEachClaimThatDoesNotHold() throws {
    let lines = AnnotationReport.lines(try JUnitTests.judged())
    try #require(lines.count == 3)
    #expect(lines[0].hasPrefix("::error title=v1.violated violated::1."))
    #expect(lines[0].hasSuffix(" to confirm in one process; on Made up, 8 cores (cpus 0-7)"))
    #expect(
      lines[1].hasPrefix("::warning title=v2.inconclusive inconclusive::inconclusive: 40 rounds"))
    #expect(lines[2].hasPrefix("::notice title=v3.notCheckable not checkable::not checkable: "))
  }

  /// A baseline that should be renewed is told, though nothing is wrong.
  @Test func aNoteIsANotice() throws {
    var record = try JUnitTests.judged()
    record.claims = [record.claims[0]]
    #expect(AnnotationReport.lines(record).isEmpty)
    record.claims[0].remarks = [.told("renew it")]
    let lines = AnnotationReport.lines(record)
    #expect(lines.count == 1 && lines[0].contains(/^::notice title=v0\.holds holds::[01]\./))
    #expect(lines[0].contains("; renew it; on Made up"))
  }

  @Test func whatIsNotProvenOrNotWholeIsAnError() throws {
    var record = try JUnitTests.judged()
    record.unproven = [
      Record.UnprovenVariant(
        Unproven(kernel: VirtualRun.kernel, variant: "v0", reason: .slept(share: 0.5)))
    ]
    record.complete = false
    record.claims = Judge.results(record)
    let lines = AnnotationReport.lines(record)
    #expect(
      lines.filter { $0.hasPrefix("::error title=") }.map { $0.split(separator: "::")[0] } == [
        "error title=v0.holds not proven", "error title=v1.violated violated",
        "error title=work of made.up/v0 not proven", "error title=incomplete",
      ])
  }

  /// No text begins a command of its own, or ends the title.
  @Test func textIsEscaped() throws {
    var record = try JUnitTests.judged()
    record.claims = [record.claims[3]]
    record.claims[0].id = "a,b:c%\n::set"
    record.claims[0].verdict = .notCheckable(
      .told("100 %, 1:2\r\n::error::x\u{1B}[0m\0", cause: nil))
    let lines = AnnotationReport.lines(record)
    #expect(lines.count == 1)
    let begin: String =
      "::notice title=a%2Cb%3Ac%25%0A%3A%3Aset not checkable::not checkable: "
      + "100 %25, 1:2%0D%0A::error::x\\u{1B}[0m\\u{0}; "
    #expect(lines[0].hasPrefix(begin), "\(lines[0])")
  }

  @Test func markdownHoldsTheTables() throws {
    var record = try JUnitTests.judged()
    record.workloads = []
    record.handoff = [
      HandoffRow(
        case: "a|b", workers: 2, startupSeconds: 1, totalSeconds: 3, taskSeconds: 2)
    ]
    record.notes = [Record.Note(code: "x", text: "line\n# no heading <b> *x* [a](b)")]
    let lines = MarkdownReport.text(record).split(separator: "\n").map(String.init)
    #expect(lines[0] == "## perfgate run: checked 3 of 4, violated 1, inconclusive 1")
    #expect(lines.contains("| claim |  | estimate | limit | rounds | would find | verdict |"))
    #expect(lines.contains { $0.contains(/^\| v0\.holds \| v0 no slower than old \| [01]\./) })
    #expect(lines.contains("| a\\|b | 2 | 1.000000 | 3.000000 | 2.000000000 |"))
    #expect(lines.last == "- line # no heading \\<b\\> \\*x\\* [a]\\(b)")
    // Every row of a table has as many cells as its header.
    let bars = lines.filter { $0.hasPrefix("|") }.map { line in
      line.replacingOccurrences(of: "\\|", with: "").count { $0 == "|" }
    }
    #expect(bars.count == 9 && bars.allSatisfy { $0 == 8 || $0 == 6 })
  }
}
