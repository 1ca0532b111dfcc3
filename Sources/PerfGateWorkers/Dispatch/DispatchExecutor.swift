import CPerfGateSystem
import Dispatch
import PerfGateMachine

extension ExecutorKind {
  /// Dispatch's own loop.
  static let dispatch = ExecutorKind(
    "dispatch", "Dispatch: concurrentPerform on a queue as wide as there are workers",
    placement: .confined
  ) { setup throws(WorkerError) in try DispatchExecutor(slots: setup.slots) }
}

/// `concurrentPerform` on a concurrent queue that is as wide as there are workers.
///
/// Swift's overlay has no such width, so it is set through Dispatch's C functions.
final class DispatchExecutor: Executor {
  let slots: [WorkerSlot]
  let threadIDs: [Int32] = []
  let startupSeconds: Double
  private let conductor: Conductor
  private var queues: [Int: Queue] = [:]

  init(slots: [WorkerSlot]) throws(WorkerError) {
    self.slots = slots
    let start = pgp_monotonic_ns()
    conductor = try Conductor(slots: slots)
    // Starts Dispatch's threads, and links it.
    DispatchQueue.concurrentPerform(iterations: slots.count) { _ in }
    guard pgp_has_dispatch() else {
      throw .cannotStart(
        worker: 0, error: "this Dispatch has no queues of a width",
        limits: "choose another executor")
    }
    startupSeconds = Double(pgp_monotonic_ns() - start) * 1e-9
  }

  func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound {
    let queue = try queue(of: batch.workers)
    return try conductor.run(batch) { workers, results, isStopped in
      var loop = Loop(
        body: batch.body, workers: workers, words: results.words, isStopped: isStopped)
      withUnsafeMutablePointer(to: &loop) { loop in
        pgp_dispatch_apply(queue.pointer, batch.tasks, loop) { loop, task in
          let loop = loop.assumingMemoryBound(to: Loop.self)
          if loop.pointee.isStopped() { return }
          loop.pointee.words[task] = loop.pointee.workers.run(task, in: loop.pointee.body)
        }
      }
      let time = pgp_monotonic_ns()
      return (isStopped() ? 0 : batch.tasks, time)
    }
  }

  var runDelays: [RunDelay] { conductor.runDelays }

  func forEachResult(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {
    conductor.results.forEachResult(visit)
  }

  func beginObservation() throws(WorkerError) {}

  func endObservation() throws(WorkerError) -> [PlacementObservation] { [] }

  private func queue(of width: Int) throws(WorkerError) -> Queue {
    if let queue = queues[width] { return queue }
    guard 1...slots.count ~= width else { throw .workerCount(width, allowed: 1...slots.count) }
    guard let pointer = pgp_dispatch_queue(width) else {
      throw .cannotStart(worker: 0, error: "no queue", limits: "choose another executor")
    }
    let queue = Queue(pointer: pointer)
    queues[width] = queue
    return queue
  }
}

/// What each call of the loop needs.
private struct Loop {
  let body: TaskBody
  let workers: RuntimeWorkers
  let words: UnsafeMutablePointer<UInt64>
  let isStopped: @Sendable () -> Bool
}

/// A queue of a width.
///
/// `@unchecked Sendable`: Dispatch's queues may be used by any thread, and the pointer never changes.
private final class Queue: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer

  init(pointer: UnsafeMutableRawPointer) { self.pointer = pointer }

  deinit { pgp_dispatch_release(pointer) }
}
