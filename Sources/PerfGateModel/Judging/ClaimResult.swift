/// The result of a claim: the verdict and its numbers.
public struct ClaimResult: Hashable, Sendable {
  /// The claim's name: `viete.swift-vs-c`.
  public var id: String
  /// One sentence for people.
  public var text: String
  /// The kind of claim.
  public var kind: ClaimForm
  /// The limit that decides.
  public var limit: Double
  /// The key of the judged series; `nil` if nothing was measured for it.
  public var subject: SeriesKey?
  /// The key of the series it is compared with.
  public var reference: SeriesKey?
  /// The number of workers of the subject.
  public var workers: Int
  /// The measured value, such as a ratio or a speedup; `nil` without rounds.
  public var estimate: Double?
  /// The interval of the estimate, the lower end first; `nil` before the first look. An unbounded
  /// end is the largest finite number.
  public var interval: [Double]?
  /// The smallest violation that would have been found in 9 of 10 runs, with as many rounds as this one may
  /// have: a value like the estimate, beyond the limit. `nil` if the claim is violated or not checked, if it
  /// counts or is about memory, if no violation is found that often, and as stored by earlier versions.
  public var detectable: Double?
  /// The rounds of the first stage, up to its decision.
  public var rounds = 0
  /// The rounds of the confirmation; 0 without one.
  public var confirmationRounds = 0
  /// The pairs that were dropped because they were disturbed.
  public var discarded = 0
  /// How many processes its rounds came from, those of the confirmation included; 1 if one process
  /// ran them all, `nil` without rounds and in records of earlier versions.
  public var starts: Int?
  /// N, the most rounds of the first stage; `nil` if nothing was measured.
  public var maximumRounds: Int?
  /// The error of the first stage.
  public var alpha: Double
  /// The verdict.
  public var verdict = Verdict.notCheckable(.noRounds)
  /// The speedup of the machine itself at these workers; `nil` if the claim is not about scaling.
  public var ceiling: Double?
  /// The interval of the ceiling, the lower end first.
  public var ceilingInterval: [Double]?
  /// The serial part that explains the speedup (Karp–Flatt), 0 to 1; `nil` if workers do not divide
  /// the work.
  public var karpFlatt: Double?
  /// Further remarks for readers, such as a baseline that should be updated.
  public var remarks: [Remark] = []
  /// For each stage its seed, its rounds, and the dropped pairs with their causes.
  public var stages: [Stage] = []

  /// One sequence of rounds of a claim.
  public struct Stage: Hashable, Sendable, Codable {
    /// The seed for the order of arms.
    public var seed: UInt64
    /// The number of kept rounds.
    public var rounds: Int
    /// Pairs that were dropped.
    public var discards: [Discard]
    /// How many of them were not measured again in the same process, so that their round is lost;
    /// `nil` in records of earlier versions, where all were.
    public var lost: Int?
    /// How many processes the kept rounds came from; `nil` in records of earlier versions.
    public var starts: Int?
  }

  /// Makes the result of a claim before anything is known.
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

  /// Why the claim is not decided; `nil` if it is decided.
  public var reason: Reason? { verdict.reason }
  /// The cause of that reason; `nil` if the claim is decided, and in records of earlier versions.
  public var cause: Cause? { reason?.cause }
}
