import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

@testable import PerfGateTesting

/// Every claim has a name, each time the same one, and none is told from another by which came first.
@Suite(.uninstrumented) struct ClaimNamesTests {
  private func names(_ claims: [NamedClaim], in test: String = "A.a") -> [String] {
    var used: [String: Int] = [:]
    return claims.map { $0.name(in: test, &used) }
  }

  private func claim(_ id: String? = nil, limit: Double = 1.5) -> TestClaim {
    .ratio(atMost: limit, id: id, of: { 1 }, to: { 1 })
  }

  @Test func claimsOfATestAreNumbered() {
    let plain = NamedClaim(claim: claim())
    #expect(names([plain]) == ["A.a"])
    #expect(names([plain, plain, plain]) == ["A.a", "A.a#2", "A.a#3"])
    // A claim with a name of its own changes no other's.
    #expect(names([NamedClaim(claim: claim("x")), plain, plain]) == ["x", "A.a", "A.a#2"])
  }

  @Test func eachArgumentIsAClaim() {
    let sizes = [1000, 2000].map { NamedClaim(claim: claim(), argument: "\($0)") }
    #expect(names(sizes) == ["A.a(1000)", "A.a(2000)"])
    #expect(names(sizes + sizes).last == "A.a(2000)#2")
    #expect(names([NamedClaim(claim: claim("x"), argument: "7")]) == ["x(7)"])
  }

  /// What became of claims that are judged in this order, in the JUnit file of the run.
  private func judge(
    _ claims: [(claim: TestClaim, test: String, line: Int)]
  ) throws -> (texts: [String], junit: [String], tally: String?) {
    let temporary = try TemporaryFolder()
    var settings = Settings()
    settings.junit = "\(temporary.root)/junit.xml"
    // Nobody gets to measure.
    let held = try MachineLock.acquire(path: "\(temporary.root)/lock", atMost: 0)
    let tally = Tally()
    var files = RunFiles(settings)
    files.stateFolder = "\(temporary.root)/state"
    let judge = ClaimJudge(
      settings: .success(settings), lockPath: "\(temporary.root)/lock",
      timeouts: ClaimJudge.Timeouts(lock: 0, waitsForIdleCPUs: false), tally: tally, files: files,
      built: { .madeUp(files: ["/f"]) }, report: { _ in })
    let texts = claims.map { claim, test, line in
      let (_, finding) = judge.judge(claim, test: test, place: Place(file: "/f", line: line))
      return switch finding {
      case .passed: "passed"
      case .warning(let text): "warning: \(text)"
      case .skipped(let text): "skipped: \(text)"
      case .failed(let text): "failed: \(text)"
      }
    }
    let junit = try String(contentsOfFile: "\(temporary.root)/junit.xml", encoding: .utf8)
    let cases = junit.split(separator: "<testcase ").dropFirst().map { part in
      let words = part.split(separator: "\"")
      return "\(words[3]) \(words[1]) \(part.contains("<failure") ? "failed" : "skipped")"
    }
    return withExtendedLifetime(held) { (texts, cases.sorted(), tally.line) }
  }

  @Test func equalNamesInTwoTestsFailWhicheverComesFirst() throws {
    let first = (claim: claim("same"), test: "A.a", line: 3)
    let second = (claim: claim("same"), test: "B.b", line: 7)
    let text =
      "2 claims are called same: A.a at /f:3, B.b at /f:7; give each a name of its own: "
      + "id: \"name\""
    for order in [[first, second], [second, first]] {
      let judged = try judge(order)
      #expect(judged.texts.last == "failed: \(text)")
      #expect(judged.junit == ["A same failed", "B same failed"])
      #expect(judged.tally == "checked 0 of 2 claims, failed 2")
    }
  }

  /// In one test the order is that of the code: in a loop, or one after the other.
  @Test func theLaterClaimOfATestIsRefused() throws {
    let judged = try judge([
      (claim(limit: 1.5), "A.a", 1), (claim(limit: 1.6), "A.a", 1), (claim(limit: 1.6), "A.a", 2),
    ])
    #expect(judged.texts[0].hasPrefix("skipped: claim A.a is not checkable: "))
    #expect(
      judged.texts[1].hasPrefix(
        "failed: claim A.a#2: another claim of this test is called A.a, at /f:1; give each"))
    #expect(judged.texts[2].hasPrefix("failed: claim A.a#3: "))
    #expect(judged.junit == ["A A.a skipped", "A A.a#2 failed", "A A.a#3 failed"])
    #expect(judged.tally == "checked 0 of 3 claims, failed 2")
  }

  @Test func aTestMayBeRunAgain() throws {
    let one = (claim: claim(), test: "A.a", line: 1)
    let judged = try judge([one, one])
    #expect(judged.texts.allSatisfy { $0.hasPrefix("skipped: ") })
    #expect(judged.tally == "checked 0 of 1 claims, failed 0")
  }

  @Test func claimsRefusedWhenMadeAreClaims() throws {
    let judged = try judge([(.ratio(atMost: 1.001, of: { 1 }, to: { 1 }), "A.a", 1)])
    #expect(judged.junit == ["A A.a failed"])
    #expect(judged.tally == "checked 0 of 1 claims, failed 1")
  }

  @Test func settingsThatMakeNoSenseAreCounted() {
    let tally = Tally()
    let judge = ClaimJudge(
      settings: .failure(Settings.Mistake(description: "cannot use it")), lockPath: "/nowhere/x",
      tally: tally)
    _ = judge.judge(claim(), test: "A.b", place: Place(file: "/f", line: 1))
    #expect(tally.line == "checked 0 of 1 claims, failed 1")
  }
}
