/// From 1 to `workers` workers the variant does the same tasks at least `limit` times as fast.
struct SpeedupClaim: ClaimStatement {
  var variant: String
  var workers: Int
  var limit: Double

  var form: ClaimForm { .speedup }
  var variants: [String] { [variant] }

  func problem(tasks: Int) -> String? {
    ClaimProblem.speedup(limit, workers: workers, tasks: tasks)
  }

  func workers(allowed: Int) -> Int { workers }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    (.variant(variant, workers), .variant(variant, 1))
  }

  func quantity(_ words: QuantityWords) -> String { words.speedup(variant) }
}

extension ClaimForm {
  /// What usually limits the speedup of workers.
  static let usualScalingCause =
    "locks, shared counters, memory that all workers write to, tasks of unequal length"

  /// How many times as fast more workers do the same tasks.
  public static let speedup = ClaimForm(
    "speedup", .atLeast, isScaling: true, dividesWork: true, usualCause: usualScalingCause,
    logBound: { limit, _ in naturalLog(limit) }, value: { quotient, _ in quotient })
}

extension Claim.Kind {
  /// From 1 to `workers` workers the variant becomes at least `atLeast` times as fast.
  public static func speedup(variant: String, workers: Int, atLeast limit: Double) -> Claim.Kind {
    Claim.Kind(SpeedupClaim(variant: variant, workers: workers, limit: limit))
  }
}
