import PerfGateMachine

/// One kind of executor: its name, and how one is started.
package struct ExecutorKind: Sendable {
  /// The name in a series id and on the command line: `pool`.
  package let name: String
  /// How it hands out tasks, in a few words for the help.
  package let summary: String
  /// How its workers are kept on their slots.
  package let placement: Placement
  /// Starts a worker on each slot and waits until all are ready.
  package let start: @Sendable (_ setup: ExecutorSetup) throws(WorkerError) -> any Executor

  /// How workers are kept on their slots.
  package enum Placement: Hashable, Sendable {
    /// Each thread on the CPU of its slot.
    case pinned
    /// Threads of a runtime, each on any CPU of the round's slots.
    case confined
    /// Each process on the CPU of its slot.
    case processes
    /// Each rank on a CPU of its own host.
    case ranks
  }

  /// Whether only the ticks of its CPUs tell what others use of them.
  package var isWatchedByTicks: Bool { placement == .confined || placement == .processes }

  /// Whether tasks run in other processes, which find their code by its name.
  package var isElsewhere: Bool { placement == .processes || placement == .ranks }

  /// A kind of executor.
  package init(
    _ name: String, _ summary: String, placement: Placement = .pinned,
    start: @escaping @Sendable (_ setup: ExecutorSetup) throws(WorkerError) -> any Executor
  ) {
    self.name = name
    self.summary = summary
    self.placement = placement
    self.start = start
  }
}

/// What an executor is started with.
package struct ExecutorSetup: Sendable {
  /// Where the workers run.
  package var slots: [WorkerSlot]
  /// Where the memory of each worker goes, worker `i` at index `i`; others have theirs wherever they
  /// touch it first.
  package var memory: [MemoryTarget]
  /// The program whose processes are workers; `nil`: this one cannot be started for that.
  package var program: WorkerProgram?

  package init(
    slots: [WorkerSlot], memory: [MemoryTarget] = [], program: WorkerProgram? = nil
  ) {
    self.slots = slots
    self.memory = memory
    self.program = program
  }
}

/// The executors there are.
package enum Executors {
  /// Every kind. A new one is a file of its own and a row here.
  package static let all: [ExecutorKind] =
    [.pool, .channel(), .taskGroup, .taskExecutor, .dispatch, .process] + ofRanks

  /// Those whose workers are ranks: only where a launcher has started some.
  private static var ofRanks: [ExecutorKind] {
    #if MPI
      MPIJob.current == nil ? [] : [.mpi]
    #else
      []
    #endif
  }

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
