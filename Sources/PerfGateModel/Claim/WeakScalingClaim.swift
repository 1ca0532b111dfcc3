import PerfGateStatistics

/// Weak scaling: in the time in which one worker does its share, `workers` workers do at least
/// `limit` times as much: `w · T1(m tasks) / Tw(m·w tasks)`.
struct WeakScalingClaim: ClaimStatement {
  var variant: String
  var workers: Int
  var limit: Double

  var form: ClaimForm { .weakScaling }
  var variants: [String] { [variant] }

  func problem(tasks: Int) -> String? {
    if let problem = ClaimProblem.workers(workers, least: 2) { return problem }
    guard limit > 0, limit < Double(workers) else {
      return "\(limit) times the work on \(workers) workers cannot be shown; use a number above 0 "
        + "and below \(workers)"
    }
    guard tasks >= workers else {
      return "\(tasks) tasks on \(workers) workers; use at least one task for each worker"
    }
    return nil
  }

  func workers(allowed: Int) -> Int { workers }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    var sides = (ClaimSide.variant(variant, workers), ClaimSide.variant(variant, 1))
    (sides.0.tasksGrowTo, sides.1.tasksGrowTo) = (workers, workers)
    return sides
  }

  func quantity(_ words: QuantityWords) -> String {
    "scaled speedup of \(words.kernel.name)/\(variant) \(words.at)\(words.size)"
  }
}

extension ClaimForm {
  /// How many times as much work more workers do in the same time.
  public static let weakScaling = ClaimForm(
    "weak", .atLeast, isScaling: true,
    usualCause: "memory bandwidth, caches and locks that more workers share",
    logBound: { limit, _ in naturalLog(limit) }, value: { quotient, _ in quotient })
}

extension Claim.Kind {
  /// Weak scaling: in the same time `workers` workers do at least `atLeast` times as much work as
  /// one worker. The number of tasks grows with the workers.
  public static func weakScaling(
    variant: String, workers: Int, atLeast limit: Double
  ) -> Claim.Kind {
    Claim.Kind(WeakScalingClaim(variant: variant, workers: workers, limit: limit))
  }
}
