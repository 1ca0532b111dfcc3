import PerfGate
import Testing

@testable import PerfGateTesting

@Suite struct TallyTests {
  private func judgement(_ id: String, _ verdict: Verdict?) throws -> Judgement {
    guard let verdict else { return Judgement(id: id, test: "A.b", outcome: .mistake("x")) }
    let claim = try Claim(
      id: id, text: "", kernel: "k", .speedup(variant: "v", workers: 5, atLeast: 4.5))
    let record = claim.recordNotChecked(
      .noRounds, in: madeUpRecord, options: GateOptions(allowedWorkers: 8, quota: nil))
    var result = try #require(record.claims.first)
    result.verdict = verdict
    return Judgement(id: id, test: "A.b", outcome: .judged(result, record), record: record)
  }

  /// Nothing was decided, and a quieter machine could have: one warning for the whole run.
  @Test func aRunThatDecidedNothingIsTold() throws {
    let tally = Tally()
    func add(_ id: String, _ verdict: Verdict) throws {
      tally.count(try judgement(id, verdict), .skipped("x"))
    }
    #expect(tally.warning == nil)
    try add("a", .notCheckable(.needsCores(5, allowed: 2, quota: nil)))
    #expect(tally.warning == nil)
    try add("b", .notCheckable(.noRoom("busy")))
    #expect(
      tally.warning?.hasPrefix(
        "warning: nothing was decided: 1 of 2 claims was lost to disturbance; ") == true)
    try add("c", .inconclusive(.notConfirmed))
    #expect(tally.warning != nil)
    try add("d", .holds)
    #expect(tally.warning == nil)
  }

  @Test func claimsAreCountedOnce() throws {
    let tally = Tally()
    #expect(tally.line == nil)
    tally.count(try judgement("a", .holds), .passed)
    tally.count(try judgement("b", .notCheckable(.noRounds)), .skipped("x"))
    tally.count(try judgement("b", .notCheckable(.noRounds)), .skipped("x"))
    #expect(tally.line == "checked 1 of 2 claims, failed 0")
    tally.count(try judgement("c", .violated), .failed("x"))
    tally.count(try judgement("d", .inconclusive(.notConfirmed)), .warning("x"))
    #expect(tally.line == "checked 3 of 4 claims, failed 1, inconclusive 1")
    // What was not measured was not checked, also where somebody demands it.
    tally.count(try judgement("a", .notCheckable(.noRounds)), .failed("x"))
    tally.count(try judgement("e", nil), .failed("x"))
    #expect(tally.line == "checked 2 of 5 claims, failed 3, inconclusive 1")
  }

  /// Each claim is counted, and each red test: also claims of one name in two tests.
  @Test func claimsOfOneNameAreTwo() throws {
    let tally = Tally()
    tally.count(Judgement(id: "a", test: "A.a", outcome: .mistake("x")), .failed("x"))
    tally.count(Judgement(id: "a", test: "A.b", outcome: .mistake("x")), .failed("x"))
    #expect(tally.line == "checked 0 of 2 claims, failed 2")
  }

  @Test func theTimeOfJudgingIsTold() throws {
    let tally = Tally()
    var judgement = try judgement("a", .holds)
    judgement.seconds = 5.04
    tally.count(judgement, .passed)
    tally.count(judgement, .passed)
    judgement.id = "b"
    tally.count(judgement, .passed)
    #expect(tally.line == "checked 2 of 2 claims, failed 0, in 10.1 s")
  }
}
