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
  package var pool: WorkerPool { executors.pool }
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
  /// Whatever hands tasks to workers.
  private let executors: ExecutorSet
  private let inputPlacement: InputPlacement?
  /// The seed of the inputs that arms use; inputs of other seeds are kept.
  package var seed: UInt64
  /// When all inputs would take more bytes than this, the least recently used are freed.
  private let cachedInputBytes: Int
  /// Where the results of the last arm are; `nil` once something else has run there.
  var lastRound: FinishedRound?
  /// Whether the CPU time of the whole program is measured, and not only that of the workers.
  package var countsProgram = false
  /// The CPU time while the last arm ran, in seconds.
  package private(set) var programCPUSeconds = 0.0
  /// The longest round of each arm that ran on ranks, in seconds.
  var longestRounds: [Arm: Double] = [:]
  private var inputs: [InputKey: PreparedInput] = [:]
  private var uses = 0
  /// Whether the workers run before all threads of ordinary priority.
  package var hasPriority: Bool { executors.hasPriority }

  struct InputKey: Hashable {
    var kernel: String
    var size: Int
    var seed: UInt64
  }

  struct PreparedInput {
    var bodies: [String: TaskCode]
    var seconds: Double
    var bytes: Int
    var lastUse: Int
    /// What is expected of each task, by the variant that says so.
    var expected: [String: [UInt64]] = [:]
  }

  /// Starts a pool with a worker on each slot. Other executors start when an arm first names them.
  ///
  /// - Parameters:
  ///   - seed: the seed of the inputs.
  ///   - timeout: how long a round may go on without any task ending, in seconds.
  ///   - memory: where each worker's own memory goes.
  ///   - input: where inputs that all workers read go.
  ///   - workerProgram: the program whose processes are the workers of executors that need some.
  ///   - kinds: the executors that an arm may name.
  ///   - cachedInputBytes: when all inputs would take more than this, the least recently used are
  ///     freed.
  package init(
    catalog: Catalog, slots: [WorkerSlot], seed: UInt64, timeout: Double = 600,
    memory: [MemoryTarget] = [], input: InputPlacement? = nil,
    workerProgram: WorkerProgram? = nil, kinds: [ExecutorKind] = Executors.all,
    cachedInputBytes: Int = 1 << 30
  ) throws(WorkerError) {
    self.catalog = catalog
    self.seed = seed
    self.timeout = timeout
    self.cachedInputBytes = cachedInputBytes
    inputPlacement = input
    executors = try ExecutorSet(
      ExecutorSetup(slots: slots, memory: memory, program: workerProgram), kinds: kinds)
  }

  /// Runs the arm once and checks the result of every task.
  package func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    if arm.executor == ExecutorName.tickets { return try drawTickets(arm) }
    let code = try code(of: arm)
    let expected = try expectedResults(arm)
    let sample = try perform(arm, code)
    try checkResults(of: arm, against: expected)
    return sample
  }

  /// Runs the arm once and compares its results with nothing. Afterwards `lastResults(_:)` has them.
  ///
  /// - Throws: also ``MeasurementError/lostTask(task:arm:times:)`` if a task has not run once.
  package func runUnchecked(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    if arm.executor == ExecutorName.tickets { return try drawTickets(arm) }
    let sample = try perform(arm, try code(of: arm))
    if let (task, times) = lastRound?.results({ $0.misfit(tasks: arm.tasks) }) ?? nil {
      throw .lostTask(task: task, arm: arm.id, times: times)
    }
    return sample
  }

  private func drawTickets(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    lastRound = nil
    return try watched(on: pool, arm) { () throws(WorkerError) in
      try pool.runTickets(arm.tasks, workers: arm.workers)
    }
  }

  /// Runs the tasks of an arm, with inputs of their own where its calls have any.
  private func perform(_ arm: Arm, _ code: TaskCode) throws(MeasurementError) -> ArmSample {
    lastRound = nil
    if let batch = code.batch { return try perform(arm, batch) }
    let isLoop = arm.executor == ExecutorName.singleThread && code.asynchronous == nil
    let executor = isLoop ? pool : try executor(of: code, arm.executor)
    let workers = isLoop ? 1 : arm.workers
    let calls = catalog.measurable(arm.kernel)?.calls
    try makeInputs(of: calls, on: executor, tasks: arm.tasks, workers: workers, label: arm.id)
    var loop: LoopRound?
    let sample: ArmSample
    if isLoop {
      // The calling thread may have made calls for others.
      _ = ThrownErrors.take(of: [pgp_thread_id()])
      let round = self.loop(tasks: arm.tasks, code.run)
      (loop, sample) = (round, ArmSample(seconds: round.seconds, cpuSeconds: round.cpuSeconds))
    } else {
      var batch = taskBatch(of: arm, tasks: arm.tasks, code.run)
      batch.asynchronousBody = code.asynchronous
      batch.message = code.input.map(TaskMessage.init)
      sample = try watched(on: executor, arm, batch)
    }
    try endCalls(
      calls, on: executor, closure: arm.variant, tasks: arm.tasks, workers: workers, label: arm.id,
      callers: isLoop ? [pgp_thread_id()] : nil)
    // What the calls leave in their inputs was read by the executor, also after a loop.
    if let loop, calls?.inputs?.areResults != true {
      lastRound = .loop(loop)
    } else {
      lastRound = .executor(executor)
    }
    return sample
  }

  /// Where another process of this program finds the arm's code; `nil`: nowhere.
  func origin(of arm: Arm) -> TaskOrigin? {
    guard catalog.measurable(arm.kernel)?.module != nil else { return nil }
    return TaskOrigin(kernel: arm.kernel, variant: arm.variant, size: arm.size, seed: seed)
  }

  /// The arm's code, bound to its input.
  func code(of arm: Arm) throws(MeasurementError) -> TaskCode {
    guard let code = try prepare(arm).bodies[arm.variant] else { throw unknownVariant(arm) }
    return code
  }

  /// The sample of a round whose workers are watched for disturbances.
  func watched(
    on executor: any Executor, _ arm: Arm, _ run: () throws(WorkerError) -> ExecutedRound
  ) throws(MeasurementError) -> ArmSample {
    let ids = executor.threadIDs.prefix(arm.workers)
    let delays = ids.map(runDelay)
    // Others than ranks are watched from here.
    let watch = Executors.named(arm.executor)?.placement == .ranks ? nil : self.watch
    watch?.begin(on: executor, workers: arm.workers)
    let round: ExecutedRound
    do { round = try run() } catch {
      executors.replace(arm.executor, after: error)
      throw .worker(error)
    }
    programCPUSeconds = ProgramCPU.seconds(
      program: round.programCPUSeconds, own: round.workers.reduce(0) { $0 + $1.cpuSeconds },
      workers: arm.workers)
    let disturbances =
      (watch?.end() ?? [])
      + executor.disturbances.map { DropCause(kind: $0.kind, text: $0.text) }
    let after =
      ids.isEmpty
      ? executor.runDelays.map(\.seconds) : zip(ids, delays).map { runDelay($0) - $1 }
    return sample(round, delays: after, disturbances: disturbances)
  }

  /// Lets the workers run before all threads of ordinary priority.
  package func raisePriority() -> Bool { executors.raisePriority() }

  /// Sets what watches the workers of each arm; `nil` for nothing.
  package func watch(with watch: (any ArmWatch)?) { self.watch = watch }

  /// Raises the timeout, if necessary, so that tasks of this length and the proof of their work can
  /// end.
  package func allow(taskSeconds: Double) { timeout = max(timeout, 4 * taskSeconds) }

  /// How long worker processes may be silent; `nil`: as long as a round may go on without any task ending.
  package var processBounds: ProcessBounds?

  /// The executor with that name, started if necessary.
  @discardableResult
  package func executor(named name: String) throws(MeasurementError) -> any Executor {
    try executors.executor(named: name)
  }

  /// The thread numbers of all started workers.
  package var threadIDs: [Int32] { executors.threadIDs }

  /// What the workers of each executor have observed about their placement since the last call; the
  /// pool's come first.
  package func observations() throws(MeasurementError) -> [[PlacementObservation]] {
    try namedObservations().map(\.workers)
  }

  /// The same, with the name of each executor.
  package func namedObservations() throws(MeasurementError) -> [(
    executor: String, workers: [PlacementObservation]
  )] {
    lastRound = nil
    return try executors.observations()
  }

  /// How long creating an arm's input took, in seconds; creates it if necessary.
  package func inputSeconds(_ arm: Arm) throws(MeasurementError) -> Double {
    try prepare(arm).seconds
  }

  /// The executor that runs code for an arm: asynchronous code has one only.
  func executor(of code: TaskCode, _ name: String) throws(MeasurementError) -> any Executor {
    try executor(named: code.asynchronous == nil ? name : ExecutorName.taskExecutor)
  }

  /// The arm's code, bound to its input, for callers that run it themselves. It must not be
  /// asynchronous.
  package func body(of arm: Arm) throws(MeasurementError) -> TaskBody {
    try code(of: arm).run
  }

  /// Computes what is expected of the tasks of these arms.
  package func expect(_ arms: [Arm]) throws(MeasurementError) {
    for arm in arms where arm.executor != ExecutorName.tickets { _ = try expectedResults(arm) }
  }

  package func tasksAtOnce(_ arm: Arm) -> Int { catalog.tasksAtOnce(arm) }

  /// A checksum of the results of all the arm's tasks.
  package func checksum(of arm: Arm) throws(MeasurementError) -> UInt64 {
    if arm.executor == ExecutorName.tickets { return 0 }
    return resultChecksum(Array(try expectedResults(arm).prefix(arm.tasks)))
  }

  /// Frees all inputs of a kernel.
  package func releaseInputs(of kernel: String) {
    inputs = inputs.filter { $0.key.kernel != kernel }
  }

  /// Frees all inputs.
  package func releaseInputs() { inputs = [:] }

  /// Whether the input of a kernel at a size was made, with the current seed.
  package func hasInput(kernel: String, size: Int) -> Bool {
    inputs[InputKey(kernel: kernel, size: size, seed: seed)] != nil
  }

  /// Starts more workers if there are fewer than `count` and none of them is pinned; inputs stay.
  ///
  /// - Returns: whether it has started new ones, in the place of the old.
  package func provide(workers count: Int) throws(MeasurementError) -> Bool {
    lastRound = nil
    do { return try executors.provide(workers: count) } catch { throw .worker(error) }
  }

  private func makeRoom(for bytes: Int) {
    var total = inputs.values.reduce(0) { $0 + $1.bytes }
    while total > 0, total > cachedInputBytes - bytes,
      let oldest = inputs.filter({ $0.value.bytes > 0 }).min(by: {
        $0.value.lastUse < $1.value.lastUse
      })
    {
      total -= oldest.value.bytes
      inputs[oldest.key] = nil
    }
  }

  /// Runs the tasks on the calling thread, which is no worker: only the probe of the round watches it.
  func loop(tasks: Int, _ body: TaskBody) -> LoopRound {
    pgp_set_activity(Int32(PGP_RUNS_TASK))
    defer { pgp_set_activity(Int32(PGP_RUNS_NOTHING)) }
    let before = ProgramCPU.othersSeconds()
    let round = LoopRound(tasks: tasks, body)
    let others = ProgramCPU.othersSeconds() - before
    programCPUSeconds = ProgramCPU.seconds(
      program: round.cpuSeconds + others, own: round.cpuSeconds, workers: 1)
    return round
  }

  func prepare(_ arm: Arm) throws(MeasurementError) -> PreparedInput {
    let key = InputKey(kernel: arm.kernel, size: arm.size, seed: seed)
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
  func expectedResults(_ arm: Arm) throws(MeasurementError) -> [UInt64] {
    let key = InputKey(kernel: arm.kernel, size: arm.size, seed: seed)
    let input = try prepare(arm)
    guard let kernel = catalog.measurable(arm.kernel),
      let reference = kernel.reference(of: arm.variant), let code = input.bodies[reference.name]
    else { throw unknownVariant(arm) }
    let known = input.expected[reference.name] ?? []
    if known.count >= arm.tasks { return known }
    if kernel.tasksAreAlike, let result = known.first {
      let expected = [UInt64](repeating: result, count: arm.tasks)
      inputs[key]?.expected[reference.name] = expected
      return expected
    }
    let asked = kernel.tasksAreAlike ? 1 : arm.tasks
    let cpus = max(1, Set(pool.slots.compactMap(\.cpu)).count)
    let expected = try call(
      code, named: reference.name, of: kernel, tasks: asked,
      workers: min(cpus, pool.slots.count),
      label: "the reference of \(arm.id)")
    inputs[key]?.expected[reference.name] = expected
    // Of equal tasks only one was run.
    return asked < arm.tasks ? try expectedResults(arm) : expected
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
