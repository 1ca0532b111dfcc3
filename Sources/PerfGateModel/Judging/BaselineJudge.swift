#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PerfGateStatistics

/// Today's session of a claim, as its rounds tell.
public struct TodaySession: Hashable, Sendable {
  /// The claim's figure: a relative time, a ratio, a speedup.
  public var median: Double
  /// Where the median lies, the lower end first.
  public var interval: [Double]
  /// The pairs that counted.
  public var rounds: Int
  /// The pairs that were dropped.
  public var discarded: Int
}

extension Judge {
  /// Today's session of a claim of any kind; `nil` when too few rounds counted, or most were dropped.
  public func session(_ plan: ClaimPlan) -> TodaySession? {
    guard plan.notCheckable == nil else { return nil }
    if let baseline = plan.baseline {
      return today(plan, baseline, stage: .first).flatMap { session(plan, $0.values, $0.stage) }
    }
    guard let sequential = plan.sequentialPlan,
      let first = sequence(plan, sequential, stage: .first)
    else { return nil }
    return session(plan, first.test.values, first.stage)
  }

  private func session(
    _ plan: ClaimPlan, _ values: [Double], _ stage: ClaimResult.Stage
  ) -> TodaySession? {
    guard values.count >= BaselinePlan.fewestRounds, stage.discards.count <= stage.rounds,
      let middle = median(values),
      let range = orderStatisticInterval(values, confidence: Tables.confidence)
    else { return nil }
    // A baseline's own figure is the change; what is stored is what changes.
    func figure(_ value: Double) -> Double {
      guard plan.baseline != nil else { return plan.value(exp(value)) }
      return exp(plan.isHigherBetter == true ? value : -value)
    }
    return TodaySession(
      median: figure(middle),
      interval: [figure(range.interval.lower), figure(range.interval.upper)].sorted(),
      rounds: values.count, discarded: stage.discards.count)
  }

  /// Whether the first stage of a baseline claim says that it is violated, so that it must be
  /// confirmed.
  package func isSuspect(_ plan: ClaimPlan) -> Bool {
    guard let baseline = plan.baseline, let first = today(plan, baseline, stage: .first),
      let test = test(plan, baseline, first.values)
    else { return false }
    return test.finding == .violated && !test.isAdvice
  }

  /// The pairs of one stage: `ln(T_reference / T_subject)` for one unit of work each.
  private func today(
    _ plan: ClaimPlan, _ baseline: BaselinePlan, stage: Stage
  ) -> (values: [Double], stage: ClaimResult.Stage)? {
    var values: [Double] = []
    let found = pairs(plan, stage: stage) { value in
      values.append(baseline.perUnit(value))
      return values.count < BaselinePlan.rounds
    }
    return found.map { (values, $0) }
  }

  /// Today's session against the stored ones; `nil` without any, or with too few rounds.
  private func test(
    _ plan: ClaimPlan, _ baseline: BaselinePlan, _ values: [Double]
  ) -> BaselineTest? {
    guard values.count >= BaselinePlan.fewestRounds, let middle = median(values) else { return nil }
    return BaselineTest(today: -middle, stored: baseline.stored, limit: plan.limit - 1)
  }

