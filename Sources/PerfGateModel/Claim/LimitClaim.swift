/// Variant `subject` reaches at least the share `limit` of what variant `reference`, a limit, can do.
struct LimitClaim: ClaimStatement {
  var subject, reference: String
  var limit: Double
  var workers: Int

  var form: ClaimForm { .limit }
  var variants: [String] { [subject, reference] }

  func problem(tasks: Int) -> String? {
    if let problem = ClaimProblem.pair(subject, reference, workers: workers) { return problem }
    guard limit.isFinite, limit > 0 else {
      return "share \(limit); use a number above 0, such as 0.9 for 90 %"
    }
    let most = 1 - Claim.leastMargin
    return limit <= most ? nil : "share \(limit) is within noise of all; use \(most) or less"
  }

  func workers(allowed: Int) -> Int { workers }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    ClaimSide.pair(subject, reference, workers)
  }

  func quantity(_ words: QuantityWords) -> String { words.time(reference, over: subject) }
}

extension ClaimForm {
  /// The share of what the machine can do at most that the judged variant reaches.
  public static let limit = ClaimForm(
    "limit", .atLeast, comparesVariants: true, unit: "of the limit",
    logBound: { limit, _ in naturalLog(limit) },
    value: { quotient, _ in quotient })
}

extension Claim.Kind {
  /// Variant `subject` reaches at least a share of a limit: the time of the limit over that of the subject.
  ///
  /// - Parameters:
  ///   - limit: a variant made with ``Variant/asLimit(checkedBy:)``.
  ///   - share: above 0, at most 0.98.
  public static func limit(
    subject: String, limit: String, atLeast share: Double, workers: Int
  ) -> Claim.Kind {
    Claim.Kind(LimitClaim(subject: subject, reference: limit, limit: share, workers: workers))
  }
}
