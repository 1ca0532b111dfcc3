import PerfGateStatistics
import Testing

@Suite struct SequentialTestTests {
  static func plan(bound: Double = 0, rounds: Int = 40) throws -> SequentialPlan {
    try #require(SequentialPlan(bound: bound, maximumRounds: rounds))
  }

  @Test func clearClaimsAreDecidedAtTheFirstLook() throws {
    var test = SequentialTest(try Self.plan())
    for round in 1...7 {
      #expect(test.add(0.1) == .undecided)
      #expect(test.fewestRoundsToHold == 8 - round)
    }
    #expect(test.add(0.1) == .holds)
    #expect(test.fewestRoundsToHold == nil && test.fewestRoundsToFail == nil)
    let failed = SequentialTest(try Self.plan(), values: Array(repeating: -0.1, count: 8))
    #expect(failed.state == .fails)
  }

  /// At ten rounds nine signs are enough to hold (5 %), but not to fail (2 %); to confirm they are.
  @Test func failureTakesMoreThanHolding() throws {
    let values = [0.1, 0.1, -0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
    let plan = try Self.plan()
    #expect(SequentialTest(plan, values: values).state == .holds)
    #expect(SequentialTest(plan, values: values.map { -$0 }).state == .undecided)
    #expect(SequentialTest(plan.confirmation, values: values.map { -$0 }).state == .fails)
    #expect(plan.failing[10] == 10 && plan.confirmation.failing[10] == 9)
  }

  @Test func looksOnlyAtEvenRounds() throws {
    // Nine of nine would be more than the look at ten asks for.
    var values = [-0.1] + Array(repeating: 0.1, count: 8)
    #expect(SequentialTest(try Self.plan(), values: values).state == .undecided)
    values.append(-0.1)
    #expect(SequentialTest(try Self.plan(), values: values).state == .undecided)
  }

  @Test func afterTheDecisionNothingIsTakenIn() throws {
    let decided = SequentialTest(try Self.plan(), values: Array(repeating: 0.1, count: 8))
    var longer = decided
    for _ in 0..<40 { #expect(longer.add(-1) == .holds) }
    #expect(longer == decided)
  }

  @Test func roundsRunOut() throws {
    var test = SequentialTest(try Self.plan(rounds: 16))
    for round in 0..<15 { #expect(test.add(round.isMultiple(of: 2) ? 0.1 : -0.1) == .undecided) }
    #expect(test.add(-0.1) == .exhausted)
    #expect(test.values.count == 16)
  }

  @Test func tiesAndNotNumbersAreSignsForNobody() throws {
    for value in [0.0, -0.0, .nan] {
      let test = SequentialTest(try Self.plan(), values: Array(repeating: value, count: 40))
      #expect(test.state == .exhausted && test.below == 0 && test.above == 0)
      #expect(test.roundsToDecide == nil)
    }
  }

  /// 105 ms against 100 ms is 5 %, not more and not less, whatever a logarithm's last bit says.
  @Test func exactlyAtTheLimitIsATie() throws {
    for (reference, subject, bound) in [
      (100.0, 105.0, -0.04879016416943205), (0.3, 0.315, -0.04879016416943205),
      (4.5, 1, 1.5040773967762742), (1.35, 0.3, 1.5040773967762742),
    ] {
      for bound in [bound, bound.nextUp, bound.nextDown] {
        let value = logRatio(reference, over: subject)
        let test = SequentialTest(
          try Self.plan(bound: bound), values: Array(repeating: value, count: 40))
        #expect(test.state == .exhausted && test.below == 0 && test.above == 0)
        #expect(test.logInterval == Interval(bound, bound))
      }
    }
    let finest = SequentialTest(try Self.plan(), values: Array(repeating: 2e-12, count: 8))
    #expect(finest.state == .holds)
  }

  /// When neither end can be reached any more, no further rounds change what is found.
  @Test func outOfReachMeansTheFindingStands() throws {
    let plan = try Self.plan()
    var seen = 0
    for seed in 0..<300 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      var test = SequentialTest(plan)
      while test.state == .undecided {
        test.add(random.nextUnit() - 0.5)
        guard test.fewestRoundsToHold == nil, test.fewestRoundsToFail == nil,
          test.state == .undecided
        else { continue }
        seen += 1
        for value in [-1.0, 0, 1] {
          var end = test
          while end.add(value) == .undecided {}
          #expect(end.state == .exhausted)
        }
        break
      }
    }
    #expect(seen > 200)
  }

  @Test func plansOutOfRangeAreRefused() {
    #expect(SequentialPlan(bound: .nan, maximumRounds: 40) == nil)
    #expect(SequentialPlan(bound: .infinity, maximumRounds: 40) == nil)
    #expect(SequentialPlan(bound: 0, maximumRounds: 15) == nil)
    #expect(SequentialPlan(bound: 0, maximumRounds: 40, failingAlpha: 0) == nil)
    #expect(SequentialPlan(bound: 0, maximumRounds: 40, holdingAlpha: 0.7) == nil)
  }
}
