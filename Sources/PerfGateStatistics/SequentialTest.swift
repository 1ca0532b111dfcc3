/// The bound that a sequential test decides about, and its errors.
package struct SequentialPlan: Hashable, Sendable {
  /// How close to the bound a log ratio counts as equal to it: 10⁻¹² of the time, finer than any clock.
  /// Otherwise the rounding of a logarithm's last bit would decide whether 105 ms against 100 ms is
  /// beyond 5 %.
  package static let resolution = 1e-12

  /// How often a claim whose truth is the limit may hold, where its kind does not say otherwise.
  package static let holdingAlpha = 0.05

  /// The claim holds when the median of the log ratios is above this, and fails when it is below.
  package let bound: Double
  /// The boundary of the signs below the bound.
  package let failing: SignBoundary
  /// The boundary of the signs above the bound.
  package let holding: SignBoundary

  /// A plan for the first stage.
  ///
  /// - Parameters:
  ///   - bound: log of the limit: `ln s` for a speedup of at least s, `−ln(1 + X)` for "no slower by
  ///     more than X"; finite.
  ///   - maximumRounds: even, 8 … 1,000; see `plannedRounds(budgetSeconds:roundSeconds:)`.
  ///   - failingAlpha: above 0 and below 0.5; see `firstStageAlpha(claims:)`.
  ///   - holdingAlpha: above 0 and below 0.5.
  /// - Returns: `nil` when a value is out of range.
  package init?(
    bound: Double, maximumRounds: Int, failingAlpha: Double = 0.02,
    holdingAlpha: Double = Self.holdingAlpha
  ) {
    guard bound.isFinite,
      let failing = SignBoundary(alpha: failingAlpha, maximumRounds: maximumRounds),
      let holding = SignBoundary(alpha: holdingAlpha, maximumRounds: maximumRounds)
    else { return nil }
    self.init(bound: bound, failing: failing, holding: holding)
  }

  /// The plan of the confirmation: the same bound and rounds, failure at the error of `holding`.
  package var confirmation: SequentialPlan {
    SequentialPlan(bound: bound, failing: holding, holding: holding)
  }

  /// The number of rounds at the last look, N.
  package var maximumRounds: Int { failing.maximumRounds }

  /// The value, or the bound that it is equal to within the resolution.
  func snapped(_ value: Double) -> Double {
    abs(value - bound) <= Self.resolution ? bound : value
  }

  private init(bound: Double, failing: SignBoundary, holding: SignBoundary) {
    self.bound = bound
    self.failing = failing
    self.holding = holding
  }
}

/// One sequence of rounds of one claim, judged as it grows.
///
/// It takes one log ratio a round, live or from a stored series, and depends on nothing else, so the
/// same numbers always lead to the same state. It looks after 8, 10, … , N rounds only, for failure
/// first. Once decided it ignores further values, because claims that share rounds stop at different ones.
///
/// A first stage that `fails` makes a claim suspect, not violated; see `Decision`.
package struct SequentialTest: Hashable, Sendable {
  /// The state of a sequence.
  package enum State: String, Hashable, Sendable {
    /// More rounds are needed.
    case undecided
    /// The median lies above the bound.
    case holds
    /// The median lies below the bound.
    case fails
    /// All rounds are spent without a decision.
    case exhausted
  }

  /// The bound and the errors.
  package let plan: SequentialPlan
  /// The log ratios so far, in time order, up to the decision; those within `SequentialPlan.resolution`
  /// of the bound are that bound.
  package private(set) var values: [Double] = []
  /// How many of them lie below the bound.
  package private(set) var below = 0
  /// How many of them lie above the bound.
  package private(set) var above = 0
  /// The state after the values so far.
  package private(set) var state = State.undecided

  /// A sequence from its plan and the log ratios known so far, none if left out.
  package init(_ plan: SequentialPlan, values: [Double] = []) {
    self.plan = plan
    for value in values { add(value) }
  }

  /// Adds the log ratio of the next round and returns the new state.
  ///
  /// - Parameter value: the log ratio, see `logRatio(_:over:)`. One that is equal to the bound,
  ///   within `SequentialPlan.resolution`, and NaN are signs for neither side.
  @discardableResult
  package mutating func add(_ value: Double) -> State {
    guard state == .undecided else { return state }
    let value = plan.snapped(value)
    values.append(value)
    if value < plan.bound { below += 1 }
    if value > plan.bound { above += 1 }
    if plan.failing.isReached(by: below, after: values.count) {
      state = .fails
    } else if plan.holding.isReached(by: above, after: values.count) {
      state = .holds
    } else if values.count >= plan.maximumRounds {
      state = .exhausted
    }
    return state
  }

  /// The fewest further rounds after which the sequence can hold, if all signs are for it; `nil` when it
  /// is decided, or when that is out of reach.
  ///
  /// When this and `fewestRoundsToFail` are both `nil`, no further round can change the verdict.
  package var fewestRoundsToHold: Int? {
    guard state == .undecided else { return nil }
    return plan.holding.fewestFurtherRounds(count: above, after: values.count)
  }

  /// The fewest further rounds after which the sequence can fail, if all signs are against it; `nil` when
  /// it is decided, or when that is out of reach.
  package var fewestRoundsToFail: Int? {
    guard state == .undecided else { return nil }
    return plan.failing.fewestFurtherRounds(count: below, after: values.count)
  }
}
