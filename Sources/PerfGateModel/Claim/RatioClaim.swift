/// Variant `subject` takes at most `atMost` times as long as variant `reference`.
struct RatioClaim: ClaimStatement {
  var subject, reference: String
  var limit: Double
  var workers: Int

  var form: ClaimForm { .ratio }
  var variants: [String] { [subject, reference] }

  /// A limit below 1 claims that the subject is faster.
  func problem(tasks: Int) -> String? {
    if let problem = ClaimProblem.pair(subject, reference, workers: workers) { return problem }
    guard limit.isFinite, limit > 0 else { return "ratio \(limit); use a number above 0" }
    let least = 1 + Claim.leastMargin
    guard limit <= 1 || limit >= least else {
      return "limit \(limit) is within noise; use 1.0 or less, or \(least) or more"
    }
    return nil
  }

  func workers(allowed: Int) -> Int { workers }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    ClaimSide.pair(subject, reference, workers)
  }

  func quantity(_ words: QuantityWords) -> String { words.time(subject, over: reference) }
}

extension ClaimForm {
  /// The time of the judged variant over that of the other.
  public static let ratio = ClaimForm(
    "ratio", .atMost, comparesVariants: true, logBound: { limit, _ in -naturalLog(limit) },
    value: { quotient, _ in 1 / quotient })
}

extension Claim.Kind {
  /// Variant `subject` takes at most `atMost` times as long as variant `reference`.
  public static func ratio(
    subject: String, reference: String, atMost limit: Double, workers: Int
  ) -> Claim.Kind {
    Claim.Kind(
      RatioClaim(subject: subject, reference: reference, limit: limit, workers: workers))
  }
}
