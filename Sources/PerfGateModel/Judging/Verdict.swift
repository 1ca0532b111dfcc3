/// What became of a claim.
public enum Verdict: String, Hashable, Sendable, Codable {
  /// Shown to be true, with 95 % confidence.
  case holds
  /// Shown to be false, twice.
  case violated
  /// Measured, and neither was shown.
  case inconclusive
  /// Cannot be known here.
  case notCheckable

  /// Whether the claim was checked at all.
  public var isChecked: Bool { self != .notCheckable }
}

/// What became of a claim, with the numbers.
public struct ClaimResult: Hashable, Sendable, Codable {
  /// The claim's name: `viete.swift-vs-c`.
  public var id: String
  /// The sentence a reader needs.
  public var text: String
  /// The kind of claim.
  public var kind: ClaimForm
  /// The number that decides.
  public var limit: Double
  /// The id of the series that is judged; `null` when nothing was measured for it.
  @ExplicitNull public var subject: SeriesKey?
  /// The id of the series it is compared with.
  @ExplicitNull public var reference: SeriesKey?
  /// How many workers the subject has.
  public var workers: Int
  /// The ratio, the speedup or the efficiency that was found; `null` without rounds.
  @ExplicitNull public var estimate: Double?
  /// Where it lies, the lower end first; `null` before the first look. An end without a bound is
  /// left at the largest finite number.
  @ExplicitNull public var interval: [Double]?
  /// Rounds of the first stage, up to its decision.
  public var rounds: Int
  /// Rounds of the confirmation, 0 without one.
  public var confirmationRounds: Int
  /// Pairs that were dropped because they were disturbed.
  public var discarded: Int
  /// N: the rounds after which the first stage ends in any case; `null` when nothing was measured.
  @ExplicitNull public var maximumRounds: Int?
  /// The error of the first stage.
  public var alpha: Double
  /// What became of it.
  public var verdict: Verdict
  /// Why it is not decided; `null` when it is.
  @ExplicitNull public var reason: String?
  /// What kind of reason that is; `null` when it is decided, and in records of earlier versions.
  @ExplicitNull public var cause: Cause?
  /// What the machine itself reaches at these workers; `null` where nothing is scaled.
  @ExplicitNull public var ceiling: Double?
  /// Where the ceiling lies.
  @ExplicitNull public var ceilingInterval: [Double]?
  /// The serial part that explains the speedup; `null` where nothing is scaled.
  @ExplicitNull public var karpFlatt: Double?
  /// What a reader should know beside the verdict, such as a baseline that should be renewed.
  @ExplicitNull public var note: String?
  /// The seed of each stage, the rounds it ran, and the pairs it dropped with their causes.
  public var stages: [Stage]

  /// One sequence of rounds of a claim.
  public struct Stage: Hashable, Sendable, Codable {
    /// Decides the order of arms.
    public var seed: UInt64
    /// Rounds that counted.
    public var rounds: Int
    /// Pairs that were dropped.
    public var discards: [Discard]
  }
}

/// One arm of one round that was dropped, because its covariates showed a disturbance.
public struct Discard: Hashable, Sendable, Codable {
  /// The round's number in its group.
  public var round: Int
  /// The series it would have belonged to.
  public var series: SeriesKey
  /// What was seen, one short text each.
  public var causes: [String]

  /// A dropped sample.
  public init(round: Int, series: SeriesKey, causes: [String]) {
    self.round = round
    self.series = series
    self.causes = causes
  }
}
