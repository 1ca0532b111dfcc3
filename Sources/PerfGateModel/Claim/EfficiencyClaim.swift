import PerfGateStatistics

/// Efficiency (speedup over workers) is at least `limit` with all allowed workers up to `upTo`.
struct EfficiencyClaim: ClaimStatement {
  var variant: String
  var upTo: Int
  var limit: Double

  var form: ClaimForm { .efficiency }
  var variants: [String] { [variant] }

  func problem(tasks: Int) -> String? {
    guard limit > 0, limit < 1 else {
      return "efficiency \(limit) cannot be shown; use a number above 0 and below 1"
    }
    return ClaimProblem.workers(upTo, least: 2)
  }

  func workers(allowed: Int) -> Int { ClaimProblem.upTo(upTo, allowed: allowed) }

  func refusal(tasks: Int, workers: Int) -> Reason? {
    guard let bound = greatestSpeedup(tasks: tasks, workers: workers),
      limit * Double(workers) >= bound
    else { return nil }
    return .outOfReach(
      tasks: tasks, of: nil, workers: workers, kind: form.name, most: bound / Double(workers))
  }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    (.variant(variant, workers), .variant(variant, 1))
  }

  func quantity(_ words: QuantityWords) -> String { words.speedup(variant) + ", by worker" }
}

extension ClaimForm {
  /// Speedup over workers.
  public static let efficiency = ClaimForm(
    "efficiency", .atLeast, isScaling: true, dividesWork: true, usualCause: usualScalingCause,
    logBound: { limit, workers in naturalLog(limit * Double(workers)) },
    value: { quotient, workers in quotient / Double(workers) })
}

extension Claim.Kind {
  /// Efficiency (speedup over workers) is at least `atLeast` with all allowed workers up to `upTo`.
  public static func efficiency(variant: String, upTo: Int, atLeast limit: Double) -> Claim.Kind {
    Claim.Kind(EfficiencyClaim(variant: variant, upTo: upTo, limit: limit))
  }
}
