/// A statement about speed or scaling that can be false.
public struct Claim: Hashable, Sendable {
  /// What a claim states. Each kind is in its own file, such as
  /// ``ratio(subject:reference:atMost:workers:)``.
  public struct Kind: Sendable {
    package let statement: any ClaimStatement

    init(_ statement: some ClaimStatement) { self.statement = statement }

    /// How the kind turns a ratio of two times into its value.
    public var form: ClaimForm { statement.form }
    /// The limit that decides.
    public var limit: Double { statement.limit }
    /// Whether the claim is decided by stored sessions.
    package var isBaseline: Bool { form == .baseline || storedCountMargin != nil }
    /// By how much more a count may be than the stored one; `nil`: it is compared with none.
    package var storedCountMargin: Double? { statement.storedCountMargin }
  }

  /// The claim's name, unique in a run: `viete.swift-vs-c`.
  public let id: String
  /// One sentence for people.
  public let text: String
  /// The name of the kernel that the claim is about.
  public let kernel: String
  /// What the claim states.
  public let kind: Kind
  /// The number of equal tasks of the work.
  public let tasks: Int
  /// How tasks reach the workers, such as `channel`. `pool`, the default, leaves that to whoever
  /// judges.
  public let executor: String

  /// The smallest amount by which a limit may exceed 1. Less cannot be distinguished from noise.
  public static let leastMargin = 0.02

  /// Makes a claim about a kernel.
  ///
  /// - Parameters:
  ///   - id: its name in messages, records and baselines, unique in a list of claims.
  ///   - text: one sentence for people.
  ///   - kernel: the kernel's name.
  ///   - kind: what the claim states.
  ///   - tasks: the number of equal tasks in a round. It limits the possible speedup.
  ///   - executor: how tasks reach the workers, such as `channel` or `task-group`.
  /// - Throws: ``ClaimError`` if the statement cannot be true or cannot be distinguished from
  ///   noise.
  public init(
    id: String, text: String, kernel: String, _ kind: Kind, tasks: Int = 50,
    executor: String = "pool"
  ) throws(ClaimError) {
    self.executor = executor
    self.id = id
    self.text = text
    self.kernel = kernel
    self.kind = kind
    self.tasks = tasks
    let problem =
      tasks < 1 ? "\(tasks) tasks; use at least 1" : kind.statement.problem(tasks: tasks)
    if let problem {
      throw ClaimError(claim: id, problem: problem)
    }
  }

  /// The same claim on another executor.
  package func on(_ executor: String) throws(ClaimError) -> Claim {
    try Claim(id: id, text: text, kernel: kernel, kind, tasks: tasks, executor: executor)
  }

  /// The executor that it is judged on.
  ///
  /// - Parameter chosen: what whoever judges has chosen.
  package func executor(of kernel: AnyKernel, chosen: String) -> String {
    if kernel.isAsynchronous { return ExecutorName.taskExecutor }
    if variants.contains(where: { kernel.variant($0)?.messageWay != nil }) {
      return ExecutorName.process
    }
    return executor == ExecutorName.pool ? chosen : executor
  }

  /// The variants that the claim is about.
  public var variants: [String] { kind.statement.variants }

  /// Whether a larger value is better.
  public var isHigherBetter: Bool { kind.statement.isHigherBetter }

  /// How many workers the claim needs if this many are allowed.
  public func workers(allowed: Int) -> Int { kind.statement.workers(allowed: allowed) }

  /// What the claim's value is, in words. Sessions with the same words can be compared.
  package func quantity(_ kernel: AnyKernel, workers: Int, executor: String) -> String {
    kind.statement.quantity(QuantityWords(kernel: kernel, workers: workers, tasks: tasks))
      + (executor == ExecutorName.pool ? "" : ", executor \(executor)")
  }
}

extension Claim.Kind: Hashable {
  /// Whether both kinds state the same.
  public static func == (first: Claim.Kind, second: Claim.Kind) -> Bool {
    AnyHashable(first.statement) == AnyHashable(second.statement)
  }

  /// Hashes the statement.
  public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(statement)) }
}

/// Why a statement cannot be a claim.
public struct ClaimError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The claim's name.
  public var claim: String
  /// What was found and what to do.
  public var problem: String

  /// The message, in one line.
  public var description: String { "cannot make claim \(claim): \(problem)" }
}
