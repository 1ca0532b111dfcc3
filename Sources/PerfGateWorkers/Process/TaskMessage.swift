/// What a task is sent if its number alone is not enough: bytes that another process needs.
package struct TaskMessage: Sendable {
  /// How the bytes get there.
  package enum Way: String, Hashable, Sendable {
    /// Through the socket: they are copied into it, out of it, and decoded.
    case serialized
    /// In memory that both processes map and nobody can change.
    case shared
  }

  /// How the bytes get there.
  package var way: Way
  /// How many bytes it has.
  package var count: Int
  /// Calls the closure with the bytes.
  package var withBytes: @Sendable (_ body: (UnsafeRawBufferPointer) -> Void) -> Void

  /// A message.
  package init(
    _ way: Way, count: Int,
    withBytes: @escaping @Sendable (_ body: (UnsafeRawBufferPointer) -> Void) -> Void
  ) {
    self.way = way
    self.count = count
    self.withBytes = withBytes
  }
}

/// What a worker process does with a message, and the task's result.
package enum MessageReceiver: Sendable {
  /// Makes a value of `count` bytes that `fill` puts into its memory.
  case serialized(
    @Sendable (_ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) -> UInt64)
  /// Reads bytes that it can look at until it returns.
  case shared(@Sendable (_ bytes: UnsafeRawBufferPointer) -> UInt64)
}

/// The code of a task in a worker process.
package struct WorkerCode: Sendable {
  /// The work of a task that gets its number only; `nil`: it gets a message.
  package var run: TaskBody?
  /// What is done with a message; `nil`: it gets none.
  package var receiver: MessageReceiver?
  /// The most bytes of a message.
  package var mostBytes: Int

  /// The code of a task.
  package init(run: TaskBody? = nil, receiver: MessageReceiver? = nil, mostBytes: Int = 0) {
    self.run = run
    self.receiver = receiver
    self.mostBytes = mostBytes
  }
}

/// A program whose processes are workers: this one, started again with other arguments.
package struct WorkerProgram: Hashable, Sendable {
  /// The path of its file.
  package var path: String
  /// The first argument, which programs take as their own name; `nil`: the path.
  package var nameArgument: String?
  /// The arguments after the name.
  package var arguments: [String]
  /// All of its environment variables.
  package var environment: [String: String]
  /// How long a worker may take to start, in seconds.
  package var startTimeout: Double

  package init(
    path: String, nameArgument: String? = nil, arguments: [String], environment: [String: String],
    startTimeout: Double = 30
  ) {
    self.path = path
    self.nameArgument = nameArgument
    self.arguments = arguments
    self.environment = environment
    self.startTimeout = startTimeout
  }
}
