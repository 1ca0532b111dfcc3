/// The decision about a claim from its first stage and, if that failed, its confirmation.
///
/// `violated` takes both: a first stage that fails, and a fresh sequence that fails as well, each
/// within its own error. It depends on the two sequences alone, so a stored record leads to the same
/// decision as the rounds did.
package struct Decision: Hashable, Sendable {
  /// What rounds or stored sessions say about a claim.
  package enum Verdict: String, Hashable, Sendable {
    /// Shown to be true.
    case holds
    /// Shown to be false, twice for claims judged by rounds.
    case violated
    /// Neither is shown.
    case inconclusive
  }

  /// Why neither was shown.
  package enum Reason: Hashable, Sendable {
    /// The rounds, or the time for them, were spent. About `needed` rounds would decide; `nil` when
    /// no number would.
    case spent(rounds: Int, needed: Int?)
    /// The first stage failed, the confirmation did not, or not in time.
    case notConfirmed
  }

  /// What was found.
  package let verdict: Verdict
  /// Why it is inconclusive; `nil` when it is not.
  package let reason: Reason?
  /// The estimate `exp(median d)`; `nil` without a round. For a violated claim it comes from the
  /// confirmation, because the first stage was selected for looking bad.
  package let estimate: Double?
  /// The interval of `exp d`, from the same boundaries as the decision: it lies above the
  /// bound exactly when the claim holds, and below it exactly when the claim is violated. If the first
  /// stage was not confirmed, it spans the intervals of both sequences.
  ///
  /// `nil` before the first look, or when the confirmation did not reach its first look.
  package let interval: Interval?
  /// Rounds of the first stage, up to its decision.
  package let rounds: Int
  /// Rounds of the confirmation, up to its decision; 0 without one.
  package let confirmationRounds: Int

  /// The decision from the sequences as they are; an undecided one counts as cut short.
  ///
  /// - Parameters:
  ///   - first: the first stage.
  ///   - confirmation: a fresh sequence of `first.plan.confirmation`; only looked at if the first
  ///     stage failed.
  package init(first: SequentialTest, confirmation: SequentialTest? = nil) {
    rounds = first.values.count
    switch first.state {
    case .holds, .exhausted, .undecided:
      verdict = first.state == .holds ? .holds : .inconclusive
      reason =
        first.state == .holds ? nil : .spent(rounds: rounds, needed: first.roundsToDecide)
      estimate = first.logEstimate.map(CMath.exp)
      interval = first.logInterval?.exponential
      confirmationRounds = 0
    case .fails:
      let second = confirmation ?? SequentialTest(first.plan.confirmation)
      confirmationRounds = second.values.count
      if second.state == .fails {
        verdict = .violated
        reason = nil
        estimate = second.logEstimate.map(CMath.exp)
        interval = second.logInterval?.exponential
      } else {
        verdict = .inconclusive
        reason = .notConfirmed
        let numbers = (first.lookedAt + second.lookedAt).filter { !$0.isNaN }
        estimate = median(numbers).map(CMath.exp)
        interval = second.logInterval.flatMap { first.logInterval?.hull($0).exponential }
      }
    }
  }
}
