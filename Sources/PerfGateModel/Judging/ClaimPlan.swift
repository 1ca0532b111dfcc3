import PerfGateStatistics

/// A claim made concrete for one machine: two series, a bound, a number of rounds.
///
/// Part of the record, so that the same rounds can be judged again.
public struct ClaimPlan: Hashable, Sendable {
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
  public var subject: SeriesKey?
  /// The id of the series it is compared with.
  public var reference: SeriesKey?
  /// The group of rounds that both are in.
  public var group: GroupKey?
  /// N, fixed before any ratio is looked at.
  public var maximumRounds: Int?
  /// The error of the first stage.
  public var alpha: Double
  /// The id of the ceiling's series at the subject's workers; its reference is at one worker.
  public var ceiling: SeriesKey?
  /// The id of the ceiling's series at one worker.
  public var ceilingReference: SeriesKey?
  /// N of the ceiling's rounds.
  public var ceilingRounds: Int?
  /// Why nothing can be said of it, whatever was measured; `nil`: nothing is in the way.
  public var refusal: Reason?
  /// What the claim's figure is, in words: sessions of another quantity cannot be compared with.
  public var quantity: String?
  /// What a baseline claim is judged against; `nil` for all others.
  public var baseline: BaselinePlan?
  /// Whether a larger figure is the better one.
  public var isHigherBetter: Bool?

  /// The plan of a claim of which nothing is measured yet.
  ///
  /// - Parameters:
  ///   - id: the claim's name; `nil`: its own.
  ///   - refusal: why nothing will be measured.
  package init(
    _ claim: Claim, id: String? = nil, workers: Int, alpha: Double, quantity: String? = nil,
    baseline: BaselinePlan? = nil, refusal: Reason? = nil
  ) {
    self.id = id ?? claim.id
    text = claim.text
    kind = claim.kind.form
    limit = claim.kind.limit
    self.workers = workers
    self.alpha = alpha
    self.quantity = quantity
    self.baseline = baseline
    self.refusal = refusal
    isHigherBetter = claim.isHigherBetter
  }

  /// What `ln(T_reference / T_subject)` must be above.
  public var bound: Double { kind.bound(limit: limit, workers: workers) }

  /// What the sequential test decides between; `nil` as long as N is not known.
  package var sequentialPlan: SequentialPlan? {
    maximumRounds.flatMap {
      SequentialPlan(bound: bound, maximumRounds: $0, failingAlpha: alpha)
    }
  }

  /// The claim's own number from `T_reference / T_subject`.
  public func value(_ quotient: Double) -> Double { kind.value(quotient, workers: workers) }

  /// The claim's own interval from that of `T_reference / T_subject`, the lower end first.
  package func values(_ interval: Interval) -> [Double] {
    [value(interval.lower), value(interval.upper)].sorted().map {
      min(max($0, 0), .greatestFiniteMagnitude)
    }
  }
}
