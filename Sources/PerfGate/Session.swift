import CPerfGateSystem
import PerfGateMachine
import PerfGateStatistics
import PerfGateWorkers

/// One run: proves work, finds sizes, measures groups of arms, and gathers all of it in a record.
public final class Session {
  /// What a session is doing, for a progress line.
  public enum Progress: Sendable {
    /// The work of a variant is being proven.
    case proving(kernel: String, variant: String)
    /// A size is being looked for.
    case calibrating(kernel: String)
    /// A round is about to run; warm-ups are below 0.
    case round(group: GroupKey, round: Int, of: Int)
    /// A round of claims is about to run; where the claims stand.
    case judging(group: GroupKey, round: Int, of: Int?, open: [SequentialTest], all: Int)
  }

  /// Makes a probe of the workers of a session.
  public typealias MakeProbe = @Sendable (any Executor) -> any RoundProbe & ArmWatch

  /// What has been learned so far.
  public var record: Record
  /// What runs the arms.
  public let runner: LocalRunner
  /// Called before each step.
  public var progress: (Progress) -> Void = { _ in }
  let probe: any RoundProbe & ArmWatch
  private let clock = SystemClock()
  let slots: [WorkerSlot]
  private let placement: PlacementPlan?
  private let cacheBytes: Int
  private var proven: Set<String> = []

  /// Starts the workers.
  ///
  /// - Parameters:
  ///   - record: of a run that begins; its plan is completed here.
  ///   - machine: what the workers run on; interference is looked for there.
  ///   - slots: where the workers run.
  ///   - executor: the name of what hands tasks to workers in tables and claims; started here, so
  ///     that it is known whether it can be.
  ///   - cacheBytes: the size of the last-level cache.
  ///   - placement: the plan that the slots are from; what ``verifyPlacement()`` compares with.
  ///   - input: where inputs that all workers read go.
  ///   - probe: makes what watches the rounds; `nil`: the machine's own counters.
  public init(
    record: Record, catalog: Catalog, machine: Machine, slots: [WorkerSlot],
    executor: String = ExecutorName.pool, cacheBytes: Int, placement: PlacementPlan? = nil,
    input: InputPlacement? = nil, probe: MakeProbe? = nil
  ) throws(MeasurementError) {
    self.placement = placement
    self.record = record
    self.slots = slots
    self.cacheBytes = cacheBytes
    do {
      runner = try LocalRunner(
        catalog: catalog, slots: slots, seed: record.seed, memory: placement?.memory ?? [],
        input: input)
    } catch { throw .worker(error) }
    let started = try runner.executor(named: executor)
    self.probe = probe?(runner.pool) ?? InterferenceProbe(machine: machine, pool: runner.pool)
    if executor != ExecutorName.pool { self.record.plan.notes.append("executor \(executor)") }
    self.record.plan.threadStartupSeconds = started.startupSeconds
  }

  /// Compares what the workers have seen since the session began with the plan.
  ///
  /// The outcome is in the record's plan afterwards.
  ///
  /// - Throws: ``MeasurementError/misplaced(_:)`` when a worker or its memory is elsewhere.
  public func verifyPlacement() throws(MeasurementError) {
    guard let placement else { return }
    let all = try runner.observations().map { PlacementVerification.check(placement, $0) }
    // The first that is wrong, or else that of the pool, which runs in every session.
    guard let verification = all.first(where: { !$0.isVerified }) ?? all.first else { return }
    record.plan.verification = Record.Verification(verification)
    record.plan.input = runner.inputPlacementText
    guard verification.isVerified else { throw .misplaced(verification.text) }
  }

  /// The variants of `kernel` whose work is proven; the others go into the record with the reason.
  ///
  /// Each variant is looked at once in a session.
  public func prove(
    _ kernel: AnyKernel, variants: [AnyKernel.VariantInfo], size: Int
  ) throws(MeasurementError) -> [AnyKernel.VariantInfo] {
    var good: [AnyKernel.VariantInfo] = []
    for variant in variants {
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

  /// How many times as long as a task that does nothing one of the variant takes; `nil`: many times.
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

  /// Finds the size at which a task of the kernel lasts `seconds`.
  public func calibrate(
    _ kernel: AnyKernel, seconds: Double, maximumSize: Int
  ) throws(MeasurementError) -> Calibration {
    progress(.calibrating(kernel: kernel.name))
    return try Calibration.find(
      kernel, seconds: seconds, maximumSize: maximumSize, runner: runner)
  }

  /// Measures a group for a table; its series and what was dropped are in the record afterwards, also
  /// when it was interrupted.
  @discardableResult
  public func measure(_ group: RoundGroup) throws(MeasurementError) -> [Series] {
    let loop = RoundLoop(
      RoundRequest(
        group: group.id, stage: .first, arms: group.arms, comparisons: group.comparisons,
        warmups: group.warmups, leastRounds: group.rounds, budget: nil,
        seed: Gate.seed(record.seed, group.id, stage: .first)),
      runner: runner, clock: clock, probe: probe, series: emptySeries)
    runner.watch = probe
    defer { runner.watch = nil }
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

  /// The series of an arm before its first round.
  var emptySeries: Gate.EmptySeries {
    { [slots, bind = record.plan.bind] arm, group, stage in
      Series(
        arm, group: group, stage: stage, cpus: slots.prefix(arm.workers).compactMap(\.cpu),
        bind: bind)
    }
  }

  /// What the rounds do not know: checksums, and the most memory.
  func finishSeries(of group: GroupKey, arms: [Arm]) {
    let peak = Self.peakBytes()
    for index in record.series.indices where record.series[index].group == group {
      record.series[index].peakBytes = peak
      let key = record.series[index].key.at(.first)
      guard let arm = arms.first(where: { $0.key == key }),
        let checksum = try? runner.checksum(of: arm)
      else { continue }
      record.series[index].checksum = String(checksum, radix: 16)
    }
  }

  static func peakBytes() -> Int { Int(pgp_peak_bytes()) }

  /// A variant that turns out wrong in the middle of a run loses all its times.
  func forget(_ unproven: Unproven) {
    proven.remove("\(unproven.kernel)/\(unproven.variant)")
    if !record.unproven.contains(where: {
      $0.kernel == unproven.kernel && $0.variant == unproven.variant
    }) {
      record.unproven.append(Record.UnprovenVariant(unproven))
    }
    record.series.removeAll {
      $0.kernel == unproven.kernel && $0.variant == unproven.variant
    }
  }
}

extension Session {
  /// How long one task of the variant takes, roughly: the best of three, in seconds.
  public func pace(
    _ kernel: AnyKernel, _ variant: AnyKernel.VariantInfo, size: Int
  ) throws(MeasurementError) -> Double {
    var arm = Arm(
      kernel: kernel.name, variant: variant.name, workers: 1, tasks: 1, size: size,
      isSpecial: true)
    var best = try runner.run(arm).cpuSeconds
    // What is too short for a clock is run many times; a task of unknown length first on its own.
    if kernel.work.growth == .constant, best < 0.001 {
      arm.tasks = max(1, min(1000, try runner.mostCalls(kernel) ?? 1000))
      best = try runner.run(arm).cpuSeconds
    }
    // What takes long is not noise.
    if best < 0.1 {
      for _ in 0..<2 { best = min(best, try runner.run(arm).cpuSeconds) }
    }
    return best / Double(arm.tasks)
  }
}
