import PerfGateStatistics

/// When a comparison has enough rounds.
package enum StopRule: Hashable, Sendable {
  /// After this many pairs, regardless of the ratios: for tables and baseline sessions.
  case fixed(pairs: Int)
  /// As soon as the sequential test decides whether `ln(T_reference / T_subject)` is above `bound`;
  /// `alpha` is the error rate of a first stage, `holdingAlpha` that of a claim that holds.
  case sequential(
    bound: Double, alpha: Double, holdingAlpha: Double = SequentialPlan.holdingAlpha)
}

/// Two arms whose ratio is measured until the stop rule is satisfied.
///
/// An arm compared with itself requests rounds of that arm alone.
package struct PairedComparison: Hashable, Sendable {
  /// The arm that is judged.
  package var subject: Arm
  /// The arm it is compared with.
  package var reference: Arm
  /// Decides when there are enough rounds.
  package var rule: StopRule
  /// Rounds of which kind can be compared with stored sessions: processes of their own, or those of
  /// one process. Others are not measured for it. `nil`: rounds of both kinds are.
  package var ofStarts: Bool?

  package init(subject: Arm, reference: Arm, rule: StopRule, ofStarts: Bool? = nil) {
    self.subject = subject
    self.reference = reference
    self.rule = rule
    self.ofStarts = ofStarts
  }
}

/// Arms that are measured in the same rounds for a table, so that any two can be compared in pairs.
package struct RoundGroup: Hashable, Sendable {
  /// The group's identity.
  package var id: GroupKey
  /// At least one; each runs once in every round.
  package var arms: [Arm]
  /// The pairs of arms that the table compares. Disturbed pairs are measured again, within limits.
  package var pairs: [Pair]
  /// The wanted number of rounds of each arm and each pair.
  package var rounds: Int
  /// The number of rounds that run first and are not kept.
  package var warmups: Int

  /// Two arms, by their indices in the group.
  package struct Pair: Hashable, Sendable {
    /// The index of the arm that is compared.
    package var subject: Int
    /// The index of the arm it is compared with.
    package var reference: Int

    package init(_ subject: Int, _ reference: Int) {
      self.subject = subject
      self.reference = reference
    }
  }

  package init(
    id: GroupKey, arms: [Arm], pairs: [Pair] = [], rounds: Int, warmups: Int = RoundLoop.warmups
  ) {
    self.id = id
    self.arms = arms
    self.pairs = pairs
    self.rounds = rounds
    self.warmups = warmups
  }

  /// The comparisons that request the rounds: every arm by itself, and the pairs.
  package var comparisons: [PairedComparison] {
    (arms.indices.map { Pair($0, $0) } + pairs).map {
      PairedComparison(
        subject: arms[$0.subject], reference: arms[$0.reference], rule: .fixed(pairs: rounds))
    }
  }
}
