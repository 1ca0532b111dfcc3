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
  /// Pinned threads and an atomic ticket.
  static let pool = ExecutorKind("pool", "pinned threads and an atomic ticket") {
    setup throws(WorkerError) in try WorkerPool(setup)
  }
}

/// Pinned threads that are started once and reused for all rounds.
///
/// A round's time runs from the release of a start barrier, when every worker is awake on its CPU,
/// to the end of the last worker. An atomic counter hands out tasks in blocks that shrink,
/// `max(1, left / 4w)`. The caller sleeps meanwhile. Only one round runs at a time.
package final class WorkerPool: Executor {
  /// Where the workers run.
  package let slots: [WorkerSlot]
  /// The time from the creation of the first thread until all were pinned and ready.
  package let startupSeconds: Double
  /// The kernel's thread numbers of the workers.
  package let threadIDs: [Int32]

  private let shared = SharedWords()
  private let workers: [Worker]
  private var threads: [pthread_t] = []
  private var rounds: UInt32 = 0
  private var participants = 0
  private var isUsable = true
  private let distinctCPUs: Int

  /// Starts a thread on each slot and waits until all are pinned.
  ///
  /// - Parameter memory: where each worker's own memory goes, worker i at index i; by default where the
  ///   pinned worker touches it first.
  package init(slots: [WorkerSlot], memory: [MemoryTarget] = []) throws(WorkerError) {
    guard 1...Executors.maximumWorkers ~= slots.count else {
      throw .workerCount(slots.count, allowed: 1...Executors.maximumWorkers)
    }
    self.slots = slots
    distinctCPUs = Set(slots.compactMap(\.cpu)).count
    let shared = self.shared
    workers = slots.enumerated().map { index, slot in
      Worker(
        index: index, slot: slot, memory: index < memory.count ? memory[index] : .firstTouch,
        shared: shared)
    }
    let start = pgp_monotonic_ns()
    var started: [pthread_t] = []
    var failure: WorkerError?
    for worker in workers {
      switch Self.startThread(worker) {
      case .success(let thread): started.append(thread)
      case .failure(let error): failure = error
      }
      if failure != nil { break }
    }
    Self.waitUntil(shared.ready, reaches: UInt32(started.count))
    startupSeconds = Double(pgp_monotonic_ns() - start) * 1e-9
    threadIDs = workers.map(\.threadID)
    threads = started
    if let failure = failure ?? workers.lazy.compactMap(\.failure).first {
      quit()
      throw failure
    }
  }

  /// Starts a thread on each slot.
  convenience init(_ setup: ExecutorSetup) throws(WorkerError) {
    try self.init(slots: setup.slots, memory: setup.memory)
  }

  deinit { quit() }

  /// Runs the tasks of a batch; see ``Executor``.
  package func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound {
    try run(batch) { .tasks(batch.body) }
  }

  /// Runs the tasks of a batch in another way.
  ///
  /// - Parameter kind: makes what the workers do once the batch is known to be runnable.
  func run(_ batch: TaskBatch, as kind: () -> Job.Kind) throws(WorkerError) -> ExecutedRound {
    try check(tasks: batch.tasks, workers: batch.workers)
    return try run(
      kind(), tasks: batch.tasks, workers: batch.workers, label: batch.label,
      timeout: batch.timeout, countsProgram: batch.countsProgram)
  }

  /// Lets the first thread give the tasks of a batch to threads that are not the pool's.
  ///
  /// - Parameters:
  ///   - seats: tells what those threads do.
  ///   - conduct: returns when all tasks have ended.
  func run(
    _ batch: TaskBatch, seats: @escaping @Sendable () -> [WorkerSeat],
    conduct: @escaping @Sendable () -> Void
  ) throws(WorkerError) -> ExecutedRound {
    try run(
      .serve { _ in
        conduct()
        return 0
      }, tasks: batch.tasks, workers: 1, label: batch.label, timeout: batch.timeout,
      countsProgram: batch.countsProgram, seats: seats)
  }

  /// The pool as seen by tasks that give themselves to its threads.
  var view: PoolView { PoolView(workers: workers, shared: shared) }

  /// When the last round was released, in ns of the monotonic clock.
  var releaseTime: UInt64 { shared.releaseTime.pointee.load(ordering: .relaxed) }

  /// A channel for the tasks of a batch.
  func channel(_ batch: TaskBatch, capacity: Int) -> TaskChannel {
    TaskChannel(
      tasks: batch.tasks, capacity: capacity, workers: batch.workers, stop: shared.stop)
  }

  /// Draws `tickets` tickets from one shared counter, one by one, and does nothing with them.
  ///
  /// This is the least that an executor with a shared queue can cost, measured through the same barrier.
  package func runTickets(_ tickets: Int, workers count: Int) throws(WorkerError) -> ExecutedRound {
    try run(.tickets, tasks: tickets, workers: count, label: "tickets", timeout: 600)
  }

  /// Makes every worker observe where it is, at the beginning of a run.
  package func beginObservation() throws(WorkerError) {
    _ = try run(
      .observe(isEnd: false), tasks: 1, workers: slots.count, label: "observing", timeout: 60)
  }

  /// Makes every worker observe again where it is, and where the memory is that it used since.
  ///
  /// - Returns: what each worker saw, to compare with the plan.
  package func endObservation() throws(WorkerError) -> [PlacementObservation] {
    _ = try run(
      .observe(isEnd: true), tasks: 1, workers: slots.count, label: "observing", timeout: 60)
    return workers.compactMap(\.observation)
  }

  /// Calls `visit` for every block of tasks of the last round; see ``Executor``.
  package func forEachResult(
    _ visit: (_ firstTask: Int, _ results: UnsafeBufferPointer<UInt64>) -> Void
  ) {
    for worker in workers.prefix(participants) { worker.log.forEachBlock(visit) }
  }

  /// Throws if a round cannot begin.
  func check(tasks: Int, workers count: Int) throws(WorkerError) {
    guard isUsable else { throw .unusable }
    guard 1...slots.count ~= count else { throw .workerCount(count, allowed: 1...slots.count) }
    guard 1...Executors.maximumTasks ~= tasks else { throw .taskCount(tasks) }
    let signal = pgp_interrupt_signal()
    guard signal == 0 else { throw .interrupted(signal: signal) }
  }

  private func run(
    _ kind: Job.Kind, tasks: Int, workers count: Int, label: String, timeout: Double,
    countsProgram: Bool = false, seats: (@Sendable () -> [WorkerSeat])? = nil
  ) throws(WorkerError) -> ExecutedRound {
    try check(tasks: tasks, workers: count)
    let job = Job(
      tasks: tasks, workers: count, spins: count <= distinctCPUs, kind: kind,
      label: SharedLabel(label), countsProgram: countsProgram, seats: seats)
    for worker in workers.prefix(count) { worker.job = job }
    participants = 0
    shared.arrived.pointee.store(0, ordering: .relaxed)
    shared.left.pointee.store(tasks, ordering: .relaxed)
    shared.running.pointee.store(count, ordering: .relaxed)
    pgp_set_activity(Int32(PGP_RUNS_TASK))
    defer { pgp_set_activity(Int32(PGP_RUNS_NOTHING)) }
    let posting = post(workers: count)
    let callerBefore = pgp_thread_cpu_ns()
    try waitForEnd(of: job, posting: posting, timeout: timeout)
    let caller = pgp_thread_cpu_ns() - callerBefore
    if shared.stop.pointee.load(ordering: .relaxed) != Stop.never {
      shared.stop.pointee.store(Stop.never, ordering: .relaxed)
      throw .interrupted(signal: pgp_interrupt_signal())
    }
    participants = count
    if let failure = workers.prefix(count).lazy.compactMap(\.failure).first {
      giveUp()
      throw failure
    }
    let release = shared.releaseTime.pointee.load(ordering: .relaxed)
    let active = workers.prefix(count)
    let end = active.map(\.endTime).max() ?? release
    return ExecutedRound(
      seconds: Double(end - release) * 1e-9, workers: active.map(\.round),
      programCPUSeconds: countsProgram ? programSeconds(caller: caller) : nil)
  }

  /// The CPU time of the program from the release of the last round to its end, without the caller's.
  private func programSeconds(caller: UInt64) -> Double {
    let start = shared.programAtRelease.pointee.load(ordering: .relaxed) + caller
    let end = shared.programAtEnd.pointee.load(ordering: .relaxed)
    return end > start ? Double(end - start) * 1e-9 : 0
  }

  private func post(workers count: Int) -> UInt32 {
    rounds &+= 1
    let posting = Posting(round: rounds, workers: count).word
    shared.posted.pointee.store(posting, ordering: .releasing)
    pgp_futex_wake_all(shared.posted)
    return posting
  }

  /// Sleeps until the round has ended; now and then it looks for a dead or stuck worker.
  private func waitForEnd(of job: Job, posting: UInt32, timeout: Double) throws(WorkerError) {
    var lastLeft = -1
    var lastTasks: [Int] = []
    var quietSince = pgp_monotonic_ns()
    while true {
      let ended = shared.ended.pointee.load(ordering: .acquiring)
      if ended == posting { return }
      if pgp_interrupt_signal() != 0 { shared.stop.pointee.store(Stop.tasks, ordering: .relaxed) }
      pgp_futex_wait(shared.ended, ended, 100_000_000)
      let left = shared.left.pointee.load(ordering: .relaxed)
      let seats = job.seats?() ?? workers.prefix(job.workers).map(\.seat)
      let tasks = seats.map(\.task)
      if left != lastLeft || tasks != lastTasks { quietSince = pgp_monotonic_ns() }
      lastLeft = left
      lastTasks = tasks
      if shared.ended.pointee.load(ordering: .acquiring) == posting { return }
      if let dead = seats.first(where: { $0.threadID != 0 && !pgp_thread_exists($0.threadID) }) {
        giveUp()
        throw .died(
          worker: dead.worker, task: dead.task >= 0 ? dead.task : nil, label: job.label.text)
      }
      let quiet = Double(pgp_monotonic_ns() - quietSince) * 1e-9
      if quiet > timeout {
        giveUp()
        let culprit = seats.first { $0.task >= 0 }
        throw .stuck(
          worker: culprit?.worker ?? 0, task: culprit?.task, label: job.label.text, seconds: quiet)
      }
    }
  }

  /// After a failed round: workers that still run begin no further task.
  private func giveUp() {
    isUsable = false
    shared.stop.pointee.store(Stop.tasks, ordering: .relaxed)
  }

  /// Ends the threads. It does not wait for threads of a failed round, which may never return; those that
  /// do return end.
  private func quit() {
    guard !threads.isEmpty else { return }
    shared.stop.pointee.store(Stop.threads, ordering: .releasing)
    _ = post(workers: slots.count)
    for thread in threads {
      if isUsable { pthread_join(thread, nil) } else { pthread_detach(thread) }
    }
    isUsable = false
    threads = []
  }

  private static func startThread(_ worker: Worker) -> Result<pthread_t, WorkerError> {
    let box = Unmanaged.passRetained(worker)
    #if canImport(Glibc)
      var thread = pthread_t()
      let error = pthread_create(&thread, nil, threadMain, box.toOpaque())
      if error == 0 { return .success(thread) }
    #else
      var thread: pthread_t?
      let error = pthread_create(&thread, nil, threadMain, box.toOpaque())
      if error == 0, let thread { return .success(thread) }
    #endif
    box.release()
    // Read while the earlier threads exist, because they count against the limits.
    return .failure(
      .cannotStart(
        worker: worker.index, error: SystemError.text(error), limits: ThreadLimits.current().text))
  }

  private static func waitUntil(
    _ word: UnsafeMutablePointer<Atomic<UInt32>>, reaches count: UInt32
  ) {
    while true {
      let now = word.pointee.load(ordering: .acquiring)
      if now >= count { return }
      pgp_futex_wait(word, now, 100_000_000)
    }
  }
}

