import PerfGateMachine

/// Finds what other programs used of the CPUs of an arm whose threads cannot be watched one by one:
/// some may wait for a CPU without having begun, which no counter of theirs tells.
enum OtherPrograms {
  /// The kind of a disturbance by programs that are not measured.
  static let kind = "otherPrograms"
  /// The clock ticks of each CPU below which its time means nothing.
  private static let coarseTicks = 2.0
  /// The share of a CPU's time that others may use; ticks are samples, and not exact.
  private static let tolerableShare = 0.05

  /// What the CPUs ran beyond the measured program; `nil`: nothing worth mentioning.
  ///
  /// - Parameter used: the CPU time of the measured program in between, in ns.
  static func cause(
    from before: InterferenceSnapshot, to after: InterferenceSnapshot, used: UInt64
  ) -> DropCause? {
    guard !after.used.isEmpty, after.nanoseconds > before.nanoseconds else { return nil }
    let elapsed = Double(after.nanoseconds - before.nanoseconds) * 1e-9
    let busy = zip(before.used, after.used).reduce(0.0) {
      $0 + Double($1.1.busy > $1.0.busy ? $1.1.busy - $1.0.busy : 0)
    }
    let seconds = busy / Double(max(after.ticksPerSecond, 1)) - Double(used) * 1e-9
    let cpus = Double(after.used.count)
    let coarse = coarseTicks * cpus / Double(max(after.ticksPerSecond, 1))
    guard seconds > coarse, seconds > tolerableShare * elapsed * cpus else { return nil }
    let milliseconds = Int((seconds * 1000).rounded())
    return DropCause(kind: kind, text: "other programs used its CPUs for \(milliseconds) ms")
  }
}
