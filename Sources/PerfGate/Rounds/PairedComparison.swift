/// When the rounds of a comparison may stop.
package enum StopRule: Hashable, Sendable {
  /// After so many pairs, whatever they say: tables and sessions of a baseline.
  case fixed(pairs: Int)
  /// As soon as the sequential test is decided. `bound` is what `ln(T_reference / T_subject)` is
  /// decided against, `alpha` the error of a first stage.
  case sequential(bound: Double, alpha: Double)
}

/// Two arms whose ratio is watched until the stop rule is satisfied.
///
/// An arm compared with itself asks for rounds of that arm alone.
package struct PairedComparison: Hashable, Sendable {
  /// The arm that is judged.
  package var subject: Arm
  /// The arm it is compared with.
  package var reference: Arm
  /// When there are enough rounds.
  package var rule: StopRule

  /// Two arms to compare.
  package init(subject: Arm, reference: Arm, rule: StopRule) {
    self.subject = subject
    self.reference = reference
    self.rule = rule
  }
}

/// Arms that are measured in the same rounds for a table, so that any two of them can be compared in
/// pairs.
package struct RoundGroup: Hashable, Sendable {
  /// Which group it is.
  package var id: GroupKey
  /// At least one; each runs once in every round.
  package var arms: [Arm]
  /// Arms that the table compares; each pair is made again as long as it was disturbed, within bounds.
  package var pairs: [Pair]
  /// How many rounds are wanted of each arm and of each pair.
  package var rounds: Int
  /// How many rounds come first and are not kept.
  package var warmups: Int

  /// Two arms, by their places in the group.
  package struct Pair: Hashable, Sendable {
    /// The arm that is compared.
    package var subject: Int
    /// The arm it is compared with.
    package var reference: Int

    /// Two arms.
    package init(_ subject: Int, _ reference: Int) {
      self.subject = subject
      self.reference = reference
    }
  }

  /// A group of arms.
  package init(
    id: GroupKey, arms: [Arm], pairs: [Pair] = [], rounds: Int, warmups: Int = RoundLoop.warmups
  ) {
    self.id = id
    self.arms = arms
    self.pairs = pairs
    self.rounds = rounds
    self.warmups = warmups
  }

  /// What the rounds are watched for: every arm by itself, and the pairs.
  package var comparisons: [PairedComparison] {
    (arms.indices.map { Pair($0, $0) } + pairs).map {
      PairedComparison(
        subject: arms[$0.subject], reference: arms[$0.reference], rule: .fixed(pairs: rounds))
    }
  }
}
