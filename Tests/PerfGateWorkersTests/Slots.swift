import Foundation
import PerfGateMachine
import PerfGateWorkers
import Synchronization
import Testing

/// Slots on the CPUs that this process may use, in turn.
func pinnedSlots(_ count: Int) throws -> [WorkerSlot] {
  let cpus = Array(try ThreadPinning.mainThreadMask())
  return (0..<count).map { WorkerSlot(worker: $0, cpu: cpus[$0 % cpus.count], node: nil) }
}

/// Slots without a CPU.
func freeSlots(_ count: Int) -> [WorkerSlot] {
  (0..<count).map { WorkerSlot(worker: $0, cpu: nil, node: nil) }
}

/// An executor of the kind of that name, with a worker on each slot.
func started(_ kind: String, _ slots: [WorkerSlot]) throws -> any Executor {
  let kind = try #require(Executors.named(kind), "there is no executor \(kind)")
  return try kind.start(slots, [])
}

/// Counts calls by task.
final class CallCounts: Sendable {
  /// `nonisolated(unsafe)`: the pointer never changes, and what it points to is atomic.
  private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<Int>>
  private let tasks: Int

  init(tasks: Int) {
    self.tasks = tasks
    words = .allocate(capacity: tasks)
    for task in 0..<tasks { (words + task).initialize(to: Atomic(0)) }
  }

  deinit { words.deallocate() }

  func add(_ task: Int) { words[task].add(1, ordering: .relaxed) }

  var values: [Int] { (0..<tasks).map { words[$0].load(ordering: .relaxed) } }
}

/// The results of an executor's last round by task; each task's place holds all its results.
func results(of executor: any Executor, tasks: Int) -> [[UInt64]] {
  var found = [[UInt64]](repeating: [], count: tasks)
  executor.forEachResult { first, results in
    for (offset, result) in results.enumerated() { found[first + offset].append(result) }
  }
  return found
}

/// Runs the body on a thread that is no task's: a round may need all threads of Swift's concurrency,
/// and a test that waits for it would keep one.
func onThread<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}
