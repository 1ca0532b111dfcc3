/// How many rounds to plan for, N; fixed before any of them is looked at.
///
/// - Parameters:
///   - budgetSeconds: how long all rounds may take, at least 0.
///   - roundSeconds: how long one round of all arms takes, above 0.
/// - Returns: an even number, 16 … 40; `nil` when fewer than 16 rounds are affordable, and when
///   either value is out of range.
package func plannedRounds(budgetSeconds: Double, roundSeconds: Double) -> Int? {
  let affordable = budgetSeconds / roundSeconds
  guard roundSeconds > 0, affordable >= 16 else { return nil }
  let rounds = Int(min(affordable, 40))
  return rounds - rounds % 2
}

/// About how many rounds a sign test needs until it decides, for a median this far from the bound.
///
/// 34 (σ/gap)² rounds decide with error 1 % and power 99 % where the values are about normal: a
/// sign is worth 2/π of a value there, and (2.33 + 2.33)² · π/2 = 34.
///
/// Source: G. E. Noether, *Sample size determination for some common nonparametric tests*, JASA 82
/// (1987), for small gaps.
///
/// - Parameters:
///   - sigma: spread of the log ratios, at least 0; see `madSigma(_:)`.
///   - gap: distance of their median from the bound; the sign does not matter.
/// - Returns: rounded up, at least 8; `nil` when no number of rounds up to a thousand million would
///   do, as with a gap of 0.
package func roundsToDecide(sigma: Double, gap: Double) -> Int? {
  let ratio = sigma / gap
  let rounds = (34 * ratio * ratio).rounded(.up)
  guard gap != 0, rounds <= 1e9 else { return nil }
  return max(SignBoundary.firstLook, Int(rounds))
}

/// The error of the first stage in a run that judges `claims` claims.
///
/// A claim that truly sits on its limit is called violated with at most this error times that of the
/// confirmation, 0.05. The first stage is lowered above 50 claims, so that
/// `error · 0.05 · claims ≤ 0.05` over the whole run (Bonferroni).
///
/// - Parameter claims: how many, at least 1; fewer count as 1.
/// - Returns: 0.02 up to 50 claims, `1 / claims` above.
package func firstStageAlpha(claims: Int) -> Double {
  min(0.02, 1 / Double(max(claims, 1)))
}
