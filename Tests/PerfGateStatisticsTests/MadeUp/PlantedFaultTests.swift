import PerfGateStatistics
import PerfGateTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Mistakes seen elsewhere, planted: the made-up rounds must show each of them for what it is.
@Suite struct PlantedFaultTests {
  static func gate(slower times: Double, _ noise: NoiseModel.Shape = .even) throws -> MadeUpGate {
    let plan = try #require(SequentialPlan(bound: -log(1.05), maximumRounds: 40))
    return MadeUpGate(plan: plan, noise: noise, trueSeconds: [1, times])
  }

  /// Looking after every round at an interval that is made for a fixed number of them.
  @Test func peekingWithAFixedIntervalIsWrongOften() {
    var wrong = 0
    let repetitions = 500
    for seed in 0..<repetitions {
      var noise = NoiseModel(.even, trueSeconds: [1, 1.05], seed: UInt64(seed))
      var values: [Double] = []
      var isWrong = false
      while values.count < 40, !isWrong {
        let (first, second) = (noise.seconds(arm: 0), noise.seconds(arm: 1))
        values.append(logRatio(first, over: second))
        guard values.count >= 8,
          let peek = orderStatisticInterval(values, confidence: 0.95)
        else { continue }
        isWrong = !peek.interval.contains(-log(1.05))
      }
      wrong += isWrong ? 1 : 0
    }
    print("peeking with a 95 % interval, at the limit: wrong in \(wrong) of \(repetitions)")
    #expect(Double(wrong) / Double(repetitions) > 0.10)
  }

  /// All of one arm, then all of the other: drift becomes effect.
  @Test func oneArmAfterTheOtherMakesDriftAnEffect() throws {
    var gate = try Self.gate(slower: 1.05)
    gate.ordering = .oneArmAfterTheOther
    let tally = gate.tally()
    print(tally.line("at the limit, one arm after the other"))
    #expect(tally.share(tally.violated) > 0.005)
    #expect(tally.share(tally.holds) > 0.06)
  }

  /// Calling a first stage violated without confirming it.
  @Test func withoutConfirmationTheLimitIsOverrun() throws {
    let tally = try Self.gate(slower: 1.05).tally()
    #expect(tally.share(tally.suspected) > 0.01)
    #expect(tally.share(tally.violated) <= 0.005)
  }

  /// Means instead of medians: heavy tails decide. What the sign test calls equal in nearly every
  /// repetition, a mean of 40 rounds puts beyond the limit often.
  @Test func meansFollowTheTail() {
    var beyond = 0
    for seed in 0..<500 as Range<UInt64> {
      var noise = NoiseModel(.asymmetric, trueSeconds: [1, 1], seed: seed)
      var sums = [0.0, 0.0]
      for _ in 0..<40 { for arm in 0...1 { sums[arm] += noise.seconds(arm: arm) } }
      beyond += sums[1] / sums[0] > 1.05 ? 1 : 0
    }
    print("means of 40 rounds, equal, asymmetric: beyond 5 % in \(beyond) of 500")
    #expect(beyond > 100)
  }

  /// The noise is that of the machine the rules were made on, not a tame one.
  @Test(arguments: [NoiseModel.Shape.even, .asymmetric])
  func noiseIsAsMeasured(shape: NoiseModel.Shape) throws {
    var shape = shape.with(sigma: 0.0035)
    (shape.driftHeight, shape.driftStep) = (0, 0)
    var (p99, worst): ([Double], [Double]) = ([], [])
    for seed in 0..<50 as Range<UInt64> {
      var noise = NoiseModel(shape, trueSeconds: [1, 1], seed: seed)
      let sorted = (0..<2_000).map { _ in noise.seconds(arm: 1) }.sorted()
      p99.append(sorted[1_980] / sorted[1_000])
      worst.append(sorted[1_999] / sorted[1_000])
      #expect(sorted[1_600] / sorted[200] < 1.02)
    }
    let tail = try #require(median(p99))
    let end = try #require(median(worst))
    print("made-up samples: p99 at \(tail) times the median, worst of 2,000 at \(end)")
    #expect((1.3...3.5).contains(tail))
    #expect((8.0...15.1).contains(end))
  }
}
