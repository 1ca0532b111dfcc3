import Foundation
import PerfGateMachine
import PerfGatePlantTasks
import PerfGateWorkers
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
  return try kind.start(ExecutorSetup(slots: slots, program: PlantTask.program()))
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

extension Executor {
  /// Runs a round of a task that other processes find too.
  func run(
    _ task: PlantTask, _ board: Board, number: Int = 0, tasks: Int, workers: Int,
    label: String = "made-up", timeout: Double = 600, bytes: [UInt8]? = nil
  ) throws(WorkerError) -> ExecutedRound {
    try run(
      task.batch(
        board, number: number, tasks: tasks, workers: workers, label: label, timeout: timeout,
        bytes: bytes))
  }
}
