/// What became of a claim, with the numbers.
public struct ClaimResult: Hashable, Sendable {
  /// The claim's name: `viete.swift-vs-c`.
  public var id: String
  /// The sentence a reader needs.
  public var text: String
  /// The kind of claim.
  public var kind: ClaimForm
  /// The number that decides.
  public var limit: Double
  /// The series that is judged; `nil` when nothing was measured for it.
  public var subject: SeriesKey?
  /// The series it is compared with.
  public var reference: SeriesKey?
  /// How many workers the subject has.
  public var workers: Int
  /// The ratio, the speedup or the efficiency that was found; `nil` without rounds.
  public var estimate: Double?
  /// Where it lies, the lower end first; `nil` before the first look. An end without a bound is left at
  /// the largest finite number.
  public var interval: [Double]?
  /// Rounds of the first stage, up to its decision.
  public var rounds = 0
  /// Rounds of the confirmation, 0 without one.
  public var confirmationRounds = 0
  /// Pairs that were dropped because they were disturbed.
  public var discarded = 0
  /// N: the rounds after which the first stage ends in any case; `nil` when nothing was measured.
  public var maximumRounds: Int?
  /// The error of the first stage.
  public var alpha: Double
  /// What became of it.
  public var verdict = Verdict.notCheckable(.noRounds)
  /// What the machine itself reaches at these workers; `nil` where nothing is scaled.
  public var ceiling: Double?
  /// Where the ceiling lies.
  public var ceilingInterval: [Double]?
  /// The serial part that explains the speedup; `nil` where nothing is scaled.
  public var karpFlatt: Double?
  /// What a reader should know beside the verdict, such as a baseline that should be renewed.
  public var remarks: [Remark] = []
  /// The seed of each stage, the rounds it ran, and the pairs it dropped with their causes.
  public var stages: [Stage] = []

  /// One sequence of rounds of a claim.
  public struct Stage: Hashable, Sendable, Codable {
    /// Decides the order of arms.
    public var seed: UInt64
    /// Rounds that counted.
    public var rounds: Int
    /// Pairs that were dropped.
    public var discards: [Discard]
  }

  /// A result before anything is known.
  init(_ plan: ClaimPlan) {
    id = plan.id
    text = plan.text
    kind = plan.kind
    limit = plan.limit
    subject = plan.subject
    reference = plan.reference
    workers = plan.workers
    maximumRounds = plan.maximumRounds
    alpha = plan.alpha
  }

  /// Why it is not decided; `nil` when it is.
  public var reason: Reason? { verdict.reason }
  /// What kind of reason that is; `nil` when it is decided, and in records of earlier versions.
  public var cause: Cause? { reason?.cause }
}