/// What tasks see of the pool whose threads run them.
struct PoolView: Sendable {
  fileprivate let workers: [Worker]
  fileprivate let shared: SharedWords

  /// Whether no further task of the round is to begin.
  var isStopped: Bool { shared.stop.pointee.load(ordering: .relaxed) != Stop.never }

  /// Lets no further task of the round begin, from one of its tasks.
  func stop() { shared.stop.pointee.store(Stop.tasks, ordering: .relaxed) }

  /// A task begins on the calling thread.
  ///
  /// - Returns: the thread's worker.
  func begin(_ task: Int) -> Int {
    let worker = Int(pgp_current_worker())
    guard workers.indices.contains(worker) else { return -1 }
    workers[worker].task.pointee.store(task, ordering: .relaxed)
    workers[worker].served += 1
    return worker
  }

  /// The task has ended, perhaps on another thread, where it went on after it had waited.
  func end(_ task: Int, begunOn worker: Int) {
    guard workers.indices.contains(worker) else { return }
    _ = workers[worker].task.pointee.compareExchange(
      expected: task, desired: -1, ordering: .relaxed)
  }
}

// What a thread begins with has one type in Darwin's headers and another in those of Linux.
#if canImport(Darwin)
  private func threadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue().main()
    return nil
  }
#else
  private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue().main() }
    return nil
  }
#endif
