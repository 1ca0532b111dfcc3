import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// The JUnit file: its text, what a parser reads from it, and that no text can break it.
@Suite struct JUnitTests {
  /// Claims of all verdicts about made-up rounds, on a machine that is told in every message.
  static func judged() throws -> Record {
    var record = try Record.decode(
      Data(
        try VirtualRun.record([.holds, .violated, .inconclusive, .notCheckable]).utf8))
    record.claims = Judge.results(record)
    return record
  }

  /// Two claims with exact times, one of which holds.
  private static func exact() throws -> Record {
    let claims = [
      try Claim.ratio("made.same"), try Claim.ratio("made.worse", subject: "worse"),
      try Claim.speedup(workers: 100),
    ]
    var record = VirtualRun(
      claims: Array(claims.prefix(2)), truth: ["worse/1": 0.125], noise: nil
    ).run().record
    record.claimPlans.append(
      ClaimPlan(
        claims[2], workers: 100, alpha: 0.02,
        refusal: .needsCores(100, allowed: 8, quota: nil)))
    record.claims = Judge.results(record)
    record.tool.version = "0.0"
    record.tool.swift = "6"
    return record
  }

  @Test func theTextOfAFile() throws {
    let machine = "on Made up, 8 cores (cpus 0-7)"
    #expect(
      JUnitReport.xml([try Self.exact()])
        == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="perfgate run" package="perfgate" id="0" hostname="localhost" \
        timestamp="2026-01-02T03:04:05" tests="3" failures="1" errors="0" skipped="1" \
        time="0.000000">
            <properties>
              <property name="machine" value="Made up"/>
              <property name="machine key" value="made-up-8c-1n"/>
              <property name="allowed cpus" value="0-7"/>
              <property name="perfgate" value="0.0"/>
              <property name="seed" value="1"/>
              <property name="complete" value="true"/>
              <property name="swift" value="6"/>
              <property name="configuration" value="release"/>
              <property name="placement" value="cores, close"/>
              <property name="executors" value="pool"/>
            </properties>
            <testcase name="made.same" classname="perfgate.run" time="1.600000"/>
            <testcase name="made.worse" classname="perfgate.run" time="3.600000">
              <failure message="1.250 [1.25, 1.25], claimed ≤ 1.05, 8 rounds and 8 to confirm in one process; \
        \(machine)" type="violated">worse no slower than old: 1.250 [1.25, 1.25], claimed ≤ 1.05, \
        8 rounds and 8 to confirm in one process; \(machine)</failure>
            </testcase>
            <testcase name="made.speedup" classname="perfgate.run" time="0.000000">
              <skipped message="needs 100 cores, 8 allowed">1 → 100 workers: not checkable: needs \
        100 cores, 8 allowed; claimed ≥ 4.50; \(machine)</skipped>
            </testcase>
            <system-out>made.same: new no slower than old: 1.000 [1.00, 1.00], claimed ≤ 1.05, 8 \
        rounds in one process; \(machine)</system-out>
            <system-err/>
          </testsuite>
        </testsuites>

        """)
  }

  @Test func aParserReadsTheVerdicts() throws {
    let record = try Self.judged()
    let root = try XMLElementRead.parse(JUnitReport.xml([record, record]))
    #expect(root.name == "testsuites" && root.attributes.isEmpty)
    let suites = root.all("testsuite")
    #expect(suites.count == 2)
    for suite in suites {
      let counts = ["tests", "failures", "errors", "skipped"].map { suite.attributes[$0] }
      #expect(counts == ["4", "1", "0", "1"])
      let cases = suite.all("testcase")
      #expect(
        cases.map { $0.attributes["name"] } == [
          "v0.holds", "v1.violated", "v2.inconclusive", "v3.notCheckable",
        ])
      #expect(cases.allSatisfy { $0.attributes["classname"] == "perfgate.run" })
      #expect(
        cases.map { $0.children.map(\.name) } == [
          [], ["failure"], [], ["skipped"],
        ])
      // Rounds were measured for each of them.
      #expect(cases.prefix(3).allSatisfy { (Double($0.attributes["time"] ?? "") ?? 0) > 0.8 })
      let claims = record.claims
      let failure = try #require(cases[1].all("failure").first?.attributes["message"])
      #expect(
        failure.contains("claimed ≤ 1.05")
          && failure.contains(" to confirm in one process; on Made up"))
      let output = suite.all("system-out")[0].text.split(separator: "\n")
      #expect(output.count == 2 && output[1].hasPrefix("v2.inconclusive: "))
      #expect(output[1].contains(": inconclusive: 40 rounds are spent"))
      #expect(cases[3].all("skipped")[0].attributes["message"] == claims[3].sentence)
    }
  }

  /// The ceiling is in the message of a violated speedup.
  @Test func aViolatedSpeedupTellsTheCeiling() throws {
    var run = VirtualRun(claims: [try .speedup()], truth: ["new/5": 0.1 / 3], noise: nil)
    run.ceiling = 4.9
    var record = run.run().record
    record.claims = Judge.results(record)
    let root = try XMLElementRead.parse(JUnitReport.xml([record]))
    let message = root.all("testsuite")[0].all("testcase")[0].all("failure")[0].attributes[
      "message"]
    #expect(
      message
        == "3.000 [3.00, 3.00], claimed ≥ 4.50, 8 rounds and 8 to confirm in one process; the machine itself "
        + "reaches 4.90 [4.90, 4.90]; on Made up, 8 cores (cpus 0-7)")
  }

  /// A file that is green where the command was not would hide it.
  @Test func workThatIsNotProvenFails() throws {
    var record = try Self.exact()
    record.unproven = [
      Record.UnprovenVariant(
        Unproven(kernel: VirtualRun.kernel, variant: "worse", reason: .slept(share: 0.5)))
    ]
    record.complete = false
    record.claims = Judge.results(record)
    let suite = try XMLElementRead.parse(JUnitReport.xml([record])).all("testsuite")[0]
    #expect(suite.attributes["failures"] == "2" && suite.attributes["errors"] == "1")
    let cases = suite.all("testcase")
    let claim = try #require(cases[1].all("failure").first?.attributes["message"])
    #expect(claim.hasPrefix("not checkable: work not proven: worse: the worker slept 50 %"))
    #expect(cases[3].attributes["name"] == "work of made.up/worse")
    #expect(cases[3].all("failure")[0].attributes["type"] == "not proven")
    #expect(cases[4].all("error")[0].attributes["type"] == "incomplete")
  }

  /// A speedup that the machine cannot reach is no limit of the machine either.
  @Test func aSpeedupAboveTheCeilingFails() throws {
    var run = VirtualRun(claims: [try .speedup()], truth: ["new/5": 0.1 / 5], noise: nil)
    run.ceiling = 4.6
    var record = run.run().record
    record.claims = Judge.results(record)
    #expect(record.claims[0].verdict.word == .notCheckable && record.claims[0].isUnproven)
    #expect(JUnitReport.xml([record]).contains("<failure message=\"not checkable: work not proven"))
  }

  static let nasty = [
    "", " ", "<a b='c'>&amp;</a>", "]]>", "<![CDATA[", "<!-- -- -->", "<?xml?>", "&", "&#0;", "\"'",
    "\0\u{1}\u{8}\u{B}\u{C}\u{1F}\u{7F}\u{85}\u{9F}", "\u{1B}[31mred", "\t\n\r\n\r",
    "ü ≥ 𝄞 👩‍👧 e\u{301}",
    "\u{FFFE}\u{FFFF}\u{FFFD}", "\u{202E}\u{2028}\u{2029}", "%s %n %x", "::error::", "a|b",
    String(repeating: "x<", count: 10_000),
  ]

  /// Between tags only line ends come back, and no line begins like a command of a log.
  private func content(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { VisibleText.logLine(String($0)) }.joined(separator: "\n")
  }

  /// What a reader can see comes back unchanged, the rest is spelled out.
  @Test(arguments: nasty.indices) func anyTextIsTold(index: Int) throws {
    let text = Self.nasty[index]
    let expected = text.unicodeScalars.map { scalar in
      let isShown = "\t\r\n".unicodeScalars.contains(scalar) || !VisibleText.isUnsafe(scalar)
      return isShown ? String(scalar) : VisibleText.spelled(scalar)
    }.joined()
    let isBlank = text.allSatisfy(\.isWhitespace)
    let one = JUnitReport.Case(
      name: text, classname: text, seconds: -1, outcome: .failed(message: text, kind: text),
      output: text)
    let other = JUnitReport.Case(
      name: "", classname: "", seconds: .nan, outcome: .skipped(message: text), output: text)
    let third = JUnitReport.Case(
      name: "", classname: "", seconds: .infinity, outcome: .error(message: text, kind: ""))
    let last = JUnitReport.Case(name: text, classname: "", outcome: .passed, output: text)
    let xml = JUnitReport.xml(suites: [
      JUnitReport.Suite(
        name: text, timestamp: text, properties: [.init(name: text, value: text)],
        cases: [one, other, third, last], output: text)
    ])
    let suite = try XMLElementRead.parse(xml).all("testsuite")[0]
    let cases = suite.all("testcase")
    let found =
      [
        suite.all("properties")[0].all("property")[0].attributes["value"],
        cases[0].attributes["name"], cases[0].attributes["classname"],
        cases[0].all("failure")[0].attributes["message"],
        cases[1].all("skipped")[0].attributes["message"],
        cases[2].all("error")[0].attributes["message"],
      ]
    for one in [cases[0].all("failure")[0], cases[1].all("skipped")[0]] {
      #expect(one.text.utf8.elementsEqual(content(text).utf8))
    }
    let output = content("\(text)\n\(text): \(text)")
    #expect(text.isEmpty || suite.all("system-out")[0].text.utf8.elementsEqual(output.utf8))
    #expect(found.allSatisfy { $0.map { Array($0.utf8) } == Array(expected.utf8) })
    #expect(cases.map { $0.attributes["time"] }.allSatisfy { $0 == "0.000000" })
    #expect(suite.attributes["name"] == (isBlank ? "perfgate" : expected))
    #expect(suite.attributes["timestamp"] == "1970-01-01T00:00:00")
  }
}
