import Foundation
import PerfGate
import PerfGateReport
import PerfGateStatistics
import PerfGateTestSupport
import Testing

/// Claims of kind baseline, judged from made-up rounds and made-up sessions.
@Suite struct BaselineClaimTests {
  /// The time of `new` over that of `old`, which take `truth` and 0.1 s.
  static func claim(_ id: String = "made.time", margin: Double = 0.05) throws -> Claim {
    try Claim(
      id: id, text: "new against its baseline", kernel: VirtualRun.kernel,
      .baseline(.ratio(subject: "new", reference: "old"), worseByAtMost: margin))
  }

  static let ten = [1.004, 0.996, 1.002, 0.998, 1, 1.001, 0.999, 1.003, 0.997, 1]

  static func run(_ truth: Double, stored: [Double]? = ten, seed: UInt64 = 3) throws
    -> VirtualRun.Outcome
  {
    var run = VirtualRun(claims: [try claim()], truth: ["new/1": 0.1 * truth], seed: seed)
    run.stored = stored.map { ["made.time": $0] } ?? [:]
    return run.run()
  }

  @Test func anEqualProgramHolds() throws {
    let result = try Self.run(1).result
    #expect(result.verdict == .holds && result.sentence == nil && result.note == nil)
    #expect(result.rounds == 10 && result.confirmationRounds == 0)
    #expect(abs(try #require(result.estimate) - 1) < 0.02)
    let interval = try #require(result.interval)
    #expect(interval[0] < 1 && interval[1] < 1.05)
  }

  /// Twice, by fresh rounds.
  @Test func aSlowerOneIsViolatedAndConfirmed() throws {
    let result = try Self.run(1.15).result
    #expect(result.verdict == .violated)
    #expect(result.rounds == 10 && result.confirmationRounds == 10)
    let interval = try #require(result.interval)
    #expect(interval[0] > 1.05)
  }

