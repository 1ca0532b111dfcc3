import PerfGateStatistics

/// A statement about speed or scaling that can be false.
public struct Claim: Hashable, Sendable {
  /// What is stated.
  public enum Kind: Hashable, Sendable {
    /// Variant `subject` takes at most `atMost` times as long as variant `reference`.
    case ratio(subject: String, reference: String, atMost: Double, workers: Int)
    /// Variant `subject` is at least `atLeast` times as fast as variant `reference`.
    case faster(subject: String, reference: String, atLeast: Double, workers: Int)
    /// From 1 to `workers` workers the variant becomes at least `atLeast` times as fast.
    case speedup(variant: String, workers: Int, atLeast: Double)
    /// At as many workers as are allowed, up to `upTo`, speedup over workers is at least `atLeast`.
    case efficiency(variant: String, upTo: Int, atLeast: Double)
    /// A task of size `to` takes at most `atMost` times as long as one of size `from`.
    case flatOverSizes(variant: String, from: Int, to: Int, atMost: Double)
    /// At as many workers as are allowed, up to `upTo`, the same tasks take at most `atMost` times
    /// as long as on one.
    case flatOverWorkers(variant: String, upTo: Int, atMost: Double)
    /// The quantity is not worse than in this machine's stored sessions by more than a part of it:
    /// 0.05 for 5 %.
    case baseline(Quantity, worseByAtMost: Double)

    /// The word for it in a record.
    public var name: String {
      switch self {
      case .ratio: "ratio"
      case .faster: "faster"
      case .speedup: "speedup"
      case .efficiency: "efficiency"
      case .flatOverSizes, .flatOverWorkers: "flat"
      case .baseline: "baseline"
      }
    }

    /// All these words.
    public static let names = ["ratio", "faster", "speedup", "efficiency", "flat", "baseline"]

    /// The number that decides.
    public var limit: Double {
      switch self {
      case .ratio(_, _, let limit, _), .faster(_, _, let limit, _), .speedup(_, _, let limit),
        .efficiency(_, _, let limit), .flatOverSizes(_, _, _, let limit),
        .flatOverWorkers(_, _, let limit):
        limit
      case .baseline(_, let margin): 1 + margin
      }
    }
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

  /// A claim.
  ///
  /// - Parameter tasks: equal tasks of a round; decides what speedup is possible at all.
  /// - Throws: ``ClaimError`` when the statement cannot be true, or cannot be told from noise.
  public init(
    id: String, text: String, kernel: String, _ kind: Kind, tasks: Int = 50
  ) throws(ClaimError) {
    self.id = id
    self.text = text
    self.kernel = kernel
    self.kind = kind
    self.tasks = tasks
    if let problem = Self.problem(kind, tasks: tasks) {
      throw ClaimError(claim: id, problem: problem)
    }
  }

  /// The variants that it is about.
  public var variants: [String] {
    switch kind {
    case .ratio(let subject, let reference, _, _), .faster(let subject, let reference, _, _):
      [subject, reference]
    case .speedup(let variant, _, _), .efficiency(let variant, _, _),
      .flatOverSizes(let variant, _, _, _), .flatOverWorkers(let variant, _, _),
      .baseline(.time(let variant, _), _), .baseline(.speedup(let variant, _), _):
      [variant]
    case .baseline(.ratio(let subject, let reference, _), _): [subject, reference]
    }
  }

  /// Whether a larger figure is the better one.
  public var isHigherBetter: Bool {
    switch kind {
    case .faster, .speedup, .efficiency, .baseline(.speedup, _): true
    case .ratio, .flatOverSizes, .flatOverWorkers, .baseline: false
    }
  }

  /// How many workers the claim needs where so many are allowed.
  public func workers(allowed: Int) -> Int {
    switch kind {
    case .ratio(_, _, _, let workers), .faster(_, _, _, let workers), .speedup(_, let workers, _),
      .baseline(.time(_, let workers), _), .baseline(.ratio(_, _, let workers), _):
      workers
    case .efficiency(_, let upTo, _), .flatOverWorkers(_, let upTo, _),
      .baseline(.speedup(_, let upTo), _):
      max(2, min(upTo, allowed))
    case .flatOverSizes: 1
    }
  }

  private static func problem(_ kind: Kind, tasks: Int) -> String? {
    guard tasks >= 1 else { return "\(tasks) tasks; use at least 1" }
    switch kind {
    case .ratio(let subject, let reference, let limit, let workers):
      return pairProblem(subject, reference, workers: workers) ?? ratioProblem(limit)
    case .faster(let subject, let reference, let limit, let workers):
      return pairProblem(subject, reference, workers: workers) ?? fasterProblem(limit)
    case .speedup(_, let workers, let limit):
      return speedupProblem(limit, workers: workers, tasks: tasks)
    case .efficiency(_, let workers, let limit):
      guard limit > 0, limit < 1 else {
        return "efficiency \(limit) cannot be shown; use a number above 0 and below 1"
      }
      return workers < 2 ? "\(workers) workers; use at least 2" : nil
    case .flatOverSizes(_, let from, let to, let limit):
      guard from >= 1, to > from else {
        return "sizes from \(from) to \(to); use rising sizes from 1 on"
      }
      return marginProblem(limit)
    case .flatOverWorkers(_, let workers, let limit):
      return workers < 2 ? "\(workers) workers; use at least 2" : marginProblem(limit)
    case .baseline(let quantity, let margin):
      guard margin <= 1 else { return "worse by \(margin) is much: 0.05 are 5 %; use 1 at most" }
      return quantity.problem ?? marginProblem(1 + margin)
    }
  }

  private static func pairProblem(_ subject: String, _ reference: String, workers: Int) -> String? {
    if subject == reference { return "it compares \(subject) with itself; name two variants" }
    return workers < 1 ? "\(workers) workers; use at least 1" : nil
  }

  /// A limit below 1 claims that the subject is the faster one.
  private static func ratioProblem(_ limit: Double) -> String? {
    guard limit.isFinite, limit > 0 else { return "ratio \(limit); use a number above 0" }
    guard limit <= 1 || limit >= 1 + leastMargin else {
      return "limit \(limit) cannot be told from noise; use 1.0 or less, or \(1 + leastMargin) or "
        + "more"
    }
    return nil
  }

  private static func fasterProblem(_ limit: Double) -> String? {
    guard limit.isFinite else { return "\(limit) times as fast; use a number from 1 on" }
    guard limit >= 1 else {
      return "at least \(limit) times as fast allows it to be slower; use 1 or more, or claim a "
        + "ratio"
    }
    return nil
  }

  private static func marginProblem(_ limit: Double) -> String? {
    guard limit.isFinite, limit >= 1 + leastMargin else {
      return "limit \(limit) cannot be told from noise; use \(1 + leastMargin) or more"
    }
    return nil
  }

  private static func speedupProblem(
    _ limit: Double, workers: Int, tasks: Int
  ) -> String? {
    guard workers >= 2 else { return "\(workers) workers; use at least 2" }
    guard limit.isFinite, limit > 0 else { return "speedup \(limit); use a number above 0" }
    guard let bound = greatestSpeedup(tasks: tasks, workers: workers), limit < bound else {
      let bound = greatestSpeedup(tasks: tasks, workers: workers) ?? 1
      return "speedup \(limit) is out of reach: \(tasks) equal tasks on \(workers) workers can "
        + "reach at most \((bound * 100).rounded() / 100); claim less, or use more tasks"
    }
    return nil
  }
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
