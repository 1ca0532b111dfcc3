import CPerfGateSystem
import PerfGateMachine
import PerfGateStatistics
import PerfGateWorkers

/// One run: proves work, finds sizes, measures groups of arms, and collects the results in a
/// record.
package class Session {
  /// What a session is doing, for a progress line.
  package enum Progress: Sendable {
    /// The work of a variant is being proven.
    case proving(kernel: String, variant: String)
    /// A size is being searched.
    case calibrating(kernel: String)
    /// A round is about to run; warm-ups have numbers below 0.
    case round(group: GroupKey, round: Int, of: Int)
    /// A round of claims is about to run; `open` holds the tests that are undecided
    /// so far, `all` is the number of all tests.
    case judging(group: GroupKey, round: Int, of: Int?, open: [SequentialTest], all: Int)
  }

  /// The results so far.
  package var record: Record
  /// Runs the arms.
  package let runner: any ArmRunner
  /// Called before each step.
  package var progress: (Progress) -> Void = { _ in }
  /// Which start of several this run is, from 1: the arms of each have an order of their own. 0: the only one.
  package var start = 0
  /// Called after each group of rounds of claims, with all that is known until then in the record.
  package var keep: (() -> Void)?
  let clock: any MeasurementClock
  let probe: any RoundProbe
  /// Watches the workers of each arm; `nil` if the runner has none.
  let armWatch: (any ArmWatch)?
  /// The CPUs of the workers.
  let slots: [WorkerSlot]
  let cacheBytes: Int
  private var proven: Set<String> = []

  /// The seed of the order of arms. Inputs depend on the record's seed only.
  var orderSeed: UInt64 { record.seed &+ UInt64(start) &* 0x9e37_79b9_7f4a_7c15 }

  /// Creates a session with any runner.
  ///
  /// - Parameters:
  ///   - record: the record of a new run.
  ///   - probe: watches the rounds.
  ///   - armWatch: watches the workers of each arm.
  ///   - slots: the CPUs of the workers; empty if unknown.
  ///   - cacheBytes: the size of the last-level cache.
  package init(
    record: Record, runner: any ArmRunner, clock: any MeasurementClock, probe: any RoundProbe,
    armWatch: (any ArmWatch)? = nil, slots: [WorkerSlot] = [], cacheBytes: Int = 32 << 20
  ) {
    self.record = record
    self.runner = runner
    self.clock = clock
    self.probe = probe
    self.armWatch = armWatch
    self.slots = slots
    self.cacheBytes = cacheBytes
  }

  /// Proves the work of variants of `kernel` and returns the proven ones. The others go into the
  /// record with the reason, except those that this CPU cannot run.
  ///
  /// Each variant is proven only once per session.
  package func prove(
    _ kernel: AnyKernel, variants: [AnyKernel.VariantInfo], size: Int
  ) throws(MeasurementError) -> [AnyKernel.VariantInfo] {
    var good: [AnyKernel.VariantInfo] = []
    for variant in variants where variant.isSupported {
      // Without its reference no variant can be checked.
      let isLost = record.unproven.contains {
        $0.kernel == kernel.name && $0.variant == kernel.reference(of: variant.name)?.name
          && $0.variant != variant.name
      }
      if isLost { continue }
      let name = "\(kernel.name)/\(variant.name)"
      if proven.contains(name) {
        good.append(variant)
        continue
      }
      if record.unproven.contains(where: { $0.kernel == kernel.name && $0.variant == variant.name })
      {
        continue
      }
      progress(.proving(kernel: kernel.name, variant: variant.name))
      do {
        try workProof(kernel).check(variant, size: size)
        proven.insert(name)
        good.append(variant)
      } catch {
        guard case .wrongResult(let unproven) = error else { throw error }
        record.unproven.append(Record.UnprovenVariant(unproven))
      }
    }
    return good
  }

  /// Adds a note to the record that lists the variants of these kernels that this CPU cannot run.
  package func noteUnsupported(of kernels: [AnyKernel]) {
    for kernel in kernels {
      let names = kernel.variants.filter { !$0.isSupported && $0.peer == nil }.map(\.name)
      guard !names.isEmpty else { continue }
      let list = names.map { "\(kernel.name)/\($0)" }.joined(separator: ", ")
      record.notes.append(
        Record.Note(
          code: "unsupported",
          text: "not run: \(list): this CPU does not support \(names.count == 1 ? "it" : "them")"))
    }
  }

  /// The time of a task of the variant, as a multiple of a task that does nothing; `nil` if it is
  /// far longer.
  func ratioToEmpty(
    _ kernel: AnyKernel, _ variant: AnyKernel.VariantInfo, size: Int
  ) throws(MeasurementError) -> Double? {
    try workProof(kernel).ratioToEmpty(variant, size: size)
  }

  private func workProof(_ kernel: AnyKernel) throws(MeasurementError) -> WorkProof {
    WorkProof(
      of: kernel, runner: runner, cacheBytes: cacheBytes,
      mostTasks: try runner.mostCalls(kernel) ?? 1 << 22)
  }

  /// Finds the size at which a task of the kernel takes `seconds`.
  package func calibrate(
    _ kernel: AnyKernel, seconds: Double, maximumSize: Int
  ) throws(MeasurementError) -> Calibration {
    progress(.calibrating(kernel: kernel.name))
    return try Calibration.find(
      kernel, seconds: seconds, maximumSize: maximumSize, runner: runner)
  }

  /// Measures a group for a table. The series and the dropped rounds are in the record afterwards,
  /// even if it was interrupted.
  @discardableResult
  package func measure(_ group: RoundGroup) throws(MeasurementError) -> [Series] {
    let loop = RoundLoop(
      RoundRequest(
        group: group.id, stage: .first, arms: group.arms, comparisons: group.comparisons,
        warmups: group.warmups, leastRounds: group.rounds, budget: nil,
        seed: Gate.seed(orderSeed, group.id, stage: .first)),
      runner: runner, clock: clock, probe: probe, series: emptySeries)
    runner.watch(with: armWatch)
    defer { runner.watch(with: nil) }
    var failure: MeasurementError?
    do {
      try loop.run { [progress] round, _ in
        progress(.round(group: group.id, round: round, of: group.rounds))
      }
    } catch { failure = error }
    let kept = loop.result.series.filter { !$0.seconds.isEmpty || $0.discarded > 0 }
    record.series += kept
    record.stages.append(loop.result.stage)
    finishSeries(of: group.id, arms: group.arms)
    if let failure {
      if case .wrongResult(let unproven) = failure { forget(unproven) }
      throw failure
    }
    return kept
  }

  /// Measures how much memory each arm of these groups takes, in a process of its own, where the runner
  /// starts some.
  package func measureMemory(of groups: [RoundGroup]) throws(MeasurementError) {
    for group in groups {
      for arm in group.arms {
        let found = try runner.memory(of: arm)?.bytes
        // That of this process alone says nothing about others.
        let isOfOthers = Executors.named(arm.executor)?.placement == .processes
        guard let bytes = found ?? (isOfOthers && arm.program == SeriesKey.ownProgram ? 0 : nil)
        else { continue }
        for index in record.series.indices
        where record.series[index].group == group.id
          && record.series[index].key.at(.first) == arm.key
        {
          record.series[index].peakBytes = bytes
        }
      }
    }
  }

  /// The threads of this process that belong to the session.
  package var threadIDs: [Int32] { [] }

  /// Ends the processes that run arms, if there are any. A later arm starts another one.
  package func endProcesses() {}

  /// Compares what the workers have observed since the last verification with the plan. The outcome
  /// is in the record's plan afterwards.
  ///
  /// - Throws: ``MeasurementError/misplaced(_:)`` when a worker or its memory was elsewhere.
  package func verifyPlacement() throws(MeasurementError) {}

  /// Creates the empty series of an arm before its first round.
  var emptySeries: Gate.EmptySeries {
    { [slots, bind = record.plan.bind] arm, group, stage in
      Series(
        arm, group: group, stage: stage, cpus: slots.prefix(arm.workers).compactMap(\.cpu),
        bind: bind)
    }
  }

  /// Adds what the rounds do not measure: checksums and the peak memory.
  func finishSeries(of group: GroupKey, arms: [Arm]) {
    for index in record.series.indices where record.series[index].group == group {
      record.series[index].peakBytes = runner.peakBytes
      let key = record.series[index].key.at(.first)
      guard let arm = arms.first(where: { $0.key == key }),
        let checksum = try? runner.checksum(of: arm)
      else { continue }
      record.series[index].peakBytes = runner.peakBytes(of: arm)
      record.series[index].checksum = String(checksum, radix: 16)
    }
  }

  /// Removes all times of a variant that turns out to be wrong during a run.
  package func forget(_ unproven: Unproven) {
    proven.remove("\(unproven.kernel)/\(unproven.variant)")
    if !record.unproven.contains(where: {
      $0.kernel == unproven.kernel && $0.variant == unproven.variant
    }) {
      record.unproven.append(Record.UnprovenVariant(unproven))
    }
    record.series.removeAll {
      $0.kernel == unproven.kernel && $0.variant == unproven.variant
    }
    // Claims that were judged before lose their verdicts with the times.
    if !record.claims.isEmpty { record.claims = Judge.results(record) }
  }
}
