import Foundation
import PerfGateTestSupport
import Testing

@testable import PerfGateStatistics

@Suite struct SequentialPowerTests {
  /// Every sequence of signs, judged by the test itself.
  @Test(arguments: [0.3, 0.5, 0.8, 0.97], [8, 9, 10, 12])
  func theSumIsExact(probability: Double, rounds: Int) throws {
    let plan = try SequentialTestTests.plan(rounds: 12)
    var failing = 0.0
    for signs in 0..<1 << rounds {
      let values = (0..<rounds).map { signs >> $0 & 1 == 1 ? -1.0 : 1 }
      guard SequentialTest(plan, values: values).state == .fails else { continue }
      let below = signs.nonzeroBitCount
      failing += pow(probability, Double(below)) * pow(1 - probability, Double(rounds - below))
    }
    #expect(abs(plan.failing(probability: probability, rounds: rounds) - failing) < 1e-12)
    #expect(failing > 0)
  }

  /// Normal noise about a median that far below the bound: violated in 9 of 10, whatever the spread, the
  /// bound and the number of rounds.
  @Test(arguments: [(0.01, 0.0, 40, 40), (0.03, -0.05, 40, 16), (0.002, 1.5, 16, 8)])
  func whatWouldBeFoundIsFound(
    sigma: Double, bound: Double, maximum: Int, rounds: Int
  ) throws {
    let plan = try SequentialTestTests.plan(bound: bound, rounds: maximum)
    let shift = try #require(plan.detectableShift(sigma: sigma, rounds: rounds))
    var random = SplitMix64(seed: 7)
    func sequence(_ plan: SequentialPlan, rounds: Int) -> SequentialTest {
      SequentialTest(
        plan,
        values: (0..<rounds).map { _ in
          let normal =
            (-2 * log(1 - random.nextUnit())).squareRoot() * cos(2 * .pi * random.nextUnit())
          return bound - shift + sigma * normal
        })
    }
    let repetitions = 4_000
    let violated = (0..<repetitions).count { _ in
      let first = sequence(plan, rounds: rounds)
      guard first.state == .fails else { return false }
      let second = sequence(plan.confirmation, rounds: maximum)
      return Decision(first: first, confirmation: second).verdict == .violated
    }
    // Three standard deviations of a share of 90 % of 4,000 are 1.4 %.
    #expect(abs(Double(violated) / Double(repetitions) - 0.9) < 0.015)
  }

  @Test func moreRoundsFindLess() throws {
    let plan = try SequentialTestTests.plan()
    let shifts = try [8, 16, 24, 40].map {
      try #require(plan.detectableShift(sigma: 0.01, rounds: $0))
    }
    #expect(shifts == shifts.sorted(by: >))
    #expect(plan.detectableShift(sigma: 0.01, rounds: 1_000) == shifts.last)
    let wider = try #require(plan.detectableShift(sigma: 0.02, rounds: 40))
    #expect(abs(wider / shifts[3] - 2) < 1e-12)
  }

  @Test func whatCannotBeFoundIsNotTold() throws {
    let plan = try SequentialTestTests.plan()
    for rounds in [-1, 0, 7] { #expect(plan.detectableShift(sigma: 0.01, rounds: rounds) == nil) }
    for sigma in [-0.01, .nan, .infinity] {
      #expect(plan.detectableShift(sigma: sigma, rounds: 40) == nil)
    }
    // Equal signs in all of 8 rounds are not enough for this error.
    let strict = try #require(SequentialPlan(bound: 0, maximumRounds: 40, failingAlpha: 0.001))
    #expect(strict.failing[8] == nil)
    #expect(strict.detectableShift(sigma: 0.01, rounds: 8) == nil)
    #expect(strict.detectableShift(sigma: 0.01, rounds: 40) != nil)
    #expect(plan.detectableShift(sigma: 0, rounds: 8) == 0)
  }

  /// Sessions that differ as the stored ones do lie this far on the good side in one of ten.
  @Test func aSessionFindsWhatItSays() throws {
    let stored = [0.0, 0.01, 0.02, -0.01, -0.02]
    let test = try #require(BaselineTest(today: 0, stored: stored, limit: 0.05))
    let change = try #require(test.detectableChange)
    let error = test.deviation * (1 + 1.0 / 5).squareRoot()
    var random = SplitMix64(seed: 3)
    let repetitions = 4_000
    let violated = try (0..<repetitions).count { _ in
      let normal =
        (-2 * log(1 - random.nextUnit())).squareRoot() * cos(2 * .pi * random.nextUnit())
      let today = log(change) + error * normal
      return try #require(BaselineTest(today: today, stored: stored, limit: 0.05)).verdict
        == .violated
    }
    #expect(abs(Double(violated) / Double(repetitions) - 0.9) < 0.015)
    #expect(
      BaselineTest(today: 0, stored: [0, 0.01, 0.02, 0.03], limit: 0.05)?.detectableChange == nil)
    #expect(BaselineTest(today: 0, stored: [0], limit: 0.05)?.detectableChange == nil)
  }
}
