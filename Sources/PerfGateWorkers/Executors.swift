import PerfGateMachine

/// One kind of executor: its name, and how one is started.
package struct ExecutorKind: Sendable {
  /// The name in a series id and on the command line: `pool`.
  package let name: String
  /// How it hands out tasks, in a few words for the help.
  package let summary: String
  /// Starts a worker on each slot and waits until all are ready; worker `i` has its own memory at
  /// `memory[i]`, or wherever it touches it first.
  package let start:
    @Sendable (_ slots: [WorkerSlot], _ memory: [MemoryTarget]) throws(WorkerError) -> any Executor

  /// A kind of executor.
  package init(
    _ name: String, _ summary: String,
    start:
      @escaping @Sendable (_ slots: [WorkerSlot], _ memory: [MemoryTarget]) throws(WorkerError) ->
      any Executor
  ) {
    self.name = name
    self.summary = summary
    self.start = start
  }
}

/// The executors there are.
package enum Executors {
  /// Every kind. A new one is a file of its own and a row here.
  package static let all: [ExecutorKind] = [
    .pool
  ]

  /// The most tasks of one round.
  package static let maximumTasks = 10_000_000
  /// The most workers of one executor.
  package static let maximumWorkers = 1024

  /// The kind of that name; `nil` when there is none.
  package static func named(_ name: String) -> ExecutorKind? { all.first { $0.name == name } }
}
