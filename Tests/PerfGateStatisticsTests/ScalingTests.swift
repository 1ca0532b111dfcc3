import PerfGateStatistics
import Testing

@Suite struct ScalingTests {
  @Test func whatEqualTasksAllow() throws {
    #expect(greatestSpeedup(tasks: 50, workers: 5) == 5)
    #expect(abs(try #require(greatestSpeedup(tasks: 50, workers: 4)) - 3.846153846153846) < 1e-15)
    #expect(abs(try #require(greatestSpeedup(tasks: 50, workers: 8)) - 7.142857142857143) < 1e-15)
    #expect(greatestSpeedup(tasks: 50, workers: 1) == 1)
    #expect(greatestSpeedup(tasks: 3, workers: 50) == 3)
    #expect(greatestSpeedup(tasks: .max, workers: .max) == Double(Int.max))
    #expect(greatestSpeedup(tasks: 0, workers: 4) == nil)
    #expect(greatestSpeedup(tasks: 50, workers: 0) == nil)
  }

  @Test func serialFraction() throws {
    #expect(abs(try #require(karpFlatt(speedup: 4.5, workers: 5)) - 0.0277777777777) < 1e-12)
    #expect(try #require(karpFlatt(speedup: 5, workers: 5)) == 0)
    #expect(try #require(karpFlatt(speedup: 1, workers: 5)) == 1)
    #expect(try #require(karpFlatt(speedup: 6, workers: 5)) < 0)
    for (speedup, workers) in [(0, 5), (-1, 5), (.nan, 5), (4, 1), (4, 0)] {
      #expect(karpFlatt(speedup: speedup, workers: workers) == nil)
    }
  }

  /// The published Go column.
  @Test func improvementAsPublished() throws {
    let seconds = [102.75, 51.85, 35.4, 27.19, 21.47, 22.07]
    let improvements = try zip(seconds, seconds.dropFirst()).map { previous, now in
      try #require(improvementPercent(previousSeconds: previous, seconds: now))
    }
    #expect((improvements[1] * 10_000).rounded() / 10_000 == 31.7261)
    #expect((improvements[4] * 10_000).rounded() / 10_000 == -2.7946)
    #expect(improvementPercent(previousSeconds: 0, seconds: 1) == nil)
    #expect(improvementPercent(previousSeconds: 1, seconds: -1) == nil)
    #expect(improvementPercent(previousSeconds: .infinity, seconds: 1) == nil)
  }
}
