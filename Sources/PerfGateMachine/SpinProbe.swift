import CPerfGatePlacement

/// A fixed piece of arithmetic whose time tells the clock rate: run before and after a round, on the
/// thread and CPU that the round uses.
public struct SpinProbe: Hashable, Sendable {
  /// How many dependent steps one probe takes.
  public var iterations: UInt64

  /// A probe of so many steps.
  public init(iterations: UInt64) { self.iterations = iterations }

  /// A probe that takes about this time here and now, by default 20 ms.
  public static func calibrated(seconds: Double = 0.02) -> SpinProbe {
    var probe = SpinProbe(iterations: 10_000)
    var taken = probe.seconds()
    while taken < seconds / 8 && probe.iterations < 1 << 40 {
      probe.iterations *= 2
      taken = probe.seconds()
    }
    probe.iterations = UInt64(Swift.max(1, Double(probe.iterations) * seconds / taken))
    return probe
  }

  /// Runs the probe on the calling thread; its time in seconds.
  public func seconds() -> Double {
    let start = pgp_monotonic_ns()
    pgp_sink_u64(pgp_spin(iterations, start))
    return Double(pgp_monotonic_ns() - start) / 1e9
  }

  /// Whether two probes differ by more than the limit.
  public static func disturbance(
    before: Double, after: Double, limits: DisturbanceLimits = DisturbanceLimits()
  ) -> Disturbance? {
    guard before > 0, after > 0 else { return nil }
    let change = Swift.max(before, after) / Swift.min(before, after) - 1
    return change > limits.spinDrift ? .spinDrift(before: before, after: after) : nil
  }
}
