import PerfGateStatistics

/// Proves that a variant does its work, before any of its times is shown.
///
/// The runner compares the results of each task. This checks that the time depends on the work: CPU
/// time doubles with the size and with the number of tasks, and the worker does not sleep. It uses
/// the thread's CPU time and not wall time, because a busy neighbor does not change it. A failed
/// check is repeated: a variant that cheats fails every time.
package struct WorkProof {
  /// How many pairs a ratio is the median of; twice and three times as many when the check is
  /// repeated, and more if those take less than a second.
  package static let pairs = 9
  /// The most pairs of a ratio, however short they are.
  private static let mostPairs = 1000
  /// The number of pairs if one takes longer than ``longPairSeconds``, because a long run has
  /// little noise, or if the worker sleeps in all of them.
  package static let longPairs = 3
  /// The time of a pair above which it counts as long, in seconds.
  package static let longPairSeconds = 0.25
  /// The work is not increased further once the reference takes this long, in seconds.
  package static let referenceSeconds = 0.05
  /// How often a failing check is made in total.
  package static let attempts = 3
  /// No disturbance makes a run so many times as long.
  private static let certainly = 20.0
  /// If fewer tasks take the wanted time, each takes hundreds of nanoseconds, far more than
  /// nothing.
  private static let manyTasks = 1 << 12

  /// The first size of a message that is copied, in bytes.
  private static let messageBytes = 2 << 20

  private let kernel: AnyKernel
  private let runner: any ArmRunner
  private let cacheBytes: Int
  private let mostTasks: Int

  /// Creates a prover for variants of `kernel`.
  ///
  /// - Parameters:
  ///   - cacheBytes: the size of the last-level cache, into which the compared sizes must fit.
  ///   - mostTasks: the most tasks that an arm may have.
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
  /// - Parameter size: the size that will be measured, and is checked for constant work.
  /// - Throws: ``MeasurementError/wrongResult(_:)`` with the reason when the variant is not proven.
  package func check(_ variant: AnyKernel.VariantInfo, size: Int) throws(MeasurementError) {
    guard variant.isOptimized else { throw unproven(variant, .notOptimized) }
    var failure: Failure?
    for attempt in 0..<Self.attempts {
      let effort = Effort(attempt: attempt)
      failure =
        switch work(of: variant).growth {
        case .linear: try linearFailure(variant, effort)
        case .constant: try constantFailure(variant, size: size, effort)
        }
      guard let failure else { return }
      if failure.isCertain { break }
    }
    if let failure { throw unproven(variant, failure.reason) }
  }

  /// The time of a task of the variant, as a multiple of a task that does nothing; `nil` if it is
  /// far longer.
  ///
  /// Noise only adds time, so it compares the shortest times, and measures again while the ratio is
  /// large.
  package func ratioToEmpty(
    _ variant: AnyKernel.VariantInfo, size: Int
  ) throws(MeasurementError) -> Double? {
    var base = arm(variant, size: size, tasks: 1)
    _ = try grow(&base, kernel.work, enough: Effort(attempt: 0).seconds)
    guard base.tasks >= Self.manyTasks else { return nil }
    var nothing = base
    (nothing.kernel, nothing.variant, nothing.size) = (EmptyKernel.name, EmptyKernel.variant, 1)
    var least = Double.infinity
    for attempt in 0..<Self.attempts where least >= EmptyKernel.leastRatio(of: kernel) {
      // Most are far longer than nothing, and need not be proven to be any longer.
      var effort = Effort(attempt: attempt)
      effort.leastSeconds = 0
      least = min(least, try ratio(of: base, to: nothing, effort).ofLeast)
    }
    return least
  }

  /// How much is run for a ratio, more with each attempt: noise and overhead matter less in longer
  /// runs, and shortest times get more precise with more of them.
  private struct Effort {
    var attempt: Int
    /// For how long the pairs of a ratio run at least: where work stays short, however many tasks there
    /// are, the last attempt has so many pairs that each side runs undisturbed now and then.
    var leastSeconds: Double
    var seconds: Double { [0.002, 0.010, 0.050][min(attempt, 2)] }
    var pairs: Int { WorkProof.pairs * (attempt + 1) }

    init(attempt: Int) {
      self.attempt = attempt
      leastSeconds = attempt < WorkProof.attempts - 1 ? 0 : 1
    }
  }

  private struct Failure {
    var reason: Unproven.Reason
    /// Whether a repeated check would find the same.
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
    let work = work(of: variant)
    // Fewer tasks than are done at a time may take as long as all of them.
    var base = arm(variant, size: startSize(of: variant), tasks: variant.batch ?? 1)
    let isLongEnough = try grow(&base, work, enough: effort.seconds)
    let bySize = try ratio(of: with(base, size: 2 * base.size), to: base, effort)
    if let slept = sleep(bySize.sleepShare) { return slept }
    if bySize.isOff {
      return Failure(
        reason: .notProportionalToSize(ratio: bySize.median),
        isCertain: !isLongEnough && bySize.greatest < 1.5)
    }
    return try taskFailure(base, effort)
  }

  private func constantFailure(
    _ variant: AnyKernel.VariantInfo, size: Int, _ effort: Effort
  ) throws(MeasurementError) -> Failure? {
    let small = max(1, size / 1000)
    // If there is only one size, a task may rightly take long.
    var few = arm(variant, size: small, tasks: size > small ? 16 : 1)
    _ = try grow(&few, kernel.work, enough: 0.000_05)
    if size > small {
      if let ratio = try steepGrowth(few, size: size) {
        return Failure(reason: .growsWithSize(ratio: ratio), isCertain: true)
      }
      let once = try ratio(of: with(few, size: size), to: few, effort)
      if once.median > 1.5 { return Failure(reason: .growsWithSize(ratio: once.median)) }
    }
    var base = with(few, size: size)
    _ = try grow(&base, kernel.work, enough: effort.seconds)
    return try taskFailure(base, effort)
  }

  /// Work that is missing shows as less time for twice the tasks than twice that of the tasks. More time is no
  /// missing work: each task is checked, and may be dearer among many, as where a process collects garbage.
  ///
  /// The failure is certain if no pair shows growth: tasks share nothing, so noise would have to
  /// add half to the shorter run of every pair.
  private func taskFailure(_ base: Arm, _ effort: Effort) throws(MeasurementError) -> Failure? {
    let byTasks = try ratio(of: with(base, tasks: 2 * base.tasks), to: base, effort)
    if byTasks.isBelow {
      return Failure(
        reason: .notProportionalToTasks(ratio: byTasks.median), isCertain: byTasks.greatest < 1.5)
    }
    return sleep(byTasks.sleepShare)
  }

  /// How many times longer one task of the full size takes than one of the small tasks `few`, if it
  /// takes longer than all of those together; else `nil`.
  ///
  /// Such a task must not run many times at the full size, which could take hours.
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

  /// The first size: small for arithmetic; for memory larger than a core's first cache and smaller
  /// than its second, so that a size and its double run at the same speed.
  ///
  /// It does not rely on the last-level cache: on a shared machine, one's share of it changes from
  /// run to run.
  private func startSize(of variant: AnyKernel.VariantInfo) -> Int {
    // What is sent must be long beside what the sending costs.
    if variant.messageWay == .serialized { return Self.messageBytes }
    let bytes = kernel.work.bytesPerUnit
    return bytes == 0 ? 1000 : max(1, min(cacheBytes / 8, 128 << 10) / bytes)
  }

  /// Doubles the arm's work until it takes `enough` seconds of CPU time.
  ///
  /// It stops when the reference takes too long for the same work: a variant that still takes no
  /// time then does not do the work. With equal tasks the reference runs only once and is no limit.
  ///
  /// - Returns: whether the arm takes that long.
  private func grow(
    _ arm: inout Arm, _ work: Work, enough: Double
  ) throws(MeasurementError) -> Bool {
    guard let reference = kernel.reference(of: arm.variant) else { return false }
    var twin = arm
    (twin.variant, twin.executor) = (reference.name, ExecutorName.pool)
    _ = try runner.run(arm)
    while !(try takes(arm, enough)) {
      // The arm is later compared with one of twice as many tasks.
      guard arm.tasks < 1 << 21, arm.tasks <= mostTasks / 4 else { return false }
      if !kernel.tasksAreAlike {
        guard try runner.run(twin).cpuSeconds < Self.referenceSeconds else { return false }
      }
      if work.growth == .linear, work.bytesPerUnit == 0 {
        arm.size *= 2
      } else {
        arm.tasks *= 2
      }
      (twin.size, twin.tasks) = (arm.size, arm.tasks)
    }
    return true
  }

  /// Whether the arm takes that long. A second run confirms it, because what disturbs a run makes it longer.
  private func takes(_ arm: Arm, _ seconds: Double) throws(MeasurementError) -> Bool {
    let first = try runner.run(arm).cpuSeconds
    guard first >= seconds, first < Self.certainly * seconds else { return first >= seconds }
    return try runner.run(arm).cpuSeconds >= seconds
  }

  private struct PairedRatio {
    var median: Double
    /// The ratio of the shortest times: noise only adds time.
    var ofLeast: Double
    var greatest: Double
    /// The median share of sleep. Single values are too small if a worker waited for its CPU before
    /// the round began.
    var sleepShare: Double
    /// Whether neither ratio is 2 ± 10 %: even on a noisy machine an honest variant has one of them
    /// right.
    var isOff: Bool { abs(median - 2) > 0.2 && abs(ofLeast - 2) > 0.2 }
    /// Whether both are less than 2 - 10 %.
    var isBelow: Bool { median < 1.8 && ofLeast < 1.8 }
  }

  private func ratio(
    of arm: Arm, to base: Arm, _ effort: Effort
  ) throws(MeasurementError) -> PairedRatio {
    var ratios: [Double] = []
    var least = (subject: Double.infinity, reference: Double.infinity)
    var sleepShares: [Double] = []
    let begin = ContinuousClock.now
    for pair in 0..<Self.mostPairs {
      // With all that runs do besides their tasks, such as making inputs.
      let isEnough = ContinuousClock.now - begin >= .seconds(effort.leastSeconds)
      if pair >= effort.pairs, isEnough { break }
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
      kernel: kernel.name, variant: variant.name,
      executor: variant.messageWay == nil ? ExecutorName.pool : ExecutorName.process, workers: 1,
      tasks: tasks, size: size, isSpecial: true)
  }

  /// How the work of a variant follows from the size: one whose input is copied to its task copies all of
  /// it, whatever the kernel does.
  private func work(of variant: AnyKernel.VariantInfo) -> Work {
    guard variant.messageWay == .serialized else { return kernel.work }
    return Work(unit: kernel.work.unit, growth: .linear, bytesPerUnit: 1)
  }

  private func with(_ arm: Arm, size: Int? = nil, tasks: Int? = nil) -> Arm {
    var other = arm
    other.size = size ?? arm.size
    other.tasks = tasks ?? arm.tasks
    return other
  }
}
