import CPerfGateSystem
import PerfGateMachine
import Synchronization

extension ExecutorKind {
  /// A task group on Swift's own threads.
  static let taskGroup = ExecutorKind(
    "task-group", "structured concurrency: as many child tasks at a time as workers",
    placement: .confined
  ) { setup throws(WorkerError) in try TaskGroupExecutor(slots: setup.slots) }
}

/// A task group on the threads of Swift's concurrency, as many child tasks at a time as workers.
///
/// Those threads are as many as there are CPUs, so with more workers some tasks wait.
final class TaskGroupExecutor: Executor {
  let slots: [WorkerSlot]
  let threadIDs: [Int32] = []
  let startupSeconds: Double
  private let conductor: Conductor

  init(slots: [WorkerSlot]) throws(WorkerError) {
    self.slots = slots
    let start = pgp_monotonic_ns()
    conductor = try Conductor(slots: slots)
    startupSeconds = Double(pgp_monotonic_ns() - start) * 1e-9
  }

  func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound {
    guard withUnsafeCurrentTask(body: { $0 == nil }) else { throw .insideTask }
    return try conductor.run(batch) { workers, results, isStopped in
      let body: @Sendable (Int) async -> UInt64 =
        if let asynchronous = batch.asynchronousBody {
          { await workers.run($0, in: asynchronous) }
        } else {
          { task in
            let worker = workers.takeSeat(task)
            defer { workers.leaveSeat(worker) }
            return batch.body(task)
          }
        }
      let round = TaskGroupRound(
        tasks: batch.tasks, workers: batch.workers, results: results, isStopped: isStopped,
        body: body)
      let ended = RoundEnd()
      Task.detached { ended.set(tasks: await round.run()) }
      return ended.wait()
    }
  }

  var runDelays: [RunDelay] { conductor.runDelays }

  func forEachResult(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {
    conductor.results.forEachResult(visit)
  }

  func beginObservation() throws(WorkerError) {}

  func endObservation() throws(WorkerError) -> [PlacementObservation] { [] }
}

/// The end of a round that somebody else runs.
///
/// `@unchecked Sendable`: `tasks` and `time` are written before the word is set (release), and read
/// after it was seen (acquire).
final class RoundEnd: @unchecked Sendable {
  private let word: UnsafeMutablePointer<Atomic<UInt32>>
  private var tasks = 0
  private var time: UInt64 = 0

  init() {
    word = .allocate(capacity: 1)
    word.initialize(to: Atomic(0))
  }

  deinit { word.deallocate() }

  /// The round ends now, after this many tasks.
  func set(tasks: Int) {
    (self.tasks, time) = (tasks, pgp_monotonic_ns())
    word.pointee.store(1, ordering: .releasing)
    pgp_futex_wake_all(word)
  }

  /// Waits for the end: how many tasks have ended, and when.
  func wait() -> (tasks: Int, time: UInt64) {
    while word.pointee.load(ordering: .acquiring) == 0 { pgp_futex_wait(word, 0, 100_000_000) }
    return (tasks, time)
  }
}
