import PerfGateStatistics

/// What a claim states, with its numbers. Each kind of claim has its own type.
package protocol ClaimStatement: Hashable, Sendable {
  /// How its kind turns a ratio of two times into its value.
  var form: ClaimForm { get }
  /// The limit that decides.
  var limit: Double { get }
  /// The variants that the statement is about.
  var variants: [String] { get }
  /// Whether a larger measured value is better.
  var isHigherBetter: Bool { get }
  /// Why the statement cannot be true or cannot be distinguished from noise; `nil`: it can.
  ///
  /// - Parameter tasks: equal tasks of a round, from 1.
  func problem(tasks: Int) -> String?
  /// How many workers it needs if `allowed` may be used.
  func workers(allowed: Int) -> Int
  /// Why it cannot be checked on this many workers although they are allowed; `nil`: it can.
  func refusal(tasks: Int, workers: Int) -> Reason?
  /// The two sides to run.
  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide)
  /// What its value is, in words. Sessions with the same words can be compared.
  func quantity(_ words: QuantityWords) -> String
  /// By how much more a count may be than the stored one, as a share of it; `nil`: it is compared with
  /// none.
  var storedCountMargin: Double? { get }
}

extension ClaimStatement {
  package var isHigherBetter: Bool { form.direction == .atLeast }
  package func refusal(tasks: Int, workers: Int) -> Reason? { nil }
  package var storedCountMargin: Double? { nil }
}

/// One side of a claim, before the amount of work is known.
package struct ClaimSide: Hashable, Sendable {
  /// Whose time it is.
  package enum Code: Hashable, Sendable {
    /// A variant of the claim's kernel.
    case variant(String)
    /// The reference kernel for a baseline of the claim's kernel.
    case referenceKernel
  }

  /// Whose time it is.
  package var code: Code
  /// The program that has the code: this one, or another revision.
  package var program = SeriesKey.ownProgram
  /// How many workers it runs on.
  package var workers: Int
  /// The size of a task, if the claim names one.
  package var size: Int?
  /// Whether it may do fewer tasks than the other side if it is much slower.
  package var mayDoFewer = false
  /// The workers of the claim if the number of tasks grows with the workers of a side; otherwise
  /// `nil`.
  package var tasksGrowTo: Int?

  /// A variant on this many workers.
  package static func variant(_ name: String, _ workers: Int) -> ClaimSide {
    ClaimSide(code: .variant(name), workers: workers)
  }

  /// Two variants to compare. The slower one may do fewer tasks, because the ratio is for one task
  /// each.
  static func pair(
    _ subject: String, _ reference: String, _ workers: Int
  ) -> (subject: ClaimSide, reference: ClaimSide) {
    var sides = (subject: variant(subject, workers), reference: variant(reference, workers))
    (sides.subject.mayDoFewer, sides.reference.mayDoFewer) = (true, true)
    return sides
  }

  /// How many tasks it does if the claim is about `whole` tasks.
  package func tasks(of whole: Int) -> Int {
    tasksGrowTo.map { max(1, whole / $0) * workers } ?? whole
  }

  /// The variant; `nil` for the reference kernel.
  package var variant: String? { if case .variant(let name) = code { name } else { nil } }
}

/// The parts of a quantity's name.
package struct QuantityWords {
  /// The kernel that the quantity is about.
  let kernel: AnyKernel
  /// How many workers.
  let workers: Int
  /// How many equal tasks.
  let tasks: Int

  /// `at 2 workers`.
  var at: String { "at \(workers) \(workers == 1 ? "worker" : "workers")" }
  /// A fixed size decides which cache is used, so it is part of the name. A calibrated size is not.
  var size: String { kernel.work.defaultSize.map { ", \($0) \(kernel.work.unit)s" } ?? "" }

  func time(_ subject: String, over reference: String) -> String {
    "time of \(kernel.name)/\(subject) over \(reference) \(at)\(size)"
  }

  func speedup(_ variant: String) -> String {
    "speedup of \(kernel.name)/\(variant) \(at), \(tasks) tasks\(size)"
  }
}

/// Checks of a claim's numbers, shared by the kinds.
enum ClaimProblem {
  static func pair(_ subject: String, _ reference: String, workers: Int) -> String? {
    if subject == reference { return "it compares \(subject) with itself; name two variants" }
    return Self.workers(workers, least: 1)
  }

  static func workers(_ workers: Int, least: Int) -> String? {
    workers < least ? "\(workers) workers; use at least \(least)" : nil
  }

  /// Refuses limits between 1 and the least margin above it: they cannot be distinguished from
  /// noise.
  static func margin(_ limit: Double) -> String? {
    guard limit.isFinite, limit >= 1 + Claim.leastMargin else {
      return "limit \(limit) is within noise; use \(1 + Claim.leastMargin) or more"
    }
    return nil
  }

  /// Refuses a speedup that the equal tasks cannot reach, because workers cannot share them evenly.
  static func speedup(_ limit: Double, workers: Int, tasks: Int) -> String? {
    if let problem = Self.workers(workers, least: 2) { return problem }
    guard limit.isFinite, limit > 0 else { return "speedup \(limit); use a number above 0" }
    guard let bound = greatestSpeedup(tasks: tasks, workers: workers), limit < bound else {
      let bound = greatestSpeedup(tasks: tasks, workers: workers) ?? 1
      return "speedup \(limit) is out of reach: \(tasks) equal tasks on \(workers) workers can "
        + "reach at most \((bound * 100).rounded() / 100); claim less, or use more tasks"
    }
    return nil
  }

  /// All allowed workers up to a limit, but at least 2.
  static func upTo(_ most: Int, allowed: Int) -> Int { max(2, min(most, allowed)) }
}
