/// A statement about speed or scaling that can be false.
public struct Claim: Hashable, Sendable {
  /// What is stated: one of the kinds that the files beside this one add, such as
  /// ``ratio(subject:reference:atMost:workers:)``.
  public struct Kind: Sendable {
    package let statement: any ClaimStatement

    init(_ statement: some ClaimStatement) { self.statement = statement }

    /// What the kind makes of a ratio of two times.
    public var form: ClaimForm { statement.form }
    /// The number that decides.
    public var limit: Double { statement.limit }
    /// Whether stored sessions decide.
    package var isBaseline: Bool { form == .baseline }
  }

  /// The claim's name, unique in a run: `viete.swift-vs-c`.
  public let id: String
  /// The sentence a reader needs.
  public let text: String
  /// The kernel that it is about.
  public let kernel: String
  /// What is stated.
  public let kind: Kind
  /// How many equal tasks the work is cut into.
  public let tasks: Int

  /// The least that a ratio above 1 may exceed it by: less cannot be told from noise.
  public static let leastMargin = 0.02

  /// Makes a claim about a kernel.
  ///
  /// - Parameters:
  ///   - id: its name in messages, records and baselines, unique in a list of claims.
  ///   - text: one sentence for people.
  ///   - kernel: the kernel's name.
  ///   - kind: what is stated.
  ///   - tasks: equal tasks of a round; decides what speedup is possible at all.
  /// - Throws: ``ClaimError`` when the statement cannot be true, or cannot be told from noise.
  public init(
    id: String, text: String, kernel: String, _ kind: Kind, tasks: Int = 50
  ) throws(ClaimError) {
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

  /// The variants that it is about.
  public var variants: [String] { kind.statement.variants }

  /// Whether a larger value is the better one.
  public var isHigherBetter: Bool { kind.statement.isHigherBetter }

  /// How many workers the claim needs where so many are allowed.
  public func workers(allowed: Int) -> Int { kind.statement.workers(allowed: allowed) }

  /// What its value is, in words; two sessions with the same words can be compared.
  package func quantity(_ kernel: AnyKernel, workers: Int, executor: String) -> String {
    kind.statement.quantity(QuantityWords(kernel: kernel, workers: workers, tasks: tasks))
      + (executor == ExecutorName.pool ? "" : ", executor \(executor)")
  }
}

extension Claim.Kind: Hashable {
  /// Whether both state the same.
  public static func == (first: Claim.Kind, second: Claim.Kind) -> Bool {
    AnyHashable(first.statement) == AnyHashable(second.statement)
  }

  /// Hashes what is stated.
  public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(statement)) }
}

/// Why a statement is no claim.
public struct ClaimError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The claim's name.
  public var claim: String
  /// What was found, and what to do.
  public var problem: String

  /// One line.
  public var description: String { "cannot make claim \(claim): \(problem)" }
}
