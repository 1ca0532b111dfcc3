import PerfGateMachine

/// One kind of executor: its name, and how one is started.
package struct ExecutorKind: Sendable {
  /// The name in a series id and on the command line: `pool`.
  package let name: String
  /// How it hands out tasks, in a few words for the help.
  package let summary: String
  /// How its workers are kept on their slots.
  package let placement: Placement
  /// Starts a worker on each slot and waits until all are ready; worker `i` has its own memory at
  /// `memory[i]`, or wherever it touches it first.
  package let start:
    @Sendable (_ slots: [WorkerSlot], _ memory: [MemoryTarget]) throws(WorkerError) -> any Executor

  /// How workers are kept on their slots.
  package enum Placement: Hashable, Sendable {
    /// Each thread on the CPU of its slot.
    case pinned
    /// Threads of a runtime, each on any CPU of the round's slots.
    case confined
  }

  /// A kind of executor.
  package init(
    _ name: String, _ summary: String, placement: Placement = .pinned,
    start:
      @escaping @Sendable (_ slots: [WorkerSlot], _ memory: [MemoryTarget]) throws(WorkerError) ->
      any Executor
  ) {
    self.name = name
    self.summary = summary
    self.placement = placement
    self.start = start
  }
}

/// The executors there are.
package enum Executors {
  /// Every kind. A new one is a file of its own and a row here.
  package static let all: [ExecutorKind] = [
    .pool, .channel(), .taskGroup, .taskExecutor, .dispatch,
  ]

  /// The most tasks of one round.
  package static let maximumTasks = 10_000_000
  /// The most workers of one executor.
  package static let maximumWorkers = 1024

  /// The kind of that name; `nil` when there is none.
  package static func named(_ name: String) -> ExecutorKind? {
    all.first { $0.name == name } ?? channel(named: name)
  }

  /// What a plan says about the executors that were chosen; nothing about the pool alone.
  package static func notes(_ names: [String]) -> [String] {
    if names == [ExecutorKind.pool.name] { return [] }
    let confined = names.filter { named($0)?.placement == .confined }
    return ["executor\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))"]
      + (confined.isEmpty
        ? []
        : [
          "\(confined.joined(separator: ", ")): threads of the runtime, confined to the CPUs of the "
            + "round's workers, not pinned one by one"
        ])
  }

  /// The channel with a capacity, `channel:N`.
  private static func channel(named name: String) -> ExecutorKind? {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "channel", let capacity = Int(parts[1]),
      1...maximumTasks ~= capacity, String(capacity) == parts[1]
    else { return nil }
    return .channel(capacity: capacity)
  }
}
