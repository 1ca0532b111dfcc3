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

  /// One run tells a violation from the spread of its rounds; a later one, whose truth that is, finds it in 9
  /// of 10 cases, whatever the spread, the bound and the numbers of rounds.
  @Test(arguments: [
    (0.01, 0.0, 40, 8), (0.03, -0.05, 40, 16), (0.01, 1.5, 40, 40), (0.05, 0.0, 24, 12),
    (0.002, 0.0, 16, 16),
  ])
  func whatWouldBeFoundIsFound(
    sigma: Double, bound: Double, maximum: Int, measured: Int
  ) throws {
    let plan = try SequentialTestTests.plan(bound: bound, rounds: maximum)
    let unit = try #require(
      plan.detectableShift(sigma: 1, measured: measured, rounds: maximum))
    var random = SplitMix64(seed: 7)
    func rounds(_ count: Int, about median: Double) -> [Double] {
      (0..<count).map { _ in median + sigma * Self.normal(&random) }
    }
    let repetitions = 4_000
    let violated = try (0..<repetitions).count { _ in
      let told = try #require(madSigma(rounds(measured, about: bound + 1)))
      let truth = bound - unit * told
      let first = SequentialTest(plan, values: rounds(maximum, about: truth))
      guard first.state == .fails else { return false }
      let second = SequentialTest(plan.confirmation, values: rounds(maximum, about: truth))
      return Decision(first: first, confirmation: second).verdict == .violated
    }
    // Four standard deviations of a share of 90 % of 4,000 are 1.9 %.
    let share = Double(violated) / Double(repetitions)
    #expect(abs(share - 0.9) < 0.02, "\(share)")
  }

  private static func normal(_ random: inout SplitMix64) -> Double {
    (-2 * log(1 - random.nextUnit())).squareRoot() * cos(2 * .pi * random.nextUnit())
  }

  @Test func moreRoundsFindLess() throws {
    let plan = try SequentialTestTests.plan()
    func shift(_ sigma: Double = 0.01, measured: Int = 40, rounds: Int = 40) throws -> Double {
      try #require(plan.detectableShift(sigma: sigma, measured: measured, rounds: rounds))
    }
    let shifts = try [8, 16, 24, 40].map { try shift(rounds: $0) }
    #expect(shifts == shifts.sorted(by: >))
    #expect(try shift(rounds: 1_000) == shifts.last)
    // The spread of 8 rounds is known worse than that of 40.
    #expect(try shift(measured: 8) > 1.5 * shifts[3])
    #expect(abs(try shift(0.02) / shifts[3] - 2) < 1e-12)
  }

  @Test func whatCannotBeFoundIsNotTold() throws {
    let plan = try SequentialTestTests.plan()
    for rounds in [-1, 0, 7] {
      #expect(plan.detectableShift(sigma: 0.01, measured: 40, rounds: rounds) == nil)
      #expect(plan.detectableShift(sigma: 0.01, measured: rounds, rounds: 40) == nil)
    }
    // Equal rounds have no spread.
    for sigma in [0, -0.01, .nan, .infinity] {
      #expect(plan.detectableShift(sigma: sigma, measured: 40, rounds: 40) == nil)
    }
    // Equal signs in all of 8 rounds are not enough for this error.
    let strict = try #require(SequentialPlan(bound: 0, maximumRounds: 40, failingAlpha: 0.001))
    #expect(strict.failing[8] == nil)
    #expect(strict.detectableShift(sigma: 0.01, measured: 8, rounds: 8) == nil)
    #expect(strict.detectableShift(sigma: 0.01, measured: 8, rounds: 40) != nil)
  }

  /// Stored sessions and one more, drawn alike, whose truth is what sessions before them told.
  @Test(arguments: [5, 10]) func aSessionFindsWhatItSays(sessions: Int) throws {
    var random = SplitMix64(seed: 3)
    let repetitions = 4_000
    let violated = try (0..<repetitions).count { _ in
      let stored = (0..<sessions).map { _ in 0.03 * Self.normal(&random) }
      let told = try #require(
        BaselineTest(today: 0, stored: stored, limit: 0.05)?.detectableChange)
      let today = log(told) + 0.03 * Self.normal(&random)
      return try #require(BaselineTest(today: today, stored: stored, limit: 0.05)).verdict
        == .violated
    }
    let share = Double(violated) / Double(repetitions)
    #expect(abs(share - 0.9) < 0.02, "\(share)")
    let few = Array(repeating: 0.01, count: 4)
    #expect(BaselineTest(today: 0, stored: few, limit: 0.05)?.detectableChange == nil)
    #expect(BaselineTest(today: 0, stored: [0], limit: 0.05)?.detectableChange == nil)
  }
}
