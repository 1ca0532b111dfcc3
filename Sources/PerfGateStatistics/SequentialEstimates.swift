/// The estimates of a sequence. All use the rounds up to the latest look, so that the estimate lies in the
/// interval and the interval agrees with the state.
extension SequentialTest {
  /// The values up to the latest look; all values before the first look.
  package var lookedAt: [Double] {
    Array(values.prefix(plan.failing.lastLook(notAfter: values.count) ?? values.count))
  }

  /// The median of the log ratios; `nil` without a round.
  package var logEstimate: Double? { median(lookedAt.filter { !$0.isNaN }) }

  /// The spread of the log ratios, σ; see `madSigma(_:)`. `nil` without a round.
  package var sigma: Double? { madSigma(lookedAt.filter { !$0.isNaN }) }

  /// The interval of the median of the log ratios.
  ///
  /// The upper end comes from the boundary for failure, the lower end from the boundary for holding:
  /// the interval lies above the bound exactly when the state is `holds`, and below it exactly
  /// when the state is `fails`.
  ///
  /// - Returns: `nil` before the first look; an end may be infinite, see
  ///   `SignBoundary.lowerEnd(_:)`.
  package var logInterval: Interval? {
    guard values.count >= SignBoundary.firstLook else { return nil }
    let values = lookedAt
    return Interval(plan.holding.lowerEnd(values), plan.failing.upperEnd(values))
  }

  /// About how many rounds in all would decide; see `roundsToDecide(sigma:gap:)`.
  ///
  /// - Returns: more than there were, at least 8; `nil` when no number would decide, for example when the
  ///   median lies on the bound.
  package var roundsToDecide: Int? {
    guard let center = logEstimate, let sigma else { return nil }
    let gap = abs(center - plan.bound)
    guard gap > 0,
      let rounds = PerfGateStatistics.roundsToDecide(sigma: sigma, gap: gap)
    else { return nil }
    // The signs are less clear than σ promised: these rounds were not enough, so more are needed.
    return max(rounds, values.count + 1)
  }
}
