import PerfGateMachine
import PerfGateWorkers

/// A request of the arm protocol.
package enum ArmRequest: Hashable, Sendable {
  /// The input of a kernel at a size.
  package struct Input: Hashable, Sendable {
    /// The kernel's name on the wire.
    package var kernel: String
    /// The size in the kernel's units, from 0.
    package var size: Int
    /// The seed of the input.
    package var seed: UInt64

    package init(kernel: String, size: Int, seed: UInt64) {
      self.kernel = kernel
      self.size = size
      self.seed = seed
    }
  }

  /// An arm to run.
  package struct Run: Hashable, Sendable {
    /// What the tasks read.
    package var input: Input
    /// The variant's name on the wire.
    package var variant: String
    /// The executor's name.
    package var executor: String
    /// The number of workers, from 1.
    package var workers: Int
    /// The number of tasks, from 1.
    package var tasks: Int

    package init(input: Input, variant: String, executor: String, workers: Int, tasks: Int) {
      self.input = input
      self.variant = variant
      self.executor = executor
      self.workers = workers
      self.tasks = tasks
    }
  }

  case hello(version: String)
  case catalog
  case place(WirePlacement)
  case prepare(Input)
  case keep(Input)
  case run(Run)
  /// Results of tasks of the last run.
  case results(first: Int, count: Int)
  /// For each worker the other CPUs of its core, or one set for all; files that count throttling.
  case watch(siblings: [CPUSet], files: [String])
  case sample
  case memory(kernel: String)
  case observe
  /// Starts the workers of an executor.
  case startup(executor: String, workers: Int)
  /// How long worker processes may be silent in the arms that follow, in a round and before it, in ns.
  case limit(round: UInt64, input: UInt64)
  /// Counts calls of the code of an arm on one thread, their instructions too if asked for.
  case count(Run, instructions: Bool)
  /// Lets the workers run before other programs.
  case raise
  case quit
}

/// What is wrong with a request.
package struct ArmRequestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what failed, what was found, what is expected.
  package var description: String

  package init(_ description: String) { self.description = description }
}

extension ArmRequest {
  /// Whether it is the first one.
  package var isGreeting: Bool { if case .hello = self { true } else { false } }

  /// The request as a line, without its end.
  package var line: String {
    switch self {
    case .hello(let version): "hello \(version)"
    case .catalog: "catalog"
    case .place(let placement): "place \(placement.text)"
    case .prepare(let input): "prepare \(input.kernel) \(input.size) \(input.seed)"
    case .keep(let input): "keep \(input.kernel) \(input.size) \(input.seed)"
    case .run(let run):
      "run \(run.input.kernel) \(run.variant) \(WireText.executor(run.executor)) \(run.workers) \(run.tasks) "
        + "\(run.input.size) \(run.input.seed)"
    case .results(let first, let count): "results \(first) \(count)"
    case .watch(let siblings, let files):
      (["watch", siblings.map { $0.isEmpty ? "none" : "\($0)" }.joined(separator: "/")]
        + files.map { WireText.escaped($0, spaces: false) }).joined(separator: " ")
    case .sample: "sample"
    case .memory(let kernel): "memory \(kernel)"
    case .observe: "observe"
    case .startup(let executor, let workers):
      "startup \(WireText.executor(executor)) \(workers)"
    case .limit(let round, let input): "limit \(round) \(input)"
    case .count(let run, let instructions):
      "count \(run.input.kernel) \(run.variant) \(run.tasks) \(run.input.size) \(run.input.seed)"
        + (instructions ? " \(WireCounts.instructions)" : "")
    case .raise: "raise"
    case .quit: "quit"
    }
  }

