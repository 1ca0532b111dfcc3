import PerfGateStatistics

/// Proves that a variant does its work, before any of its times is shown.
///
/// Results are compared by the runner, task by task. Here it is shown that time goes where the work
/// is: CPU time doubles with the size and with the number of tasks, and the worker does not sleep.
/// CPU time of the thread, not wall time: a busy neighbour does not stretch it. A check that fails
/// is made again, a cheat fails each time.
public struct WorkProof {
  /// How many pairs a ratio is the median of.
  public static let pairs = 9
  /// How often a failed check is made in all.
  public static let attempts = 3

  private let kernel: AnyKernel
  private let runner: any ArmRunner
  private let cacheBytes: Int

  /// A prover for variants of `kernel`.
  ///
  /// - Parameter cacheBytes: the size of the last-level cache; sizes that are compared stay in it.
  public init(of kernel: AnyKernel, runner: any ArmRunner, cacheBytes: Int = 32 << 20) {
    self.kernel = kernel
    self.runner = runner
    self.cacheBytes = cacheBytes
  }

  /// Checks one variant.
  ///
  /// - Parameter size: the size that will be measured; what a kernel of constant work is checked at.
  /// - Throws: ``MeasurementError/wrongResult(_:)`` with what was found when it is not proven.
  public func check(_ variant: AnyKernel.VariantInfo, size: Int) throws(MeasurementError) {
    guard variant.isOptimized else { throw unproven(variant, .notOptimized) }
    var failure: Unproven.Reason?
    for _ in 0..<Self.attempts {
      failure =
        switch kernel.work.growth {
        case .linear: try linearFailure(variant)
        case .constant: try constantFailure(variant, size: size)
        }
      if failure == nil { return }
    }
    if let failure { throw unproven(variant, failure) }
  }

  private func unproven(
    _ variant: AnyKernel.VariantInfo, _ reason: Unproven.Reason
  ) -> MeasurementError {
    .wrongResult(Unproven(kernel: kernel.name, variant: variant.name, reason: reason))
  }

  private func linearFailure(
    _ variant: AnyKernel.VariantInfo
  ) throws(MeasurementError) -> Unproven.Reason? {
    var base = arm(variant, size: startSize, tasks: 1)
    try grow(&base, enough: 0.003)
    let bySize = try ratio(of: with(base, size: 2 * base.size), to: base)
    if abs(bySize.median - 2) > 0.2 { return .notProportionalToSize(ratio: bySize.median) }
    let byTasks = try ratio(of: with(base, tasks: 2 * base.tasks), to: base)
    if abs(byTasks.median - 2) > 0.2 { return .notProportionalToTasks(ratio: byTasks.median) }
    let slept = min(bySize.leastSleep, byTasks.leastSleep)
    return slept > 0.1 ? .slept(share: slept) : nil
  }

  private func constantFailure(
    _ variant: AnyKernel.VariantInfo, size: Int
  ) throws(MeasurementError) -> Unproven.Reason? {
    let small = max(1, size / 1000)
    // Growth first: a task that grows must not be run many times at the full size.
    var few = arm(variant, size: small, tasks: 16)
    try grow(&few, enough: 0.000_05)
    if size > small {
      let once = try ratio(of: with(few, size: size), to: few)
      if once.median > 1.5 { return .growsWithSize(ratio: once.median) }
    }
    var base = with(few, size: size)
    try grow(&base, enough: 0.002)
    let byTasks = try ratio(of: with(base, tasks: 2 * base.tasks), to: base)
    if abs(byTasks.median - 2) > 0.2 { return .notProportionalToTasks(ratio: byTasks.median) }
    return byTasks.leastSleep > 0.1 ? .slept(share: byTasks.leastSleep) : nil
  }

  /// Where sizes begin: small for arithmetic; for memory well inside the last-level cache and well
  /// outside of the ones before it, so that a size and its double run at the same speed.
  private var startSize: Int {
    let bytes = kernel.work.bytesPerUnit
    return bytes == 0 ? 1000 : min(max(cacheBytes / 8, 512 << 10), 8 << 20) / bytes
  }

  /// Doubles the arm's work until it takes `enough` seconds of CPU time.
  ///
  /// Stops where the reference, which has to do the same work, would take too long: a variant that
  /// still takes no time there is one that does not do it.
  private func grow(_ arm: inout Arm, enough: Double) throws(MeasurementError) {
    guard let reference = kernel.reference else { return }
    var twin = arm
    twin.variant = reference.name
    _ = try runner.run(arm)
    while try runner.run(arm).cpuSeconds < enough, arm.tasks < 1 << 21 {
      guard try runner.run(twin).cpuSeconds < 0.25 else { return }
      if kernel.work.growth == .linear, kernel.work.bytesPerUnit == 0 {
        arm.size *= 2
      } else {
        arm.tasks *= 2
      }
      (twin.size, twin.tasks) = (arm.size, arm.tasks)
    }
  }

  private struct PairedRatio {
    var median: Double
    var leastSleep: Double
  }

  private func ratio(of arm: Arm, to base: Arm) throws(MeasurementError) -> PairedRatio {
    var ratios: [Double] = []
    var leastSleep = 1.0
    for pair in 0..<Self.pairs {
      let first = try runner.run(pair.isMultiple(of: 2) ? base : arm)
      let second = try runner.run(pair.isMultiple(of: 2) ? arm : base)
      let (subject, reference) = pair.isMultiple(of: 2) ? (second, first) : (first, second)
      ratios.append(subject.cpuSeconds / max(reference.cpuSeconds, 1e-9))
      leastSleep = min(leastSleep, subject.sleepShare, reference.sleepShare)
    }
    return PairedRatio(median: median(ratios) ?? 0, leastSleep: leastSleep)
  }

  private func arm(_ variant: AnyKernel.VariantInfo, size: Int, tasks: Int) -> Arm {
    Arm(
      kernel: kernel.name, variant: variant.name, workers: 1, tasks: tasks, size: size,
      isSpecial: true)
  }

  private func with(_ arm: Arm, size: Int? = nil, tasks: Int? = nil) -> Arm {
    var other = arm
    other.size = size ?? arm.size
    other.tasks = tasks ?? arm.tasks
    return other
  }
}
