import CPerfGateSystem
import PerfGateMachine
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension ExecutorKind {
  /// Worker processes of this program.
  static let process = ExecutorKind(
    "process", "worker processes of this program; tasks and results go through sockets",
    placement: .processes
  ) { setup throws(WorkerError) in
    guard let program = setup.program else { throw .noWorkerProgram }
    return try ProcessExecutor(setup, program)
  }
}

/// Tasks go to processes of this program, one at a time to each, and their results come back.
///
/// Each process has a thread of a pool that feeds it, on the same CPU: one of the two always waits for the
/// other. Processes start when a round first needs them.
final class ProcessExecutor: Executor {
  let slots: [WorkerSlot]
  let threadIDs: [Int32] = []
  private(set) var startupSeconds: Double
  private(set) var runDelays: [RunDelay] = []
  private(set) var otherProcessNanoseconds: UInt64 = 0
  private let program: WorkerProgram
  private let feeders: WorkerPool
  private var workers: [WorkerProcess] = []
  private var isUsable = true
  private var hasPriority = false
  private var memories: [SharedMemory] = []

  /// What a switch between a process and its feeder takes that is in nobody's CPU time: for each task, in
  /// seconds, and at most, as a share of the time.
  private static let switches = (seconds: 2e-6, share: 0.03)
  /// How many messages are kept in memory that processes share.
  private static let mostMemories = 4

  /// Memory that processes share, with the message of a round. It is mapped here too, so that it counts as
  /// memory of this process.
  private final class SharedMemory {
    let origin: TaskOrigin
    let descriptor: Int32
    private var bytes: UnsafeRawPointer?
    private let count: Int

    init(_ origin: TaskOrigin, descriptor: Int32, count: Int) {
      self.origin = origin
      self.descriptor = descriptor
      self.count = count
      _ = pgp_map_sealed(descriptor, count, true, &bytes)
    }

    deinit {
      pgp_unmap_sealed(bytes, count)
      close(descriptor)
    }
  }

  init(_ setup: ExecutorSetup, _ program: WorkerProgram) throws(WorkerError) {
    slots = setup.slots
    self.program = program
    feeders = try WorkerPool(slots: setup.slots)
    startupSeconds = feeders.startupSeconds
  }

  func start(workers count: Int) throws(WorkerError) {
    guard isUsable else { throw .unusable }
    guard workers.count < count else { return }
    let start = pgp_monotonic_ns()
    var new: [WorkerProcess] = []
    for slot in slots[workers.count..<min(count, slots.count)] {
      let signal = pgp_interrupt_signal()
      guard signal == 0 else { throw .interrupted(signal: signal) }
      new.append(try WorkerProcess(slot, of: program))
    }
    for worker in new {
      try worker.waitUntilStarted(atMost: program.startTimeout)
      if hasPriority { _ = pgp_run_first(Int32(worker.child.pid)) }
    }
    workers += new
    startupSeconds += Double(pgp_monotonic_ns() - start) * 1e-9
  }

  func runFirst() -> Bool {
    let threads = feeders.threadIDs + workers.map { Int32($0.child.pid) }
    hasPriority = threads.allSatisfy { pgp_run_first($0) == 0 }
    return hasPriority
  }

  func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound {
    guard isUsable else { throw .unusable }
    try feeders.check(tasks: batch.tasks, workers: batch.workers)
    guard let origin = batch.origin else { throw .noOrigin(label: batch.label) }
    let active: [WorkerProcess]
    let round: ProcessRound
    do throws(WorkerError) {
      try start(workers: batch.workers)
      active = Array(workers.prefix(batch.workers))
      round = ProcessRound(
        batch, descriptor: try descriptor(of: batch, origin),
        answers: { [active] in active.reduce(0) { $0 + $1.answers.pointee.load(ordering: .relaxed) }
        })
      var waiting: [WorkerProcess] = []
      for worker in active where try worker.prepare(origin, label: batch.label) {
        waiting.append(worker)
      }
      for worker in waiting {
        try worker.waitUntilReady(origin, label: round.label, atMost: round.inputTimeout)
      }
    } catch {
      end()
      throw error
    }
    return try run(batch, round, active)
  }