  /// Reads a line without its end.
  package init(parsing line: String) throws(ArmRequestError) {
    guard line.utf8.count <= ArmProtocol.longestLine else {
      throw ArmRequestError("the request is longer than \(ArmProtocol.longestLine) bytes")
    }
    guard line.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
      throw ArmRequestError("the request has bytes that are not printable ASCII")
    }
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard !words.contains("") else {
      throw ArmRequestError("the request has an empty field; separate fields by one space")
    }
    var fields = Fields(name: words[0], values: words.dropFirst())
    self = try Self.request(&fields)
    try fields.end()
  }

  private static func request(_ fields: inout Fields) throws(ArmRequestError) -> ArmRequest {
    switch fields.name {
    case "hello": return .hello(version: try fields.next("VERSION"))
    case "catalog": return .catalog
    case "place":
      return .place(
        try WirePlacement(cpus: try fields.next("CPUS"), memory: try fields.next("MEMORY")))
    case "prepare": return .prepare(try fields.input())
    case "keep": return .keep(try fields.input())
    case "run":
      let kernel = try fields.nextName("KERNEL")
      let variant = try fields.nextName("VARIANT")
      let executor = WireText.executorName(try fields.nextName("EXECUTOR"))
      let workers = try fields.number("WORKERS", in: 1...Executors.maximumWorkers)
      let tasks = try fields.number("TASKS", in: 1...Executors.maximumTasks)
      let input = try fields.input(of: kernel)
      return .run(
        Run(input: input, variant: variant, executor: executor, workers: workers, tasks: tasks))
    case "results":
      return .results(
        first: try fields.number("FIRST", in: 0...Executors.maximumTasks),
        count: try fields.number("COUNT", in: 0...ArmProtocol.mostResults))
    case "watch": return try watch(&fields)
    case "sample": return .sample
    case "memory": return .memory(kernel: try fields.nextName("KERNEL"))
    case "observe": return .observe
    case "startup":
      return .startup(
        executor: WireText.executorName(try fields.nextName("EXECUTOR")),
        workers: try fields.number("WORKERS", in: 1...Executors.maximumWorkers))
    case "limit":
      return .limit(
        round: try fields.number("ROUND", in: 1...UInt64.max),
        input: try fields.number("INPUT", in: 1...UInt64.max))
    case "count":
      let kernel = try fields.nextName("KERNEL")
      let variant = try fields.nextName("VARIANT")
      let calls = try fields.number("CALLS", in: 1...ArmProtocol.mostResults)
      let input = try fields.input(of: kernel)
      let extra = fields.rest()
      guard extra.isEmpty || extra == [WireCounts.instructions] else {
        throw ArmRequestError(
          "cannot read \(extra.joined(separator: " ")): expected \(WireCounts.instructions) or nothing"
        )
      }
      return .count(
        Run(
          input: input, variant: variant, executor: ExecutorName.singleThread, workers: 1,
          tasks: calls), instructions: !extra.isEmpty)
    case "raise": return .raise
    case "quit": return .quit
    default: throw ArmRequestError("unknown request \(fields.name)")
    }
  }

  private static func watch(_ fields: inout Fields) throws(ArmRequestError) -> ArmRequest {
    let text = try fields.next("SIBLINGS")
    var siblings: [CPUSet] = []
    for group in text.split(separator: "/", omittingEmptySubsequences: false) {
      do {
        guard !group.isEmpty else { throw CPUListError.notANumber(part: "", list: text) }
        siblings.append(group == "none" ? CPUSet() : try CPUSet(parsing: group))
      } catch { throw ArmRequestError("cannot read SIBLINGS: \(error)") }
    }
    return .watch(siblings: siblings, files: fields.rest().map { WireText.unescaped($0) })
  }

  /// The fields of a request, read one after another.
  private struct Fields {
    let name: String
    var values: ArraySlice<String>

    mutating func next(_ field: String) throws(ArmRequestError) -> String {
      guard let value = values.popFirst() else {
        throw ArmRequestError("\(name) needs \(field)")
      }
      return value
    }

    mutating func nextName(_ field: String) throws(ArmRequestError) -> String {
      let value = try next(field)
      guard ArmProtocol.isName(value) else {
        throw ArmRequestError("\(name): \(field) \(value) is no name: expected [a-z0-9._-]+")
      }
      return value
    }

    mutating func number<Value: FixedWidthInteger>(
      _ field: String, in range: ClosedRange<Value>
    ) throws(ArmRequestError) -> Value {
      let value = try next(field)
      guard let number = WireText.number(value, in: range) else {
        throw ArmRequestError(
          "\(name): \(field) is \(value), expected \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }

    mutating func input() throws(ArmRequestError) -> Input {
      try input(of: nextName("KERNEL"))
    }

    mutating func input(of kernel: String) throws(ArmRequestError) -> Input {
      Input(
        kernel: kernel, size: try number("SIZE", in: 0...Int.max),
        seed: try number("SEED", in: 0...UInt64.max))
    }

    mutating func rest() -> [String] {
      defer { values = [] }
      return Array(values)
    }

    func end() throws(ArmRequestError) {
      guard let extra = values.first else { return }
      throw ArmRequestError("\(name) has a field too many: \(extra)")
    }
  }
}