  /// What is slow for a while only is not violated.
  @Test func aSlowSpellIsNotConfirmed() throws {
    var run = VirtualRun(claims: [try Self.claim()], truth: ["new/1": 0.115], seed: 3)
    run.stored = ["made.time": Self.ten]
    let outcome = run.run()
    var record = outcome.record
    let index = try #require(
      record.series.firstIndex { $0.id == "made.up/new/pool/1#confirmation" })
    record.series[index].seconds = record.series[index].seconds.map { $0 / 1.15 }
    let result = Judge.results(record)[0]
    #expect(result.verdict.word == .inconclusive)
    #expect(result.sentence == "not confirmed by a second sequence of rounds")
  }

  @Test func aGainIsWorthANote() throws {
    let result = try Self.run(0.85).result
    #expect(result.verdict == .holds)
    #expect(result.note?.contains("renew it") == true)
    #expect(result.note?.hasPrefix("better than its baseline by 1") == true)
  }

  @Test(arguments: 1...4) func fewSessionsAreAdvice(count: Int) throws {
    let stored = Array(Self.ten.prefix(count))
    for truth in [1, 2.0] {
      let result = try Self.run(truth, stored: stored).result
      #expect(result.verdict.word == .inconclusive && result.confirmationRounds == 0)
      #expect(result.sentence?.hasPrefix("advice only, \(count) of 5 sessions") == true)
    }
  }

  @Test func withoutASessionNothingIsJudgedButStored() throws {
    let outcome = try Self.run(1.25, stored: nil)
    #expect(outcome.result.verdict.word == .notCheckable)
    #expect(outcome.result.sentence == "nothing is stored yet")
    let session = try #require(
      Judge(outcome.record).session(outcome.record.measuredClaims[0]))
    #expect(abs(session.median - 1.25) < 0.03 && session.rounds == 10)
    #expect(session.interval[0] <= session.median && session.interval[1] >= session.median)
  }

  @Test func creepShowsAgainstThePinnedSession() throws {
    // Each session is a little slower than the one before; the first one is pinned.
    let creeping = (0..<12).map { 1 + 0.01 * Double($0) }
    let result = try Self.run(1.12, stored: creeping).result
    #expect(result.verdict != .violated)
    #expect(result.note?.contains("worse than the pinned session by 1") == true)
    #expect(try Self.run(1).result.note == nil)
  }

  @Test func aChangedCompilerIsNamed() throws {
    var record = try Self.run(1).record
    record.claimPlans[0].baseline?.toolchain = "Swift 5.0, clang 7.0.0"
    let result = Judge.results(record)[0]
    #expect(result.verdict == .holds)
    #expect(result.note?.hasPrefix("the baseline was recorded with Swift 5.0, clang 7.0.0") == true)
  }

  @Test func disturbedRoundsAreNoSession() throws {
    var run = VirtualRun(claims: [try Self.claim()], seed: 3)
    run.stored = ["made.time": Self.ten]
    let outcome = run.run { $0.event = { _, _ in .init(causes: ["a page fault"]) } }
    #expect(outcome.result.verdict.word == .notCheckable)
    #expect(outcome.result.sentence?.contains("were discarded") == true)
    #expect(Judge(outcome.record).session(outcome.record.measuredClaims[0]) == nil)
  }

  /// The first rounds look bad; of the fresh ones too many are lost, or they never come.
  @Test func whatIsNotConfirmedSaysWhy() throws {
    var run = VirtualRun(claims: [try Self.claim()], truth: ["new/1": 0.115], seed: 5)
    run.stored = ["made.time": Self.ten]
    let disturbed = run.run { machine in
      machine.event = { [unowned machine] _, _ in
        .init(causes: machine.sleeps.contains { $0.seconds > 1 } ? ["a page fault"] : [])
      }
    }
    #expect(disturbed.result.verdict.word == .notCheckable)
    #expect(
      disturbed.result.sentence?.contains("rounds of the confirmation were discarded") == true)
    var record = disturbed.record
    record.stages.removeLast()
    #expect(
      Judge.results(record)[0].sentence
        == "not confirmed: only 0 of 10 rounds were measured to confirm it")
  }

  /// A speedup that falls is worse, and one that rises is better.
  @Test func aSpeedupIsJudgedTheOtherWayRound() throws {
    let claim = try Claim(
      id: "made.scaling", text: "speedup", kernel: VirtualRun.kernel,
      .baseline(.speedup(variant: "new", upTo: 5), worseByAtMost: 0.05))
    for (speedup, verdict) in [(4.8, Verdict.holds), (4.0, .violated), (5.5, .holds)] {
      var run = VirtualRun(claims: [claim], truth: ["new/5": 0.1 / speedup], seed: 4)
      run.stored = ["made.scaling": Self.ten.map { $0 * 4.8 }]
      let result = run.run().result
      #expect(result.verdict == verdict)
      #expect((result.note != nil) == (speedup == 5.5))
    }
  }

  /// The record alone gives the same verdict, and another where rounds were changed.
  @Test func aStoredRecordIsJudgedTheSame() throws {
    var record = try Self.run(1.15).record
    record.claims = Judge.results(record)
    let text = try (record).edited { $0["claims"] = nil }
    let printed = try judgedAgain(text)
    #expect(printed.status == 1)
    #expect(try Record.decode(Data(printed.out.utf8)) == record)
    let index = try #require(record.series.firstIndex { $0.variant == "new" })
    record.series[index].seconds = record.series[index].seconds.map { $0 / 1.15 }
    #expect(Judge.results(record)[0].verdict != .violated)
  }

  /// A file that was merged by hand may hold more sessions than are kept: the last ones count, and the record
  /// can be read again.
  @Test func tooManySessionsAreNoFault() throws {
    let old = Array(repeating: 2.0, count: 15)
    let record = try Self.run(1, stored: old + Self.ten + Self.ten).record
    #expect(record.claimPlans[0].baseline?.stored.count == 20)
    #expect(Judge.results(record)[0].verdict == .holds)
    #expect(try Record.decode(Data(try record.json().utf8)) == record)
  }

  /// An equal program is hardly ever violated, a slower one nearly always; the numbers are printed.
  @Test func manyDays() throws {
    var equal: [Verdict] = []
    var worse: [Verdict] = []
    for seed in 0..<150 as Range<UInt64> {
      equal.append(try Self.run(1, seed: seed).result.verdict)
      worse.append(try Self.run(1.15, seed: seed).result.verdict)
    }
    let violated = equal.count { $0 == .violated }
    let holds = equal.count { $0 == .holds }
    let caught = worse.count { $0 == .violated }
    print("150 equal: \(holds) hold, \(violated) violated; 150 slower by 15 %: \(caught) violated")
    #expect(violated == 0 && holds >= 147 && caught >= 147)
  }
}
