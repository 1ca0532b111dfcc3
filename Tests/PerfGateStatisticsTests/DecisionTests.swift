import PerfGateStatistics
import Testing

extension Decision {
  /// The decision from log ratios in time order.
  init(_ plan: SequentialPlan, first: [Double], confirmation: [Double] = []) {
    self.init(
      first: SequentialTest(plan, values: first),
      confirmation: SequentialTest(plan.confirmation, values: confirmation))
  }
}

@Suite struct DecisionTests {
  static let good = Array(repeating: 0.1, count: 8)
  static let bad = Array(repeating: -0.1, count: 8)
  static let mixed = (0..<40).map { $0.isMultiple(of: 2) ? 0.1 : -0.1 }

  static func plan() throws -> SequentialPlan {
    try #require(SequentialPlan(bound: 0, maximumRounds: 40))
  }

  @Test func holdsWithoutConfirmation() throws {
    let decision = Decision(try Self.plan(), first: Self.good)
    #expect(decision.verdict == .holds && decision.reason == nil)
    #expect(decision.rounds == 8 && decision.confirmationRounds == 0)
    let estimate = try #require(decision.estimate)
    #expect(abs(estimate - 1.1051709180756477) < 1e-15)
  }

  @Test func violationTakesBothStages() throws {
    let plan = try Self.plan()
    let violated = Decision(plan, first: Self.bad, confirmation: Self.bad.map { 2 * $0 })
    #expect(violated.verdict == .violated && violated.reason == nil)
    #expect(violated.rounds == 8 && violated.confirmationRounds == 8)
    // The estimate is the confirmation's: exp(−0.2), not exp(−0.1).
    #expect(abs(try #require(violated.estimate) - 0.8187307530779818) < 1e-15)
    for confirmation in [Self.good, Self.mixed, [], [-0.1, -0.1]] {
      let decision = Decision(plan, first: Self.bad, confirmation: confirmation)
      #expect(decision.verdict == .inconclusive && decision.reason == .notConfirmed)
    }
  }

  /// One sequence says below, the other above: the interval must not take either side.
  @Test func contradictingSequencesGiveAWideInterval() throws {
    let decision = Decision(try Self.plan(), first: Self.bad, confirmation: Self.good)
    let interval = try #require(decision.interval)
    #expect(interval.lower < 1 && interval.upper > 1)
    let cutShort = Decision(try Self.plan(), first: Self.bad, confirmation: [-0.1, -0.1])
    #expect(cutShort.interval == nil && cutShort.confirmationRounds == 2)
  }

  /// A confirmation counts only for a first stage that failed.
  @Test func confirmationOfAnythingElseIsIgnored() throws {
    let plan = try Self.plan()
    for first in [Self.good, Self.mixed, []] {
      #expect(
        Decision(plan, first: first, confirmation: Self.bad) == Decision(plan, first: first))
    }
  }

  @Test func spentRoundsSayHowManyWouldDecide() throws {
    // Median 0.01 above the bound, σ = 1.4826 · 0.05: 34 (σ/gap)² = 1,869.
    var values = (0..<20).flatMap { _ in [0.06, -0.04] }
    let plan = try Self.plan()
    let decision = Decision(plan, first: values)
    #expect(decision.verdict == .inconclusive)
    #expect(decision.reason == .spent(rounds: 40, needed: 1_869))
    values = Array(values.prefix(17))
    guard case .spent(rounds: 17, needed: let needed?) = Decision(plan, first: values).reason
    else {
      Issue.record("17 rounds must be cut short with a number that would decide")
      return
    }
    #expect(needed > 17)
    #expect(Decision(plan, first: []).reason == .spent(rounds: 0, needed: nil))
    #expect(Decision(plan, first: []).estimate == nil)
    // One round, as in a published table: an estimate, no interval.
    let single = Decision(plan, first: [0.5])
    #expect(single.reason == .spent(rounds: 1, needed: 8))
    #expect(single.interval == nil && single.estimate != nil)
  }

  /// Live, round by round, and judged again from what was stored: the same in every field.
  @Test func judgingAStoredSeriesAgainFindsTheSame() throws {
    let plan = try Self.plan()
    for seed in 0..<300 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let shift = -0.6 + 0.4 * random.nextUnit()
      var first = SequentialTest(plan)
      while first.add(random.nextUnit() + shift) == .undecided {}
      var second = SequentialTest(plan.confirmation)
      if first.state == .fails {
        while second.add(random.nextUnit() + shift) == .undecided {}
      }
      let live = Decision(first: first, confirmation: second)
      #expect(Decision(plan, first: first.values, confirmation: second.values) == live)
      // Rounds that other claims still needed are in the series, too.
      let longer = Decision(plan, first: first.values + [9, 9], confirmation: second.values)
      #expect(longer == live)
    }
  }
}
