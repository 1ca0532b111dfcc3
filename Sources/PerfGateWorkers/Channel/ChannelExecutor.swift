import PerfGateMachine

extension ExecutorKind {
  /// A producer, a bounded channel, and pinned threads that receive from it.
  ///
  /// - Parameter capacity: how many messages it holds; with 0 a message goes from hand to hand.
  static func channel(capacity: Int = 0) -> ExecutorKind {
    ExecutorKind(
      capacity == 0 ? "channel" : "channel:\(capacity)",
      "a producer sends tasks through a bounded channel, as in Go (channel:N: it holds N)"
    ) { setup throws(WorkerError) in
      ChannelExecutor(pool: try WorkerPool(setup), capacity: capacity)
    }
  }
}

/// Tasks go through a ``TaskChannel`` to the threads of a pool, which receive until it is closed.
final class ChannelExecutor: Executor {
  private let pool: WorkerPool
  private let capacity: Int

  init(pool: WorkerPool, capacity: Int) {
    self.pool = pool
    self.capacity = capacity
  }

  var slots: [WorkerSlot] { pool.slots }
  var threadIDs: [Int32] { pool.threadIDs }
  var startupSeconds: Double { pool.startupSeconds }

  func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound {
    try pool.run(batch) { .channel(batch.body, pool.channel(batch, capacity: capacity)) }
  }

  func forEachResult(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {
    pool.forEachResult(visit)
  }

  func beginObservation() throws(WorkerError) { try pool.beginObservation() }

  func endObservation() throws(WorkerError) -> [PlacementObservation] {
    try pool.endObservation()
  }
}
