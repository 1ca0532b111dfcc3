import PerfGateStatistics

/// What a claim states, with its numbers: one type for each kind of claim.
package protocol ClaimStatement: Hashable, Sendable {
  /// What its kind makes of a ratio of two times.
  var form: ClaimForm { get }
  /// The number that decides.
  var limit: Double { get }
  /// The variants that it is about.
  var variants: [String] { get }
  /// Whether a larger value of what is measured is the better one.
  var isHigherBetter: Bool { get }
  /// Why the statement cannot be true, or cannot be told from noise; `nil`: it can.
  ///
  /// - Parameter tasks: equal tasks of a round, from 1.
  func problem(tasks: Int) -> String?
  /// How many workers it needs where `allowed` may be used.
  func workers(allowed: Int) -> Int
  /// Why it cannot be checked on that many workers, although they are there; `nil`: it can.
  func refusal(tasks: Int, workers: Int) -> Reason?
  /// What is run on either side.
  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide)
  /// What its value is, in words; two sessions with the same words can be compared.
  func quantity(_ words: QuantityWords) -> String
}

extension ClaimStatement {
  package var isHigherBetter: Bool { form.direction == .atLeast }
  package func refusal(tasks: Int, workers: Int) -> Reason? { nil }
}

/// One side of a claim, before it is known how much work lasts long enough.
package struct ClaimSide: Hashable, Sendable {
  /// Whose time it is.
  package enum Code: Hashable, Sendable {
    /// A variant of the claim's kernel.
    case variant(String)
    /// The reference kernel of baselines that fits the claim's kernel.
    case referenceKernel
  }

  /// Whose time it is.
  package var code: Code
  /// How many workers it runs on.
  package var workers: Int
  /// The size of a task, where the claim says so.
  package var size: Int?
  /// Whether it may do fewer tasks than the other side where it is much slower.
  package var mayDoFewer = false
  /// The workers of the claim, where the number of tasks grows with the workers of a side.
  package var tasksGrowTo: Int?

  /// A variant on so many workers.
  package static func variant(_ name: String, _ workers: Int) -> ClaimSide {
    ClaimSide(code: .variant(name), workers: workers)
  }

  /// Two variants side by side; the slower one may do fewer tasks, as ratios are for one task each.
  static func pair(
    _ subject: String, _ reference: String, _ workers: Int
  ) -> (subject: ClaimSide, reference: ClaimSide) {
    var sides = (subject: variant(subject, workers), reference: variant(reference, workers))
    (sides.subject.mayDoFewer, sides.reference.mayDoFewer) = (true, true)
    return sides
  }

  /// How many tasks it does where the claim is about `whole` tasks.
  package func tasks(of whole: Int) -> Int {
    tasksGrowTo.map { max(1, whole / $0) * workers } ?? whole
  }

  /// Its variant; `nil`: it is the reference kernel.
  package var variant: String? { if case .variant(let name) = code { name } else { nil } }
}

/// The words of which the name of a quantity is made.
package struct QuantityWords {
  /// The kernel that it is about.
  let kernel: AnyKernel
  /// How many workers.
  let workers: Int
  /// How many equal tasks.
  let tasks: Int

  /// `at 2 workers`.
  var at: String { "at \(workers) \(workers == 1 ? "worker" : "workers")" }
  /// Where the size is given it decides which cache is hot; where it is found it does not matter.
  var size: String { kernel.work.defaultSize.map { ", \($0) \(kernel.work.unit)s" } ?? "" }

  func time(_ subject: String, over reference: String) -> String {
    "time of \(kernel.name)/\(subject) over \(reference) \(at)\(size)"
  }

  func speedup(_ variant: String) -> String {
    "speedup of \(kernel.name)/\(variant) \(at), \(tasks) tasks\(size)"
  }
}

/// What is wrong with the numbers of a claim; shared by the kinds.
enum ClaimProblem {
  static func pair(_ subject: String, _ reference: String, workers: Int) -> String? {
    if subject == reference { return "it compares \(subject) with itself; name two variants" }
    return Self.workers(workers, least: 1)
  }

  static func workers(_ workers: Int, least: Int) -> String? {
    workers < least ? "\(workers) workers; use at least \(least)" : nil
  }

  /// A limit between 1 and the least margin above it cannot be told from noise.
  static func margin(_ limit: Double) -> String? {
    guard limit.isFinite, limit >= 1 + Claim.leastMargin else {
      return "limit \(limit) cannot be told from noise; use \(1 + Claim.leastMargin) or more"
    }
    return nil
  }

  /// Equal tasks that do not share out evenly bound every speedup.
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

  /// As many workers as are allowed, from 2.
  static func upTo(_ most: Int, allowed: Int) -> Int { max(2, min(most, allowed)) }
}