  private func run(
    _ batch: TaskBatch, _ round: ProcessRound, _ active: [WorkerProcess]
  ) throws(WorkerError) -> ExecutedRound {
    var fed = batch
    // Whoever feeds a worker waits for it no longer than that.
    fed.timeout = .infinity
    let view = feeders.view
    fed.body = { task in
      let index = Int(pgp_current_worker())
      let result = active[index].run(task, round)
      if active[index].failure != nil, round.fails(index) {
        view.stop()
        // Their answers are of no use any more.
        for other in active { pgp_kill_child_group(Int32(other.child.pid)) }
      }
      return result
    }
    let before = active.map(Usage.init)
    let delays = feeders.threadIDs.prefix(active.count).map(runDelay)
    let outcome: Result<ExecutedRound, WorkerError>
    do throws(WorkerError) { outcome = .success(try feeders.run(fed)) } catch {
      outcome = .failure(error)
    }
    if let first = round.firstFailed, let failure = active[first].failure {
      end()
      throw failure
    }
    var executed = try outcome.get()
    let after = active.map(Usage.init)
    otherProcessNanoseconds = 0
    runDelays = []
    for (index, worker) in active.enumerated() {
      // One that was killed after its last answer tells nothing.
      let now = max(after[index].cpuNanoseconds, before[index].cpuNanoseconds)
      let used = now - before[index].cpuNanoseconds
      otherProcessNanoseconds += used
      let waited =
        runDelay(feeders.threadIDs[index]) - delays[index] + after[index].delaySeconds
        - before[index].delaySeconds
      executed.workers[index].cpuSeconds += Double(used) * 1e-9
      let part = executed.workers[index]
      // The two also wait for each other, and that is in the CPU time of one of them. What is in
      // neither's is what others used of their CPU.
      let lost = part.wallSeconds - part.cpuSeconds
      let switches = min(
        Self.switches.seconds * Double(part.tasks), Self.switches.share * part.wallSeconds)
      let others = max(0, min(waited, lost) - switches)
      runDelays.append(RunDelay(thread: Int32(worker.child.pid), seconds: others))
      // Whoever waits does not sleep.
      executed.workers[index].wallSeconds = max(
        part.cpuSeconds, part.wallSeconds - max(0, waited - others))
    }
    return executed
  }

  /// What a process has used so far.
  private struct Usage {
    var cpuNanoseconds: UInt64
    var delaySeconds: Double

    init(_ worker: WorkerProcess) {
      cpuNanoseconds = pgp_cpu_ns_of_process(Int32(worker.child.pid))
      delaySeconds = processRunDelay(worker.child.pid)
    }
  }

  /// Memory with the message of a round; -1: it has none that is shared.
  private func descriptor(
    of batch: TaskBatch, _ origin: TaskOrigin
  ) throws(WorkerError) -> Int32 {
    guard let message = batch.message, message.way == .shared else { return -1 }
    if let known = memories.first(where: { $0.origin == origin }) { return known.descriptor }
    var descriptor: Int32 = -1
    var error: Int32 = 0
    message.withBytes { bytes in
      error = pgp_sealed_copy(bytes.baseAddress, bytes.count, &descriptor)
    }
    guard error == 0 else {
      throw .cannotPrepare(
        worker: 0, label: batch.label,
        reason: "no memory of \(message.count) bytes to share: \(SystemError.text(error))")
    }
    if memories.count == Self.mostMemories { memories.removeFirst() }
    memories.append(SharedMemory(origin, descriptor: descriptor, count: message.count))
    return descriptor
  }

  /// After a failed round: all processes end, and no other round begins.
  private func end() {
    isUsable = false
    for worker in workers { worker.child.end() }
    workers = []
  }

  func forEachResult(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {
    if isUsable { feeders.forEachResult(visit) }
  }

  func beginObservation() throws(WorkerError) { try feeders.beginObservation() }

  /// What the feeders saw, with the masks of the processes, which are on the same CPUs.
  func endObservation() throws(WorkerError) -> [PlacementObservation] {
    var seen = try feeders.endObservation()
    for (index, worker) in workers.enumerated() where index < seen.count {
      seen[index].thread = worker.child.pid
      guard let own = seen[index].mask,
        let mask = try? ThreadPinning.mask(of: Int32(worker.child.pid))
      else {
        seen[index].mask = nil
        continue
      }
      seen[index].mask = own.union(mask)
    }
    return seen
  }
}
