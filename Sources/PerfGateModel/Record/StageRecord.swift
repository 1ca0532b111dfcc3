/// One sequence of rounds of one group: what was run, and what was dropped.
public struct StageRecord: Hashable, Sendable, Codable {
  /// The group.
  public var group: GroupKey
  /// The first stage, or the confirmation.
  public var stage: Stage
  /// Decides the order of arms.
  public var seed: UInt64
  /// How many rounds were run, dropped ones too.
  public var rounds = 0
  /// Samples that were dropped.
  public var discards: [Discard] = []

  /// A stage that begins.
  package init(group: GroupKey, stage: Stage, seed: UInt64) {
    self.group = group
    self.stage = stage
    self.seed = seed
  }
}
