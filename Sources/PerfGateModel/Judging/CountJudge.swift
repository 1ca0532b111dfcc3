extension Judge {
  /// How many starts must agree, so that what differs between processes, such as the seed of hashes, is
  /// not taken for exact.
  package static let agreeingStarts = 2
  /// How many starts decide where calls or starts differ.
  package static let differingStarts = 8

  /// The result of a claim about a number that is counted: that of all calls if they agree, and otherwise
  /// the largest.
  func countResult(_ claim: MeasuredClaim, _ counter: Counter) -> ClaimResult {
    var result = ClaimResult(claim.plan)
    guard let counts = claim.first?.subject?.counts, let first = counts.first else { return result }
    let least = counts.reduce(first.least[counter]) { min($0, $1.least[counter]) }
    let most = counts.reduce(first.most[counter]) { max($0, $1.most[counter]) }
    result.rounds = counts.count
    result.starts = counts.count
    result.estimate = Double(most)
    result.interval = [Double(least), Double(most)]
    if Double(most) > claim.plan.limit {
      result.verdict = .violated
    } else if counts.count >= Self.differingStarts
      || least == most && counts.count >= Self.agreeingStarts
    {
      result.verdict = .holds
    } else {
      result.verdict = .inconclusive(
        .cutShort(
          rounds: counts.count, of: Self.differingStarts, needed: nil, isDisturbed: false))
    }
    return result
  }
}
