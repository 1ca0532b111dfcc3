import PerfGateStatistics
import PerfGateTestSupport
import Testing

/// Changes of the rounds that must not change what is found, or must mirror it.
@Suite struct MetamorphicTests {
  static let truths = [1.0, 1.03, 1.05, 1.07, 1.1]
  static let limit = -0.04879016416943205  // −ln 1.05

  /// The times of 200 rounds, in pairs.
  static func rounds(truth: Double, seed: UInt64) -> [(first: Double, second: Double)] {
    var noise = NoiseModel(.asymmetric, trueSeconds: [1, truth], seed: seed)
    return (0..<80).map { _ in (noise.seconds(arm: 0), noise.seconds(arm: 1)) }
  }

  static func decision(
    _ plan: SequentialPlan, _ rounds: [(first: Double, second: Double)]
  ) -> Decision {
    let values = rounds.map { logRatio($0.first, over: $0.second) }
    return Decision(
      plan, first: Array(values.prefix(40)), confirmation: Array(values.suffix(40)))
  }

  @Test(arguments: truths) func scalingBothArmsOrARoundChangesNothing(truth: Double) throws {
    let plan = try #require(SequentialPlan(bound: Self.limit, maximumRounds: 40))
    for seed in 0..<400 as Range<UInt64> {
      let rounds = Self.rounds(truth: truth, seed: seed)
      let before = Self.decision(plan, rounds)
      var factors = SplitMix64(seed: seed)
      let scaled = Self.decision(plan, rounds.map { ($0.first * 1_024, $0.second * 1_024) })
      // A power of two changes no digit: everything is the same, the interval's last bit included.
      #expect(scaled == before)
      let shared = Self.decision(
        plan,
        rounds.map { round in
          let factor = 0.2 + 5 * factors.nextUnit()
          return (round.first * factor, round.second * factor)
        })
      #expect(shared.verdict == before.verdict && shared.rounds == before.rounds)
      #expect(shared.confirmationRounds == before.confirmationRounds)
    }
  }

  /// With the same error on both sides, swapped arms and negated bounds turn `holds` into `fails`
  /// after the same number of rounds, and turn the interval over.
  @Test(arguments: truths) func swappingArmsMirrorsEverySequence(truth: Double) throws {
    let bound = Self.limit
    let plan = try #require(
      SequentialPlan(
        bound: bound, maximumRounds: 40, failingAlpha: 0.02, holdingAlpha: 0.05))
    let mirrored = try #require(
      SequentialPlan(
        bound: -bound, maximumRounds: 40, failingAlpha: 0.05, holdingAlpha: 0.02))
    for seed in 0..<400 as Range<UInt64> {
      let rounds = Self.rounds(truth: truth, seed: seed).prefix(40)
      let test = SequentialTest(plan, values: rounds.map { logRatio($0.first, over: $0.second) })
      let other = SequentialTest(mirrored, values: test.values.map { -$0 })
      let mirror: [SequentialTest.State: SequentialTest.State] = [.holds: .fails, .fails: .holds]
      #expect(other.state == mirror[test.state] ?? test.state)
      #expect(other.values.count == test.values.count)
      #expect(other.above == test.below && other.below == test.above)
      let (interval, turned) = (try #require(test.logInterval), try #require(other.logInterval))
      #expect(turned == Interval(-interval.upper, -interval.lower))
    }
  }

  /// The same with whole gates: arms swapped in every round, bounds negated, errors exchanged. What
  /// held before is what is suspected now, in the very same number of repetitions.
  @Test(arguments: [1.0, 1.05, 1.1]) func swappingArmsMirrorsTheCounts(truth: Double) throws {
    let plan = try #require(
      SequentialPlan(
        bound: Self.limit, maximumRounds: 40, failingAlpha: 0.05, holdingAlpha: 0.05))
    let mirrored = try #require(
      SequentialPlan(
        bound: -Self.limit, maximumRounds: 40, failingAlpha: 0.05, holdingAlpha: 0.05))
    let gate = MadeUpGate(plan: plan, noise: .asymmetric, trueSeconds: [1, truth])
    var swapped = MadeUpGate(plan: mirrored, noise: .asymmetric, trueSeconds: [1, truth])
    swapped.swapsArms = true
    let (here, there) = (gate.tally(500), swapped.tally(500))
    #expect(here.holds == there.suspected)
    #expect(here.suspected == there.holds)
    #expect(here.inconclusive - here.notConfirmed == there.inconclusive - there.notConfirmed)
  }
}
