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
  /// How many processes were started for its rounds, one for each: a round's number is that of its
  /// start; 1 if one process ran them all, `nil` in records of earlier versions, which knew only
  /// that.
  public var starts: Int?
  /// How many pairs a round has; their median counts. Fixed before any ratio is known.
  public var pairs: Int?
  /// The most parts that arms were cut into because rounds were lost to disturbances; each time is
  /// that of a part, multiplied. `nil`: they were not.
  public var shortest: Int?
  /// Samples that were dropped.
  public var discards: [Discard] = []

  /// Makes a stage before its first round.
  package init(group: GroupKey, stage: Stage, seed: UInt64) {
    self.group = group
    self.stage = stage
    self.seed = seed
  }
}