  /// The verdict of a baseline claim.
  func baselineResult(_ plan: ClaimPlan, _ baseline: BaselinePlan) -> ClaimResult {
    var result = ClaimResult(plan)
    guard let first = today(plan, baseline, stage: .first),
      first.stage.rounds + first.stage.discards.count > 0
    else {
      (result.reason, result.cause) = ("no rounds were measured", .unfinished)
      return result
    }
    let second = today(plan, baseline, stage: .confirmation)
    result.rounds = first.stage.rounds
    result.confirmationRounds = second?.stage.rounds ?? 0
    result.stages = [first.stage, second?.stage].compactMap { $0 }
    result.discarded = result.stages.reduce(0) { $0 + $1.discards.count }
    if let reason = Self.discardReason(first.stage, "rounds") {
      (result.reason, result.cause) = (reason, .disturbed)
      return result
    }
    guard first.values.count >= BaselinePlan.fewestRounds else {
      result.verdict = .inconclusive
      result.reason =
        "only \(first.values.count) of \(BaselinePlan.rounds) rounds were measured, "
        + "\(BaselinePlan.fewestRounds) are a session"
      result.cause = first.stage.discards.isEmpty ? .unfinished : .disturbed
      return result
    }
    guard let test = test(plan, baseline, first.values) else {
      (result.reason, result.cause) = ("nothing is stored yet", .baseline)
      return result
    }
    let confirmation = second.flatMap { self.test(plan, baseline, $0.values) }
    // Of a violated claim the fresh rounds tell: the first ones were selected for looking bad.
    let shown = test.finding == .violated ? confirmation ?? test : test
    result.estimate = shown.change
    result.interval = shown.changeInterval.map {
      [$0.lower, min($0.upper, .greatestFiniteMagnitude)]
    }
    var (verdict, obstacle) = Self.verdict(test, sessions: baseline.stored.count)
    if verdict == .violated, confirmation?.finding != .violated {
      (verdict, obstacle) = Self.unconfirmed(second?.stage)
    }
    (result.verdict, result.reason, result.cause) = (verdict, obstacle?.text, obstacle?.cause)
    result.note = note(test, plan, baseline)
    return result
  }

  /// Fresh rounds that do not say the same: because they say something else, or nothing.
  private static func unconfirmed(_ second: ClaimResult.Stage?) -> (Verdict, Obstacle?) {
    if let second, let reason = discardReason(second, "rounds of the confirmation") {
      return (.notCheckable, Obstacle(.disturbed, reason))
    }
    let rounds = second?.rounds ?? 0
    guard rounds >= BaselinePlan.fewestRounds else {
      let measured = "only \(rounds) of \(BaselinePlan.rounds) rounds were measured"
      let cause = second?.discards.isEmpty == false ? Cause.disturbed : .unfinished
      return (.inconclusive, Obstacle(cause, "not confirmed: \(measured) to confirm it"))
    }
    return (
      .inconclusive, Obstacle(.undecided, "not confirmed by a second sequence of rounds")
    )
  }

  /// What one session says.
  private static func verdict(_ test: BaselineTest, sessions count: Int) -> (Verdict, Obstacle?) {
    if test.isAdvice {
      let sessions = "\(count) of \(BaselineTest.fewestSessions) sessions"
      let finding =
        switch test.finding {
        case .holds: "within the limit"
        case .violated: "beyond the limit"
        case .inconclusive: "not decided"
        }
      return (
        .inconclusive,
        Obstacle(
          .baseline,
          "advice only, \(sessions) \(count == 1 ? "is" : "are") stored: \(finding)")
      )
    }
    switch test.finding {
    case .holds: return (.holds, nil)
    case .violated: return (.violated, nil)
    case .inconclusive:
      let spread = ((exp(test.deviation) - 1) * 1000).rounded() / 10
      return (
        .inconclusive,
        Obstacle(
          .undecided,
          "\(count) stored sessions that differ by \(spread) % do not decide it; record more")
      )
    }
  }

  /// Gains that should be kept, compilers that changed, and creep.
  private func note(
    _ test: BaselineTest, _ plan: ClaimPlan, _ baseline: BaselinePlan
  ) -> String? {
    var notes: [String] = []
    func percent(_ ratio: Double) -> String { "\((abs(ratio - 1) * 1000).rounded() / 10) %" }
    if test.isBetter {
      notes.append(
        "better than its baseline by \(percent(test.change)): renew it, so that the gain is kept "
          + "(\(renewal))")
    }
    if let toolchain = baseline.toolchain, toolchain != self.toolchain {
      notes.append("the baseline was recorded with \(toolchain), this is \(self.toolchain)")
    }
    // Of a violated claim this says nothing new.
    if test.finding != .violated, let pinned = baseline.pinned {
      let creep = exp(log(test.change) + test.mean - pinned)
      if creep > plan.limit {
        notes.append("worse than the pinned session by \(percent(creep))")
      }
    }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }
}
