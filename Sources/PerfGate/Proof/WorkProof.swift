import PerfGateStatistics

/// Proves that a variant does its work, before any of its times is shown.
///
/// Results are compared by the runner, task by task. Here it is shown that time goes where the work
/// is: CPU time doubles with the size and with the number of tasks, and the worker does not sleep.
/// CPU time of the thread, not wall time: a busy neighbour does not stretch it. A check that fails
/// is made again, a cheat fails each time.
package struct WorkProof {
  /// How many pairs a ratio is the median of; twice and three times as many when it is made again.
  package static let pairs = 9
  /// How many where a pair lasts longer than ``longPairSeconds``: a long run has little noise. Also
  /// where the worker sleeps in each.
  package static let longPairs = 3
  /// What counts as a long pair, in seconds.
  package static let longPairSeconds = 0.25
  /// The reference is not given more work than it does in this time, in seconds.
  package static let referenceSeconds = 0.05
  /// How often a failed check is made in all.
  package static let attempts = 3
  /// Where fewer tasks last as long as is wished each takes hundreds of nanoseconds, far from nothing.
  private static let manyTasks = 1 << 12

  private let kernel: AnyKernel
  private let runner: any ArmRunner
  private let cacheBytes: Int
  private let mostTasks: Int

  /// A prover for variants of `kernel`.
  ///
  /// - Parameters:
  ///   - cacheBytes: the size of the last-level cache; sizes that are compared stay in it.
  ///   - mostTasks: how many tasks an arm may have.
  package init(
    of kernel: AnyKernel, runner: any ArmRunner, cacheBytes: Int = 32 << 20,
    mostTasks: Int = 1 << 22
  ) {
    self.kernel = kernel
    self.runner = runner
    self.cacheBytes = cacheBytes
    self.mostTasks = mostTasks
  }

  /// Checks one variant.
  ///
  /// - Parameter size: the size that will be measured; what a kernel of constant work is checked at.
  /// - Throws: ``MeasurementError/wrongResult(_:)`` with what was found when it is not proven.
  package func check(_ variant: AnyKernel.VariantInfo, size: Int) throws(MeasurementError) {
    guard variant.isOptimized else { throw unproven(variant, .notOptimized) }
    var failure: Failure?
    for attempt in 0..<Self.attempts {
      let effort = Effort(attempt: attempt)
      failure =
        switch kernel.work.growth {
        case .linear: try linearFailure(variant, effort)
        case .constant: try constantFailure(variant, size: size, effort)
        }
      guard let failure else { return }
      if failure.isCertain { break }
    }
    if let failure { throw unproven(variant, failure.reason) }
  }

  /// How many times as long as a task that does nothing one of the variant takes; `nil`: many times.
  ///
  /// Noise only adds time: the least of each tells, and what looks like more is looked at again.
  package func ratioToEmpty(
    _ variant: AnyKernel.VariantInfo, size: Int
  ) throws(MeasurementError) -> Double? {
    var base = arm(variant, size: size, tasks: 1)
    _ = try grow(&base, enough: Effort(attempt: 0).seconds)
    guard base.tasks >= Self.manyTasks else { return nil }
    var nothing = base
    (nothing.kernel, nothing.variant, nothing.size) = (EmptyKernel.name, EmptyKernel.variant, 1)
    var least = Double.infinity
    for attempt in 0..<Self.attempts where least >= EmptyKernel.leastRatio(of: kernel) {
      least = min(least, try ratio(of: base, to: nothing, Effort(attempt: attempt)).ofLeast)
    }
    return least
  }

  /// How much is run for a ratio; more each time: what a neighbour adds to a time, or a task has
  /// beside its work, counts for less in longer runs, and least times get better with more of them.
  private struct Effort {
    var attempt: Int
    var seconds: Double { [0.003, 0.012, 0.048][min(attempt, 2)] }
    var pairs: Int { WorkProof.pairs * (attempt + 1) }
  }

  private struct Failure {
    var reason: Unproven.Reason
    /// Looking again would find the same.
    var isCertain = false
  }

  private func unproven(
    _ variant: AnyKernel.VariantInfo, _ reason: Unproven.Reason
  ) -> MeasurementError {
    .wrongResult(Unproven(kernel: kernel.name, variant: variant.name, reason: reason))
  }

  private func linearFailure(
    _ variant: AnyKernel.VariantInfo, _ effort: Effort
  ) throws(MeasurementError) -> Failure? {
    var base = arm(variant, size: startSize, tasks: 1)
    let isLongEnough = try grow(&base, enough: effort.seconds)
    let bySize = try ratio(of: with(base, size: 2 * base.size), to: base, effort)
    if let slept = sleep(bySize.sleepShare) { return slept }
    if bySize.isOff {
      return Failure(
        reason: .notProportionalToSize(ratio: bySize.median),
        isCertain: !isLongEnough && bySize.greatest < 1.5)
    }
    let byTasks = try ratio(of: with(base, tasks: 2 * base.tasks), to: base, effort)
    if byTasks.isOff { return tasksAreOff(byTasks) }
    return sleep(byTasks.sleepShare)
  }

  private func constantFailure(
    _ variant: AnyKernel.VariantInfo, size: Int, _ effort: Effort
  ) throws(MeasurementError) -> Failure? {
    let small = max(1, size / 1000)
    // Where there is but one size a task may take long by right.
    var few = arm(variant, size: small, tasks: size > small ? 16 : 1)
    _ = try grow(&few, enough: 0.000_05)
    if size > small {
      if let ratio = try steepGrowth(few, size: size) {
        return Failure(reason: .growsWithSize(ratio: ratio), isCertain: true)
      }
      let once = try ratio(of: with(few, size: size), to: few, effort)
      if once.median > 1.5 { return Failure(reason: .growsWithSize(ratio: once.median)) }
    }
    var base = with(few, size: size)
    _ = try grow(&base, enough: effort.seconds)
    let byTasks = try ratio(of: with(base, tasks: 2 * base.tasks), to: base, effort)
    if byTasks.isOff { return tasksAreOff(byTasks) }
    return sleep(byTasks.sleepShare)
  }

  /// Tasks share nothing, so noise alone would have to add half to the shorter one of each pair.
  private func tasksAreOff(_ byTasks: PairedRatio) -> Failure {
    Failure(
      reason: .notProportionalToTasks(ratio: byTasks.median), isCertain: byTasks.greatest < 1.5)
  }

  /// How many times longer one task of the full size takes than one of `few` small ones, when it
  /// takes longer than all of those together.
  ///
  /// Such a task must not be run many times at the full size: that could take hours.
  private func steepGrowth(_ few: Arm, size: Int) throws(MeasurementError) -> Double? {
    var one = Double.infinity
    var all = 0.0
    for _ in 0..<3 {
      one = min(one, try runner.run(with(few, size: size, tasks: 1)).cpuSeconds)
      all = max(all, try runner.run(few).cpuSeconds)
    }
    return one > all ? one / all * Double(few.tasks) : nil
  }

  private func sleep(_ share: Double) -> Failure? {
    share > 0.1 ? Failure(reason: .slept(share: share), isCertain: share > 0.3) : nil
  }

  /// Where sizes begin: small for arithmetic; for memory outside of a core's first cache and inside
  /// of its second, so that a size and its double run at the same speed.
  ///
  /// Not in the last cache: on a shared machine how much of it one has changes from run to run.
  private var startSize: Int {
    let bytes = kernel.work.bytesPerUnit
    return bytes == 0 ? 1000 : max(1, min(cacheBytes / 8, 128 << 10) / bytes)
  }

  /// Doubles the arm's work until it takes `enough` seconds of CPU time.
  ///
  /// Stops where the reference, which has to do the same work, would take too long: a variant that
  /// still takes no time there is one that does not do it. A reference that is asked only once is no
  /// limit.
  ///
  /// - Returns: whether it takes that long.
  private func grow(_ arm: inout Arm, enough: Double) throws(MeasurementError) -> Bool {
    guard let reference = kernel.reference else { return false }
    var twin = arm
    twin.variant = reference.name
    _ = try runner.run(arm)
    while try runner.run(arm).cpuSeconds < enough {
      // Twice as many are compared with them.
      guard arm.tasks < 1 << 21, arm.tasks <= mostTasks / 4 else { return false }
      if !kernel.tasksAreAlike {
        guard try runner.run(twin).cpuSeconds < Self.referenceSeconds else { return false }
      }
      if kernel.work.growth == .linear, kernel.work.bytesPerUnit == 0 {
        arm.size *= 2
      } else {
        arm.tasks *= 2
      }
      (twin.size, twin.tasks) = (arm.size, arm.tasks)
    }
    return true
  }

  private struct PairedRatio {
    var median: Double
    /// Of the least time of each: noise only adds time.
    var ofLeast: Double
    var greatest: Double
    /// The median share of sleep. Single ones are too small where a worker waited for its CPU before
    /// the round began.
    var sleepShare: Double
    /// Neither is 2 +- 10 %: on a noisy machine an honest one has at least one of them right.
    var isOff: Bool { abs(median - 2) > 0.2 && abs(ofLeast - 2) > 0.2 }
  }

  private func ratio(
    of arm: Arm, to base: Arm, _ effort: Effort
  ) throws(MeasurementError) -> PairedRatio {
    var ratios: [Double] = []
    var least = (subject: Double.infinity, reference: Double.infinity)
    var sleepShares: [Double] = []
    for pair in 0..<effort.pairs {
      let first = try runner.run(pair.isMultiple(of: 2) ? base : arm)
      let second = try runner.run(pair.isMultiple(of: 2) ? arm : base)
      let (subject, reference) = pair.isMultiple(of: 2) ? (second, first) : (first, second)
      ratios.append(subject.cpuSeconds / max(reference.cpuSeconds, 1e-9))
      least.subject = min(least.subject, subject.cpuSeconds)
      least.reference = min(least.reference, reference.cpuSeconds)
      sleepShares += [subject.sleepShare, reference.sleepShare]
      let isLong = subject.seconds + reference.seconds > Self.longPairSeconds
      let isAsleep = sleepShares.allSatisfy { $0 > 0.3 }
      if isLong || isAsleep, ratios.count >= Self.longPairs { break }
    }
    return PairedRatio(
      median: median(ratios) ?? 0, ofLeast: least.subject / max(least.reference, 1e-9),
      greatest: ratios.max() ?? 0, sleepShare: median(sleepShares) ?? 0)
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
