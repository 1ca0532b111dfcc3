import PerfGate
import Testing

/// From how many workers on a curve gains nothing more.
@Suite struct SaturationTests {
  private func curve(_ seconds: [Double]) -> ScalingCurve {
    ScalingCurve(
      kernel: "made-up", variant: "a", executor: "pool",
      points: seconds.enumerated().map { index, seconds in
        ScalingPoint(
          workers: 2 * index + 1, seconds: seconds, speedup: 1, interval: nil, efficiency: 1,
          improvementPercent: nil, karpFlatt: nil, cpus: [])
      })
  }

  @Test func theFewestWorkersCount() throws {
    let found = try #require(curve([12, 6, 4, 3.9, 4.1, 3.8]).saturation(share: 0.1))
    #expect(found.workers == 5 && found.next == 7)
    #expect(abs(found.greatestGain - 0.05) < 1e-12)
    #expect(curve([12, 6, 4, 3.9, 4.1, 3.8]).saturation(share: 0.04)?.workers == 7)
  }

  /// Many small steps are a gain as well.
  @Test func smallStepsAddUp() {
    #expect(curve([10, 9.4, 8.8, 8.2]).saturation(share: 0.1)?.workers == 5)
    #expect(curve([10, 9.4, 8.8, 8.2]).saturation(share: 0.07)?.workers == 5)
    #expect(curve([10, 9.4, 8.8, 8.2]).saturation(share: 0.06) == nil)
  }

  @Test func everyFurtherPointCanBeSlower() throws {
    let found = try #require(curve([10, 20, 15]).saturation(share: 0.1))
    #expect(found.workers == 1 && found.next == 3 && found.greatestGain == -0.5)
  }

  @Test func aCurveThatStillGainsSaysNothing() {
    #expect(curve([12, 6, 4, 3]).saturation(share: 0.1) == nil)
    #expect(curve([12]).saturation(share: 0.1) == nil)
    #expect(curve([]).saturation(share: 0.1) == nil)
  }
}
