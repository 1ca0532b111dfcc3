import PerfGateStatistics

/// A claim made concrete for one machine: two series, a bound, a number of rounds.
///
/// Part of the record, so that the same rounds can be judged again.
public struct ClaimPlan: Hashable, Sendable, Codable {
  /// The claim's name.
  public var id: String
  /// The sentence a reader needs.
  public var text: String
  /// The kind of claim.
  public var kind: ClaimForm
  /// The number that decides.
  public var limit: Double
  /// How many workers the subject has.
  public var workers: Int
  /// The id of the series that is judged.
  @ExplicitNull public var subject: SeriesKey?
  /// The id of the series it is compared with.
  @ExplicitNull public var reference: SeriesKey?
  /// The group of rounds that both are in.
  @ExplicitNull public var group: GroupKey?
  /// N, fixed before any ratio is looked at.
  @ExplicitNull public var maximumRounds: Int?
  /// The error of the first stage.
  public var alpha: Double
  /// The id of the ceiling's series at the subject's workers; its reference is at one worker.
  @ExplicitNull public var ceiling: SeriesKey?
  /// The id of the ceiling's series at one worker.
  @ExplicitNull public var ceilingReference: SeriesKey?
  /// N of the ceiling's rounds.
  @ExplicitNull public var ceilingRounds: Int?
  /// Why nothing was measured for it.
  @ExplicitNull public var notCheckable: String?
  /// What kind of reason that is; `null` in records of earlier versions.
  @ExplicitNull public var cause: Cause?
  /// What the claim's figure is, in words: sessions of another quantity cannot be compared with.
  @ExplicitNull public var quantity: String?
  /// What a baseline claim is judged against; `null` for all others.
  @ExplicitNull public var baseline: BaselinePlan?
  /// Whether a larger figure is the better one.
  @ExplicitNull public var isHigherBetter: Bool?

  /// A plan for a claim that is not measured yet.
  public init(_ claim: Claim, workers: Int, alpha: Double) {
    id = claim.id
    text = claim.text
    kind = claim.kind.form
    limit = claim.kind.limit
    self.workers = workers
    self.alpha = alpha
    isHigherBetter = claim.isHigherBetter
  }

  /// What `ln(T_reference / T_subject)` must be above.
  public var bound: Double { kind.bound(limit: limit, workers: workers) }

  /// What the sequential test decides between; `nil` as long as N is not known.
  public var sequentialPlan: SequentialPlan? {
    maximumRounds.flatMap {
      SequentialPlan(failsBelow: bound, maximumRounds: $0, failingAlpha: alpha)
    }
  }

  /// The claim's own number from `T_reference / T_subject`.
  public func value(_ quotient: Double) -> Double { kind.value(quotient, workers: workers) }

  /// The claim's own interval from that of `T_reference / T_subject`, the lower end first.
  public func values(_ interval: Interval) -> [Double] {
    [value(interval.lower), value(interval.upper)].sorted().map {
      min(max($0, 0), .greatestFiniteMagnitude)
    }
  }
}

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
  public init(group: GroupKey, stage: Stage, seed: UInt64) {
    self.group = group
    self.stage = stage
    self.seed = seed
  }
}
