/// One sequence of rounds of one group: how many were run, and what was dropped.
public struct StageRecord: Hashable, Sendable, Codable {
  /// The group.
  public var group: GroupKey
  /// The first stage, or the confirmation.
  public var stage: Stage
  /// The seed for the order of arms.
  public var seed: UInt64
  /// The number of rounds that were run, including dropped ones.
  public var rounds = 0
  /// Samples that were dropped.
  public var discards: [Discard] = []

  /// Makes a stage before its first round.
  package init(group: GroupKey, stage: Stage, seed: UInt64) {
    self.group = group
    self.stage = stage
    self.seed = seed
  }
}
