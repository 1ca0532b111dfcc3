import CPerfGateSystem
import PerfGateMachine

/// One thread that gives the tasks of a round to the threads of a runtime, while the caller watches.
final class Conductor {
  /// Gives out the tasks.
  ///
  /// - Returns: how many have ended, and when the last one did, in ns of the monotonic clock.
  typealias Work =
    @Sendable (
      _ workers: RuntimeWorkers, _ results: ResultTable, _ isStopped: @escaping @Sendable () -> Bool
    ) -> (tasks: Int, time: UInt64)

  let results = ResultTable()
  /// How long each thread of the last round waited for its CPU.
  var runDelays: [RunDelay] { workers.runDelays }
  private let slots: [WorkerSlot]
  private let pool: WorkerPool
  private let workers: RuntimeWorkers
  private var isUsable = true

  init(slots: [WorkerSlot]) throws(WorkerError) {
    guard 1...Executors.maximumWorkers ~= slots.count else {
      throw .workerCount(slots.count, allowed: 1...Executors.maximumWorkers)
    }
    try Self.check(slots)
    self.slots = slots
    pool = try WorkerPool(slots: [WorkerSlot(worker: 0, cpu: nil, node: nil)])
    workers = .take(slots.count)
  }

  deinit { if isUsable { workers.giveBack() } }

  /// Runs a batch.
  func run(_ batch: TaskBatch, _ work: @escaping Work) throws(WorkerError) -> ExecutedRound {
    guard isUsable else { throw .unusable }
    guard 1...slots.count ~= batch.workers else {
      throw .workerCount(batch.workers, allowed: 1...slots.count)
    }
    try pool.check(tasks: batch.tasks, workers: 1)
    results.reserve(batch.tasks)
    let label = SharedLabel(batch.label)
    workers.begin(slots: slots.prefix(batch.workers), label: label)
    let outcome = Outcome()
    var round: ExecutedRound
    do throws(WorkerError) {
      let threads = pool.view
      round = try pool.run(batch, seats: { [workers] in workers.seats }) { [workers, results] in
        // Keeps the label that the seats refer to.
        withExtendedLifetime(label) {
          outcome.ended = work(workers, results) { threads.isStopped }
        }
      }
    } catch {
      if case .interrupted = error {
        _ = workers.end(seconds: 0)
      } else {
        isUsable = false
      }
      throw error
    }
    round.seconds = Double(outcome.ended.time - min(outcome.ended.time, pool.releaseTime)) * 1e-9
    round.workers = workers.end(seconds: round.seconds)
    if outcome.ended.tasks == batch.tasks { results.count = batch.tasks }
    return round
  }

  /// Throws if a slot's CPU cannot be used.
  private static func check(_ slots: [WorkerSlot]) throws(WorkerError) {
    guard slots.contains(where: { $0.cpu != nil }), let mask = try? ThreadPinning.mainThreadMask()
    else { return }
    for slot in slots {
      if let cpu = slot.cpu, !mask.contains(cpu) {
        throw .cannotPin(
          worker: slot.worker,
          reason: "cannot confine worker \(slot.worker) to cpu \(cpu): allowed are \(mask)")
      }
    }
  }
}

/// What the conductor's thread leaves for the caller.
///
/// `@unchecked Sendable`: written in the round by the pool's only thread, read by the caller after it
/// (release, acquire in the pool).
private final class Outcome: @unchecked Sendable {
  var ended: (tasks: Int, time: UInt64) = (0, 0)
}
