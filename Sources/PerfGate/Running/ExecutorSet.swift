import CPerfGateSystem
import PerfGateMachine
import PerfGateWorkers

/// The executors of a process, on the same slots: a pool from the beginning, others once somebody names
/// them.
final class ExecutorSet {
  /// The executors that may be named.
  private let kinds: [ExecutorKind]
  private let memory: [MemoryTarget]
  private let program: WorkerProgram?
  /// The started ones, by name.
  private var started: [String: any Executor]
  /// Those that failed. They are kept, because a watch tells executors apart by their addresses.
  private var retired: [any Executor] = []
  /// The one that is always there.
  private(set) var pool: WorkerPool
  /// Whether the workers run before all threads of ordinary priority.
  private(set) var hasPriority = false

  /// Starts the pool.
  init(_ setup: ExecutorSetup, kinds: [ExecutorKind]) throws(WorkerError) {
    self.kinds = kinds
    memory = setup.memory
    program = setup.program
    pool = try WorkerPool(slots: setup.slots, memory: setup.memory)
    started = [ExecutorName.pool: pool]
    try pool.beginObservation()
    // Thread numbers are reused, so drop errors of earlier threads.
    _ = ThrownErrors.take(of: pool.threadIDs)
  }

  /// The executor with that name, started if necessary.
  func executor(named name: String) throws(MeasurementError) -> any Executor {
    if let executor = started[name] { return executor }
    guard let kind = kinds.first(where: { $0.name == name }) ?? Executors.named(name) else {
      throw .unknownExecutor(name, known: kinds.map(\.name))
    }
    do {
      let executor = try kind.start(
        ExecutorSetup(slots: pool.slots, memory: memory, program: program))
      try executor.beginObservation()
      started[name] = executor
      _ = ThrownErrors.take(of: executor.threadIDs)
      if hasPriority { _ = executor.runFirst() }
      return executor
    } catch { throw .worker(error) }
  }

  /// Takes an executor whose processes failed out, so that others can be started. Threads of a failed round
  /// may still run.
  func replace(_ name: String, after error: WorkerError) {
    if case .interrupted = error { return }
    guard Executors.named(name)?.placement == .processes,
      let executor = started.removeValue(forKey: name)
    else { return }
    retired.append(executor)
  }

  /// Starts a larger pool in the place of all executors if there are fewer workers than `count` and none of
  /// them is pinned.
  ///
  /// - Returns: whether it has.
  func provide(workers count: Int) throws(WorkerError) -> Bool {
    guard count > pool.slots.count, pool.slots.allSatisfy({ $0.cpu == nil }) else { return false }
    let slots = (0..<count).map { WorkerSlot(worker: $0, cpu: nil, node: nil) }
    let same = Set(memory).count == 1 ? memory.first : nil
    let more = try WorkerPool(
      slots: slots, memory: same.map { Array(repeating: $0, count: count) } ?? memory)
    try more.beginObservation()
    pool = more
    started = [ExecutorName.pool: more]
    _ = ThrownErrors.take(of: pool.threadIDs)
    return true
  }

  /// Lets the workers run before all threads of ordinary priority; `false` if that is not allowed, or is so
  /// already.
  func raisePriority() -> Bool {
    guard !hasPriority, !threadIDs.isEmpty else { return false }
    hasPriority = started.values.allSatisfy { $0.runFirst() }
    return hasPriority
  }

  /// The thread numbers of all started workers.
  var threadIDs: [Int32] { started.values.flatMap(\.threadIDs) }

  /// What the workers of each executor have observed about their placement since the last call; the
  /// pool's come first.
  func observations() throws(MeasurementError) -> [(
    executor: String, workers: [PlacementObservation]
  )] {
    let others = started.filter { $0.key != ExecutorName.pool }.sorted { $0.key < $1.key }
    var all: [(executor: String, workers: [PlacementObservation])] = []
    do {
      for (name, executor) in [(ExecutorName.pool, pool as any Executor)] + others {
        // Threads of a runtime are not observed: there is no plan for each of them.
        let seen = try executor.endObservation()
        if !seen.isEmpty { all.append((name, seen)) }
        try executor.beginObservation()
      }
    } catch { throw .worker(error) }
    return all
  }
}
