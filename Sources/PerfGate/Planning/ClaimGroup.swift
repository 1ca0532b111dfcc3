/// Claims that share arms, and so rounds.
public struct ClaimGroup: Sendable {
  /// Which group it is.
  public var id: GroupKey
  /// What is measured in each round.
  public var arms: [Arm]
  /// Indices into the record's claim plans.
  public var plans: [Int]
  /// What the rounds are watched for, for each plan.
  public var comparisons: [PairedComparison]
  /// Rounds that every arm gets in any case, for tables.
  public var leastRounds: Int

  /// A group of claims.
  public init(
    id: GroupKey, arms: [Arm], plans: [Int], comparisons: [PairedComparison], leastRounds: Int = 0
  ) {
    self.id = id
    self.arms = arms
    self.plans = plans
    self.comparisons = comparisons
    self.leastRounds = leastRounds
  }
}
