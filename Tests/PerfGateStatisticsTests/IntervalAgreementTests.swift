import PerfGateStatistics
import Testing

/// The printed interval and the verdict never disagree.
@Suite struct IntervalAgreementTests {
  /// Values of a small set, so that ties with the bounds and with each other are common, and now and
  /// then something that is not a number or infinite.
  static func values(seed: UInt64) -> [Double] {
    var random = SplitMix64(seed: seed)
    let shift = 0.1 * Double(random.nextIndex(below: 11) - 5)
    let isDamaged = random.nextIndex(below: 4) == 0
    return (0..<random.nextIndex(below: 48)).map { _ in
      let odd: [Double] = [.nan, .infinity, -.infinity]
      if isDamaged, random.nextIndex(below: 10) == 0 { return odd[random.nextIndex(below: 3)] }
      return 0.1 * Double(random.nextIndex(below: 11) - 5) + shift
    }
  }

  static func plan(seed: UInt64) throws -> SequentialPlan {
    var random = SplitMix64(seed: ~seed)
    let bound = 0.1 * Double(random.nextIndex(below: 7) - 3)
    let alphas = [0.02, 0.02, 0.001, 0.05]
    return try #require(
      SequentialPlan(
        bound: bound, maximumRounds: 16 + 2 * random.nextIndex(below: 13),
        failingAlpha: alphas[random.nextIndex(below: 4)]))
  }

  @Test func ofOneSequenceAfterEveryRound() throws {
    var states: [SequentialTest.State: Int] = [:]
    for seed in 0..<6_000 as Range<UInt64> {
      let plan = try Self.plan(seed: seed)
      var test = SequentialTest(plan)
      for value in Self.values(seed: seed) where test.state == .undecided {
        test.add(value)
        guard let interval = test.logInterval else {
          #expect(test.values.count < 8 && test.state == .undecided)
          continue
        }
        #expect((interval.lower > plan.bound) == (test.state == .holds))
        #expect((interval.upper < plan.bound) == (test.state == .fails))
        if let estimate = test.logEstimate { #expect(interval.contains(estimate)) }
      }
      states[test.state, default: 0] += 1
    }
    // A property over states that never came would prove nothing.
    for state in [SequentialTest.State.undecided, .holds, .fails, .exhausted] {
      #expect(states[state, default: 0] > 100)
    }
  }

  @Test func ofTheWholeDecision() throws {
    var reasons: [Decision.Reason?: Int] = [:]
    var findings: [Decision.Verdict: Int] = [:]
    for seed in 0..<20_000 as Range<UInt64> {
      let plan = try Self.plan(seed: seed)
      let decision = Decision(
        plan, first: Self.values(seed: seed), confirmation: Self.values(seed: seed / 3))
      findings[decision.verdict, default: 0] += 1
      if decision.reason == .notConfirmed { reasons[.notConfirmed, default: 0] += 1 }
      #expect((decision.reason == nil) == (decision.verdict != .inconclusive))
      guard let interval = decision.interval else {
        #expect(decision.verdict == .inconclusive)
        continue
      }
      let bound = exponential(plan.bound)
      #expect((interval.lower > bound) == (decision.verdict == .holds))
      #expect((interval.upper < bound) == (decision.verdict == .violated))
      if let estimate = decision.estimate { #expect(interval.contains(estimate)) }
    }
    for finding in [Decision.Verdict.holds, .violated, .inconclusive] {
      #expect(findings[finding, default: 0] > 200)
    }
    #expect(reasons[.notConfirmed, default: 0] > 200)
  }

  /// The ends move past a bound with the very sign that makes the count.
  @Test func theEndsAreTheRightOrderStatistics() throws {
    let boundary = try #require(SignBoundary(alpha: 0.05, maximumRounds: 40))
    let values = (1...20).map(Double.init).shuffled()
    #expect(boundary[20] == 16)
    #expect(boundary.upperEnd(values) == 16)
    #expect(boundary.lowerEnd(values) == 5)
    // Sixteen of the values are above 4.5, fifteen are above 5: on the end, or beyond it.
    #expect(values.count { $0 > 4.5 } == 16 && values.count { $0 > 5 } == 15)
    #expect(boundary.lowerEnd(Array(values.prefix(19))) == -.infinity)
    #expect(boundary.upperEnd([]) == .infinity)
  }

  /// Cut short between two looks, a sequence says what it knew at the last one.
  @Test func betweenLooksTheLastOneStands() throws {
    let plan = try #require(SequentialPlan(bound: 0, maximumRounds: 40))
    var test = SequentialTest(plan, values: [1, -1, 2, -2, 3, -3, 4, -4])
    let (interval, estimate) = (test.logInterval, test.logEstimate)
    #expect(interval == Interval(-4, 4) && estimate == 0)
    test.add(5)
    #expect(test.values.count == 9 && test.lookedAt.count == 8)
    #expect(test.logInterval == interval && test.logEstimate == estimate)
    test.add(6)
    #expect(test.logEstimate == 1.5 && test.lookedAt.count == 10)
  }

  /// At whichever look a sequence stops, its interval has the true median inside as often as its
  /// errors promise: 5 % for the lower end and 2 % for the upper.
  @Test(arguments: [-0.03, -0.01, 0, 0.01, 0.03]) func coverageAtTheStop(truth: Double) throws {
    let plan = try #require(SequentialPlan(bound: 0, maximumRounds: 40))
    var (tooHigh, tooLow) = (0, 0)
    let repetitions = 2_000
    for seed in 0..<repetitions {
      var random = SplitMix64(seed: UInt64(seed))
      var test = SequentialTest(plan)
      // The sum of three is near enough to normal, and its median is known.
      while test.state == .undecided {
        let sum = random.nextUnit() + random.nextUnit() + random.nextUnit()
        test.add(truth + 0.06 * (sum - 1.5))
      }
      let interval = try #require(test.logInterval)
      tooHigh += interval.lower > truth ? 1 : 0
      tooLow += interval.upper < truth ? 1 : 0
    }
    print("truth \(truth): lower end too high \(tooHigh), upper end too low \(tooLow) of 2,000")
    // Three standard deviations of luck above 0.0483 and 0.0192.
    #expect(Double(tooHigh) <= 0.0483 * 2_000 + 29)
    #expect(Double(tooLow) <= 0.0192 * 2_000 + 19)
  }

  private func exponential(_ x: Double) -> Double { Interval(x, x).exponential.lower }
}
