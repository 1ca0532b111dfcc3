/// A variant takes at most `limit` times as long as in another revision of the program.
struct RevisionClaim: ClaimStatement {
  var variant: String
  /// The other revision's program in series: its commit.
  var program: String
  var limit: Double
  var workers: Int

  var form: ClaimForm { .revision }
  var variants: [String] { [variant] }

  func problem(tasks: Int) -> String? {
    ClaimProblem.workers(workers, least: 1) ?? ClaimProblem.margin(limit)
  }

  func workers(allowed: Int) -> Int { workers }

  func sides(workers: Int) -> (subject: ClaimSide, reference: ClaimSide) {
    let side = ClaimSide.variant(variant, workers)
    var other = side
    other.program = program
    return (side, other)
  }

  func quantity(_ words: QuantityWords) -> String {
    "time of \(words.kernel.name)/\(variant) over that of \(program) \(words.at)\(words.size)"
  }
}

extension ClaimForm {
  /// The time of a variant over its time in another revision of the program.
  ///
  /// Where functions lie can cost much more than a small change does, so that the truth is often near the
  /// limit: such a claim holds less easily.
  public static let revision = ClaimForm(
    "revision", .atMost, holdingAlpha: 0.02, usualCause: "what changed between the two revisions",
    logBound: { limit, _ in -naturalLog(limit) }, value: { quotient, _ in 1 / quotient })
}

extension Claim.Kind {
  /// A variant takes at most `atMost` times as long as in another revision of the program.
  ///
  /// - Parameter program: the name of the other revision's program in series.
  package static func revision(
    variant: String, against program: String, atMost limit: Double, workers: Int
  ) -> Claim.Kind {
    Claim.Kind(RevisionClaim(variant: variant, program: program, limit: limit, workers: workers))
  }
}
