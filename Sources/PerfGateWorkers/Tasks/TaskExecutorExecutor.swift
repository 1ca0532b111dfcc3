import CPerfGateSystem
import PerfGateMachine
import Synchronization

extension ExecutorKind {
  /// A task group on a task executor with pinned threads.
  static let taskExecutor = ExecutorKind(
    "task-executor", "the same on a TaskExecutor whose threads are pinned"
  ) { setup throws(WorkerError) in
    TaskExecutorExecutor(pool: try WorkerPool(setup))
  }
}

/// A task group whose tasks prefer a task executor, which runs them on the threads of a pool.
final class TaskExecutorExecutor: Executor {
  private let pool: WorkerPool
  private let results = ResultTable()

  init(pool: WorkerPool) { self.pool = pool }

  var slots: [WorkerSlot] { pool.slots }
  var threadIDs: [Int32] { pool.threadIDs }
  var startupSeconds: Double { pool.startupSeconds }

  func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound {
    // Read by nobody any more.
    results.count = 0
    let jobs = PinnedTaskExecutor()
    let round = try pool.run(batch) {
      results.reserve(batch.tasks)
      let threads = pool.view
      let body: @Sendable (Int) async -> UInt64 =
        if let asynchronous = batch.asynchronousBody {
          { task in
            let worker = threads.begin(task)
            let result = await asynchronous(task)
            threads.end(task, begunOn: worker)
            return result
          }
        } else {
          { task in
            let worker = threads.begin(task)
            defer { threads.end(task, begunOn: worker) }
            return batch.body(task)
          }
        }
      let group = TaskGroupRound(
        tasks: batch.tasks, workers: batch.workers, results: results,
        isStopped: { threads.isStopped }, body: body)
      return .serve { worker in
        if worker == 0 {
          Task.detached(executorPreference: jobs) {
            _ = await group.run()
            jobs.close()
          }
        }
        jobs.serve()
        return 0
      }
    }
    results.count = batch.tasks
    return round
  }

  func forEachResult(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {
    results.forEachResult(visit)
  }

  func beginObservation() throws(WorkerError) { try pool.beginObservation() }

  func endObservation() throws(WorkerError) -> [PlacementObservation] {
    try pool.endObservation()
  }
}

/// A task executor whose jobs are run by the threads that serve it.
///
/// `@unchecked Sendable`: the jobs are read and written under the lock, the words are atomic.
final class PinnedTaskExecutor: TaskExecutor, @unchecked Sendable {
  private static let spins = 500
  private let lock = WordLock()
  private var jobs: [UnownedJob] = []
  private var first = 0
  private var isClosed = false
  /// Grows with every job; threads sleep on it.
  private let posted: UnsafeMutablePointer<Atomic<UInt32>>
  private let sleepers = Atomic<Int>(0)

  init() {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: lineBytes, alignment: lineBytes)
    posted = memory.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
    posted.initialize(to: Atomic(0))
  }

  deinit { UnsafeMutableRawPointer(posted).deallocate() }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    lock.lock()
    jobs.append(job)
    lock.unlock()
    wake()
  }

  /// No further job will come: whoever serves returns when none is left.
  func close() {
    lock.lock()
    isClosed = true
    lock.unlock()
    wake()
  }

  /// Runs jobs until it is closed.
  func serve() {
    var seen = posted.pointee.load(ordering: .acquiring)
    var spins = Self.spins
    while true {
      lock.lock()
      if first < jobs.count {
        let job = jobs[first]
        first += 1
        if first == jobs.count {
          jobs.removeAll(keepingCapacity: true)
          first = 0
        }
        lock.unlock()
        job.runSynchronously(on: asUnownedTaskExecutor())
        spins = Self.spins
        continue
      }
      let isClosed = isClosed
      lock.unlock()
      if isClosed { return }
      while spins > 0, posted.pointee.load(ordering: .acquiring) == seen {
        spins -= 1
        pgp_relax()
      }
      sleepers.add(1, ordering: .sequentiallyConsistent)
      let now = posted.pointee.load(ordering: .sequentiallyConsistent)
      if now == seen { pgp_futex_wait(posted, seen, 100_000_000) }
      sleepers.subtract(1, ordering: .sequentiallyConsistent)
      seen = posted.pointee.load(ordering: .acquiring)
    }
  }

  private func wake() {
    posted.pointee.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { pgp_futex_wake_all(posted) }
  }
}
