import CPerfGateSystem
import PerfGateMachine
import PerfGateWorkers

/// Runs arms in this process, each on the executor that it names, and returns only samples with
/// correct results.
///
/// Inputs are created once for each kernel and size. Each task must return what the reference
/// variant returns for it with the same input.
package final class LocalRunner: ArmRunner {
  /// The known kernels.
  package let catalog: Catalog
  /// Runs what no arm names: the reference for its results, the spin probe, and the bare counter
  /// that only a pool has.
  package let pool: WorkerPool
  /// How long a round may go on without any task ending, in seconds.
  package private(set) var timeout: Double
  /// Watches the workers of each arm; `nil` for nothing.
  private weak var watch: (any ArmWatch)?
  /// How inputs were placed, such as `interleaved over nodes 0-3`; `nil` before the first.
  package private(set) var inputPlacementText: String?
  /// How much memory the inputs of all calls of an arm may take together, in bytes.
  package internal(set) var inputBudget = CallInputs.budget()
  /// The memory that inputs of calls take, by kernel, as far as it was measured.
  var callMemories: [String: CallMemory] = [:]
  /// The started executors, by name.
  private var executors: [String: any Executor]
  private let kinds: [ExecutorKind]
  private let memory: [MemoryTarget]
  private let inputPlacement: InputPlacement?
  private let seed: UInt64
  private var inputs: [InputKey: PreparedInput] = [:]
  private var uses = 0
  /// When all inputs would take more bytes than this, the least recently used are freed.
  private static let cachedInputBytes = 1 << 30

  struct InputKey: Hashable {
    var kernel: String
    var size: Int
  }

  struct PreparedInput {
    var bodies: [String: TaskCode]
    var seconds: Double
    var bytes: Int
    var lastUse: Int
    var expected: [UInt64] = []
  }

  /// Starts a pool with a worker on each slot. Other executors start when an arm first names them.
  ///
  /// - Parameters:
  ///   - seed: the seed of the inputs.
  ///   - timeout: how long a round may go on without any task ending, in seconds.
  ///   - memory: where each worker's own memory goes.
  ///   - input: where inputs that all workers read go.
  ///   - kinds: the executors that an arm may name.
  package init(
    catalog: Catalog, slots: [WorkerSlot], seed: UInt64, timeout: Double = 600,
    memory: [MemoryTarget] = [], input: InputPlacement? = nil,
    kinds: [ExecutorKind] = Executors.all
  ) throws(WorkerError) {
    self.catalog = catalog
    self.seed = seed
    self.timeout = timeout
    self.memory = memory
    self.kinds = kinds
    inputPlacement = input
    pool = try WorkerPool(slots: slots, memory: memory)
    executors = [ExecutorName.pool: pool]
    try pool.beginObservation()
    // Thread numbers are reused, so drop errors of earlier threads.
    _ = ThrownErrors.take(of: pool.threadIDs)
  }

  /// Runs the arm once and checks the result of every task.
  package func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    if arm.executor == ExecutorName.tickets {
      return try watched(on: pool, arm) { () throws(WorkerError) in
        try pool.runTickets(arm.tasks, workers: arm.workers)
      }
    }
    let input = try prepare(arm)
    guard let code = input.bodies[arm.variant] else { throw unknownVariant(arm) }
    let expected = try expectedResults(arm)
    if arm.executor == ExecutorName.singleThread {
      return try loop(arm, code, expected: expected)
    }
    let executor = try executor(named: arm.executor)
    let calls = catalog.measurable(arm.kernel)?.calls
    try makeInputs(
      of: calls, on: executor, tasks: arm.tasks, workers: arm.workers, label: arm.id)
    let sample = try watched(on: executor, arm) { () throws(WorkerError) in
      try executor.run(
        tasks: arm.tasks, workers: arm.workers, label: arm.id, timeout: timeout, body: code.run)
    }
    try endCalls(
      calls, on: executor, closure: arm.variant, tasks: arm.tasks, workers: arm.workers,
      label: arm.id)
    try checkResults(of: arm, on: executor, against: expected)
    return sample
  }

  /// The sample of a round whose workers are watched for disturbances.
  private func watched(
    on executor: any Executor, _ arm: Arm, _ run: () throws(WorkerError) -> ExecutedRound
  ) throws(MeasurementError) -> ArmSample {
    let ids = executor.threadIDs.prefix(arm.workers)
    let delays = ids.map(runDelay)
    watch?.begin(on: executor, workers: arm.workers)
    let round: ExecutedRound
    do { round = try run() } catch { throw .worker(error) }
    let disturbances = watch?.end() ?? []
    let after = zip(ids, delays).map { runDelay($0) - $1 }
    return sample(round, delays: after, disturbances: disturbances)
  }

  /// Sets what watches the workers of each arm; `nil` for nothing.
  package func watch(with watch: (any ArmWatch)?) { self.watch = watch }

  /// Raises the timeout, if necessary, so that tasks of this length and the proof of their work can
  /// end.
  package func allow(taskSeconds: Double) { timeout = max(timeout, 4 * taskSeconds) }

  /// The executor with that name, started if necessary.
  @discardableResult
  package func executor(named name: String) throws(MeasurementError) -> any Executor {
    if let executor = executors[name] { return executor }
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw .unknownExecutor(name, known: kinds.map(\.name))
    }
    do {
      let executor = try kind.start(pool.slots, memory)
      try executor.beginObservation()
      executors[name] = executor
      _ = ThrownErrors.take(of: executor.threadIDs)
      return executor
    } catch { throw .worker(error) }
  }

  /// The thread numbers of all started workers.
  package var threadIDs: [Int32] { executors.values.flatMap(\.threadIDs) }

  /// What the workers of each executor have observed about their placement since the last call; the
  /// pool's come first.
  package func observations() throws(MeasurementError) -> [[PlacementObservation]] {
    let others = executors.filter { $0.key != ExecutorName.pool }.sorted { $0.key < $1.key }
    var all: [[PlacementObservation]] = []
    do {
      for executor in [pool] + others.map(\.value) {
        all.append(try executor.endObservation())
        try executor.beginObservation()
      }
    } catch { throw .worker(error) }
    return all
  }

  /// How long creating an arm's input took, in seconds; creates it if necessary.
  package func inputSeconds(_ arm: Arm) throws(MeasurementError) -> Double {
    try prepare(arm).seconds
  }

  /// The arm's code, bound to its input, for callers that run it themselves.
  package func body(of arm: Arm) throws(MeasurementError) -> TaskBody {
    guard let code = try prepare(arm).bodies[arm.variant] else { throw unknownVariant(arm) }
    return code.run
  }

  /// A checksum of the results of all the arm's tasks.
  package func checksum(of arm: Arm) throws(MeasurementError) -> UInt64 {
    if arm.executor == ExecutorName.tickets { return 0 }
    return resultChecksum(Array(try expectedResults(arm).prefix(arm.tasks)))
  }

  /// Frees all inputs of a kernel.
  package func releaseInputs(of kernel: String) {
    inputs = inputs.filter { $0.key.kernel != kernel }
  }

  private func makeRoom(for bytes: Int) {
    var total = inputs.values.reduce(0) { $0 + $1.bytes }
    while total > 0, total > Self.cachedInputBytes - bytes,
      let oldest = inputs.filter({ $0.value.bytes > 0 }).min(by: {
        $0.value.lastUse < $1.value.lastUse
      })
    {
      total -= oldest.value.bytes
      inputs[oldest.key] = nil
    }
  }

  /// Runs the tasks on the calling thread, which is no worker: only the probe of the round watches it.
  private func loop(
    _ arm: Arm, _ code: TaskCode, expected: [UInt64]
  ) throws(MeasurementError) -> ArmSample {
    pgp_set_activity(Int32(PGP_RUNS_TASK))
    defer { pgp_set_activity(Int32(PGP_RUNS_NOTHING)) }
    let round = LoopRound(tasks: arm.tasks, code.run, expected: expected)
    if let wrong = round.check.wrong { throw wrongResult(arm, wrong) }
    return ArmSample(seconds: round.seconds, cpuSeconds: round.cpuSeconds)
  }

  private func prepare(_ arm: Arm) throws(MeasurementError) -> PreparedInput {
    let key = InputKey(kernel: arm.kernel, size: arm.size)
    uses += 1
    inputs[key]?.lastUse = uses
    if let input = inputs[key] { return input }
    guard let kernel = catalog.measurable(arm.kernel) else {
      throw .unknownKernel(arm.kernel, known: catalog.kernels.map(\.name))
    }
    let bytes = kernel.inputBytes(arm.size)
    makeRoom(for: bytes)
    pgp_set_activity(Int32(PGP_MAKES_INPUT))
    defer { pgp_set_activity(Int32(PGP_RUNS_NOTHING)) }
    let start = pgp_monotonic_ns()
    let bodies: [String: TaskCode]
    do {
      if let inputPlacement {
        (bodies, inputPlacementText) = try inputPlacement.with { try kernel.bodies(arm.size, seed) }
      } else {
        bodies = try kernel.bodies(arm.size, seed)
      }
    } catch {
      throw .input(kernel: arm.kernel, size: arm.size, reason: "\(error)")
    }
    let input = PreparedInput(
      bodies: bodies, seconds: Double(pgp_monotonic_ns() - start) * 1e-9, bytes: bytes,
      lastUse: uses)
    inputs[key] = input
    return input
  }

  /// Why there is no code for the arm's variant.
  private func unknownVariant(_ arm: Arm) -> MeasurementError {
    let kernel = catalog.measurable(arm.kernel)
    guard kernel?.variant(arm.variant)?.isSupported != false else {
      return .unsupportedVariant(arm.variant, kernel: arm.kernel)
    }
    return .unknownVariant(
      arm.variant, kernel: arm.kernel, known: kernel?.variants.map(\.name) ?? [])
  }

  /// What the reference returns for the arm's tasks; untimed, on one worker per CPU.
  private func expectedResults(_ arm: Arm) throws(MeasurementError) -> [UInt64] {
    let key = InputKey(kernel: arm.kernel, size: arm.size)
    let input = try prepare(arm)
    if input.expected.count >= arm.tasks { return input.expected }
    guard let kernel = catalog.measurable(arm.kernel), let reference = kernel.reference,
      let code = input.bodies[reference.name]
    else { throw unknownVariant(arm) }
    if kernel.tasksAreAlike, let result = input.expected.first {
      let expected = [UInt64](repeating: result, count: arm.tasks)
      inputs[key]?.expected = expected
      return expected
    }
    let asked = kernel.tasksAreAlike ? 1 : arm.tasks
    let cpus = max(1, Set(pool.slots.compactMap(\.cpu)).count)
    try call(
      code.run, named: reference.name, of: kernel, tasks: asked,
      workers: min(cpus, pool.slots.count),
      label: "the reference of \(arm.id)")
    let expected = pool.results(tasks: asked)
    inputs[key]?.expected = expected
    // Of equal tasks only one was run.
    return asked < arm.tasks ? try expectedResults(arm) : expected
  }

  private func checkResults(
    of arm: Arm, on executor: any Executor, against expected: [UInt64]
  ) throws(MeasurementError) {
    let check = executor.check(expected)
    if let wrong = check.wrong { throw wrongResult(arm, wrong) }
    // The executors' own tests show that no task runs twice while another one is lost.
    guard check.count == arm.tasks else {
      throw .lostTask(
        task: min(check.count, arm.tasks), arm: arm.id, times: check.count > arm.tasks ? 2 : 0)
    }
  }

  /// The error for a wrong result: the variant differs from the reference, or one of them from
  /// itself.
  private func wrongResult(_ arm: Arm, _ wrong: WrongTask) -> MeasurementError {
    let (task, found, expected) = (wrong.task, wrong.found, wrong.expected)
    var unproven = Unproven(
      kernel: arm.kernel, variant: arm.variant,
      reason: .wrongResult(task: task, found: found, expected: expected))
    guard let kernel = catalog.measurable(arm.kernel), let reference = kernel.reference
    else { return .wrongResult(unproven) }
    if arm.variant == reference.name {
      unproven.reason = .changingResult(
        task: kernel.tasksAreAlike ? nil : task, found: found, before: expected)
    } else if kernel.tasksAreAlike {
      unproven.reason = .otherResult(than: reference.name, found: found, expected: expected)
      // The variant that returns something else when it runs again is the faulty one.
      for (name, before) in [(arm.variant, found), (reference.name, expected)] {
        guard let other = resultsAgain(arm, name).first(where: { $0 != before }) else { continue }
        unproven.variant = name
        unproven.reason = .changingResult(task: nil, found: other, before: before)
        break
      }
    }
    return .wrongResult(unproven)
  }

  /// The results of a few more calls of a variant whose tasks are all equal.
  private func resultsAgain(_ arm: Arm, _ variant: String) -> [UInt64] {
    var all: [UInt64] = []
    guard let kernel = catalog.measurable(arm.kernel), let code = try? prepare(arm).bodies[variant],
      (try? call(
        code.run, named: variant, of: kernel, tasks: 4, workers: 1, label: "\(variant) again"))
        != nil
    else { return [] }
    pool.forEachResult { _, results in all += results }
    return all
  }

  private func sample(
    _ round: ExecutedRound, delays: [Double], disturbances: [DropCause]
  ) -> ArmSample {
    let cpu = round.workers.reduce(0) { $0 + $1.cpuSeconds }
    let wall = round.workers.reduce(0) { $0 + $1.wallSeconds }
    // Waiting for a CPU is neither work nor sleep.
    let own = wall - delays.reduce(0, +)
    // Workers that never gave up their CPU did not sleep: other processes or the hypervisor used
    // it.
    let hasWaited = round.workers.contains { $0.waits != 0 }
    return ArmSample(
      seconds: round.seconds, cpuSeconds: cpu,
      sleepShare: hasWaited && own > 0 ? max(0, 1 - cpu / own) : 0,
      migrations: round.workers.count { $0.cpuBefore != $0.cpuAfter }, disturbances: disturbances,
      delaySeconds: delays.max() ?? 0)
  }
}
