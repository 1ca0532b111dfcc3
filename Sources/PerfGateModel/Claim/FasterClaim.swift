/// Variant `subject` is at least `limit` times as fast as variant `reference`.
struct FasterClaim: ClaimStatement {
  var subject, reference: String
  var limit: Double
  var workers: Int

  var form: ClaimForm { .faster }
  var variants: [String] { [subject, reference] }

  func problem(tasks: Int) -> String? {
    if let problem = ClaimProblem.pair(subject, reference, workers: workers) { return problem }
    guard limit.isFinite else { return "\(limit) times as fast; use a number of 1 or more" }
    guard limit >= 1 else {
      return "at least \(limit) times as fast allows it to be slower; use 1 or more, or claim a "
        + "ratio"
    }
    return nil
  }

  func workers(allowed: Int) -> Int { workers }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    ClaimSide.pair(subject, reference, workers)
  }

  func quantity(_ words: QuantityWords) -> String { words.time(reference, over: subject) }
}

extension ClaimForm {
  /// How many times as fast as the other the judged variant is.
  public static let faster = ClaimForm(
    "faster", .atLeast, comparesVariants: true, unit: "times as fast",
    logBound: { limit, _ in naturalLog(limit) },
    value: { quotient, _ in quotient })
}

extension Claim.Kind {
  /// Variant `subject` is at least `atLeast` times as fast as variant `reference`.
  public static func faster(
    subject: String, reference: String, atLeast limit: Double, workers: Int
  ) -> Claim.Kind {
    Claim.Kind(
      FasterClaim(subject: subject, reference: reference, limit: limit, workers: workers))
  }
}
