import CPerfGateSystem

/// A fixed amount of arithmetic whose time shows the clock rate: run before and after a round, on
/// the thread and CPU that the round uses.
package struct SpinProbe: Hashable, Sendable {
  /// How many dependent steps one probe takes.
  package var iterations: UInt64

  package init(iterations: UInt64) { self.iterations = iterations }

  /// Creates a probe that takes about this long at the current clock rate.
  ///
  /// - Parameter seconds: above 0 and below 60; anything else becomes the default, 20 ms.
  package static func calibrated(seconds: Double = 0.02) -> SpinProbe {
    let seconds = seconds > 0 && seconds < 60 ? seconds : 0.02
    var probe = SpinProbe(iterations: 10_000)
    while probe.seconds() < seconds / 16 && probe.iterations < 1 << 40 { probe.iterations *= 2 }
    // The shortest of three: an interrupted one would make the probe too short.
    let taken = (0..<3).map { _ in probe.seconds() }.min() ?? seconds
    probe.iterations = UInt64(
      Swift.max(1, Double(probe.iterations) * seconds / Swift.max(taken, 1e-9)))
    return probe
  }

  /// Runs the probe on the calling thread and returns its CPU time in seconds, which other programs
  /// do not change.
  package func seconds() -> Double {
    let start = pgp_thread_cpu_ns()
    pgp_sink_u64(pgp_spin(iterations, start))
    return Double(pgp_thread_cpu_ns() - start) / 1e9
  }

  /// Runs the probe several times in a row and returns the shortest time in seconds.
  ///
  /// A changed clock rate changes all of the times; an interruption changes only one.
  package func shortestSeconds(of pieces: Int) -> Double {
    (0..<Swift.max(1, pieces)).reduce(Double.infinity) { shortest, _ in
      Swift.min(shortest, seconds())
    }
  }

  /// The disturbance if two probe times, in seconds, differ by more than the limit; else nil.
  package static func disturbance(
    before: Double, after: Double, limits: DisturbanceLimits = DisturbanceLimits()
  ) -> Disturbance? {
    guard before > 0, after > 0 else { return nil }
    let change = Swift.max(before, after) / Swift.min(before, after) - 1
    return change > limits.spinDrift ? .spinDrift(before: before, after: after) : nil
  }
}
