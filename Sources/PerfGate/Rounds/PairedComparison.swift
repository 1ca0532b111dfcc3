/// When the rounds of a comparison may stop.
public enum StopRule: Hashable, Sendable {
  /// After so many pairs, whatever they say: tables and sessions of a baseline.
  case fixed(pairs: Int)
  /// As soon as the sequential test is decided. `bound` is what `ln(T_reference / T_subject)` is
  /// decided against, `alpha` the error of a first stage.
  case sequential(bound: Double, alpha: Double)
}

/// Two arms whose ratio is watched until the stop rule is satisfied.
///
/// An arm compared with itself asks for rounds of that arm alone.
public struct PairedComparison: Hashable, Sendable {
  /// The arm that is judged.
  public var subject: Arm
  /// The arm it is compared with.
  public var reference: Arm
  /// When there are enough rounds.
  public var rule: StopRule

  /// Two arms to compare.
  public init(subject: Arm, reference: Arm, rule: StopRule) {
    self.subject = subject
    self.reference = reference
    self.rule = rule
  }
}

/// Arms that are measured in the same rounds for a table, so that any two of them can be compared in
/// pairs.
public struct RoundGroup: Hashable, Sendable {
  /// Which group it is.
  public var id: GroupKey
  /// At least one; each runs once in every round.
  public var arms: [Arm]
  /// Arms that the table compares; each pair is made again as long as it was disturbed, within bounds.
  public var pairs: [Pair]
  /// How many rounds are wanted of each arm and of each pair.
  public var rounds: Int
  /// How many rounds come first and are not kept.
  public var warmups: Int

  /// Two arms, by their places in the group.
  public struct Pair: Hashable, Sendable {
    /// The arm that is compared.
    public var subject: Int
    /// The arm it is compared with.
    public var reference: Int

    /// Two arms.
    public init(_ subject: Int, _ reference: Int) {
      self.subject = subject
      self.reference = reference
    }
  }

  /// A group of arms.
  public init(
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

extension ClaimPlan {
  /// When its rounds may stop.
  var stopRule: StopRule {
    baseline == nil
      ? .sequential(bound: bound, alpha: alpha) : .fixed(pairs: BaselinePlan.rounds)
  }
}
