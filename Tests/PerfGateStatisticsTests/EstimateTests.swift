import PerfGateStatistics
import Testing

@Suite struct EstimateTests {
  @Test func medianAndSpread() {
    #expect(median([3, 1, 2]) == 2)
    #expect(median([4, 1, 2, 3]) == 2.5)
    #expect(median([]) == nil)
    // Distances to the median 3: 2, 1, 0, 1, 97; their median is 1.
    #expect(madSigma([1, 2, 3, 4, 100]) == 1.4826)
    #expect(madSigma([5, 5, 5]) == 0)
    #expect(madSigma([]) == nil)
  }

  @Test func logRatios() {
    #expect(logRatio(2, over: 2) == 0)
    #expect(abs(logRatio(2, over: 1) - 0.6931471805599453) < 1e-15)
    #expect(logRatio(1e-300, over: 1e300).isFinite)
    for time in [0, -1, .nan, .infinity] {
      #expect(logRatio(time, over: 1).isNaN)
      #expect(logRatio(1, over: time).isNaN)
    }
  }

  /// Depth and coverage beside those of the binomial distribution (scipy 1.17.1).
  @Test(arguments: [
    (5, 0.95, 1, 0.9375), (6, 0.95, 1, 0.96875), (10, 0.95, 2, 0.978515625),
    (11, 0.95, 2, 0.98828125), (20, 0.95, 6, 0.9586105346679688),
    (25, 0.99, 6, 0.9959226846694946), (100, 0.95, 40, 0.9647997997822951), (1, 0.95, 1, 0),
    (2, 0.5, 1, 0.5), (9, 0.9, 2, 0.9609375),
  ])
  func orderStatistics(count: Int, confidence: Double, depth: Int, coverage: Double) throws {
    let values = (1...count).map(Double.init).reversed()
    let result = try #require(orderStatisticInterval(Array(values), confidence: confidence))
    #expect(result.interval == Interval(Double(depth), Double(count + 1 - depth)))
    #expect(abs(result.coverage - coverage) < 1e-12)
    #expect(result.isReached == (coverage >= confidence))
  }

  @Test func orderStatisticsOutOfRange() throws {
    #expect(orderStatisticInterval([], confidence: 0.95) == nil)
    for confidence in [0, 1, -1, .nan] {
      #expect(orderStatisticInterval([1, 2], confidence: confidence) == nil)
    }
    // 2⁻⁵⁰⁰⁰ is below the smallest number; the interval must not care.
    let many = try #require(
      orderStatisticInterval((0..<5_000).map(Double.init), confidence: 0.95))
    #expect(many.coverage >= 0.95 && many.coverage < 0.953)
  }

  @Test func roundsPlanned() {
    #expect(plannedRounds(budgetSeconds: 20, roundSeconds: 0.25) == 40)
    #expect(plannedRounds(budgetSeconds: 20, roundSeconds: 1) == 20)
    #expect(plannedRounds(budgetSeconds: 20, roundSeconds: 1.08) == 18)
    #expect(plannedRounds(budgetSeconds: 17.9, roundSeconds: 1) == 16)
    #expect(plannedRounds(budgetSeconds: 15.9, roundSeconds: 1) == nil)
    #expect(plannedRounds(budgetSeconds: 1e300, roundSeconds: 1e-300) == 40)
    for (budget, round) in [(0, 1), (-1, 1), (20, 0), (20, -1), (.nan, 1), (20, .nan)] {
      #expect(plannedRounds(budgetSeconds: budget, roundSeconds: round) == nil)
    }
  }

  @Test func roundsThatWouldDecide() {
    #expect(roundsToDecide(sigma: 0.03, gap: 0.03) == 34)
    #expect(roundsToDecide(sigma: 0.03, gap: -0.015) == 136)
    #expect(roundsToDecide(sigma: 0, gap: 0.01) == 8)
    for gap in [0, 1e-12, .nan] { #expect(roundsToDecide(sigma: 0.03, gap: gap) == nil) }
  }

  @Test func errorIsSharedAboveFiftyClaims() {
    #expect(firstStageAlpha(claims: 1) == 0.02)
    #expect(firstStageAlpha(claims: 50) == 0.02)
    #expect(firstStageAlpha(claims: 0) == 0.02)
    for claims in [51, 100, 1_000] {
      #expect(firstStageAlpha(claims: claims) < 0.02)
      #expect(firstStageAlpha(claims: claims) * 0.05 * Double(claims) <= 0.05 + 1e-15)
    }
  }

  @Test func intervals() {
    #expect(Interval(2, 1) == Interval(1, 2))
    #expect(Interval(-.infinity, 0).exponential == Interval(0, 1))
    #expect(Interval(1, 2).hull(Interval(4, 5)) == Interval(1, 5))
    #expect(Interval(1, 2).contains(2) && !Interval(1, 2).contains(2.1))
  }
}
