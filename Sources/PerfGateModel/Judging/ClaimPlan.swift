import PerfGateStatistics

/// The plan for a claim on one machine: two series, a bound, a number of rounds.
///
/// Part of the record, so that the same rounds can be judged again.
public struct ClaimPlan: Hashable, Sendable {
  /// The claim's name.
  public var id: String
  /// One sentence for people.
  public var text: String
  /// The kind of claim.
  public var kind: ClaimForm
  /// The limit that decides.
  public var limit: Double
  /// The number of workers of the subject.
  public var workers: Int
  /// The id of the judged series.
  public var subject: SeriesKey?
  /// The id of the series it is compared with.
  public var reference: SeriesKey?
  /// The group of rounds that contains both.
  public var group: GroupKey?
  /// N, the most rounds, fixed before any ratio is known.
  public var maximumRounds: Int?
  /// The error of the first stage.
  public var alpha: Double
  /// The id of the ceiling's series at the subject's workers.
  public var ceiling: SeriesKey?
  /// The id of the ceiling's series at one worker.
  public var ceilingReference: SeriesKey?
  /// The number N of the ceiling's rounds.
  public var ceilingRounds: Int?
  /// Why the claim cannot be checked, whatever was measured; `nil`: it can.
  public var refusal: Reason?
  /// What the claim's value is, in words. Sessions of another quantity cannot be compared with it.
  public var quantity: String?
  /// The stored sessions that a baseline claim is compared with; `nil` for other claims.
  public var baseline: BaselinePlan?
  /// The stored count that a claim is compared with; `nil` for all others.
  public var countBaseline: CountBaseline?
  /// Whether a larger value is better.
  public var isHigherBetter: Bool?

  /// Makes the plan of a claim before anything is measured.
  ///
  /// - Parameters:
  ///   - id: the name to use; `nil`: the claim's own.
  ///   - refusal: why nothing will be measured.
  package init(
    _ claim: Claim, id: String? = nil, workers: Int, alpha: Double, quantity: String? = nil,
    baseline: BaselinePlan? = nil, countBaseline: CountBaseline? = nil, refusal: Reason? = nil
  ) {
    self.id = id ?? claim.id
    text = claim.text
    kind = claim.kind.form
    limit = countBaseline?.limit ?? claim.kind.limit
    self.workers = workers
    self.alpha = alpha
    self.quantity = quantity
    self.baseline = baseline
    self.countBaseline = countBaseline
    self.refusal = refusal
    isHigherBetter = claim.isHigherBetter
  }

  /// The bound that `ln(T_reference / T_subject)` must exceed.
  public var bound: Double { kind.bound(limit: limit, workers: workers) }

  /// The plan of the sequential test; `nil` until N is known.
  package var sequentialPlan: SequentialPlan? {
    maximumRounds.flatMap {
      SequentialPlan(
        bound: bound, maximumRounds: $0, failingAlpha: alpha, holdingAlpha: kind.holdingAlpha)
    }
  }

  /// The claim's value from `T_reference / T_subject`.
  public func value(_ quotient: Double) -> Double { kind.value(quotient, workers: workers) }

  /// The interval of the claim's value from that of `T_reference / T_subject`, the lower end first.
  package func values(_ interval: Interval) -> [Double] {
    [value(interval.lower), value(interval.upper)].sorted().map {
      min(max($0, 0), .greatestFiniteMagnitude)
    }
  }
}
