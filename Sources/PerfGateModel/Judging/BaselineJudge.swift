import PerfGateStatistics

/// Today's session of a claim, computed from its rounds.
package struct TodaySession: Hashable, Sendable {
  /// The median of the claim's value: a relative time, a ratio, or a speedup.
  package var median: Double
  /// The interval of the median, the lower end first.
  package var interval: [Double]
  /// The number of kept rounds.
  package var rounds: Int
  /// Whether each of them was a process of its own.
  package var isOfStarts: Bool
  /// The number of dropped pairs.
  package var discarded: Int
}

extension Judge {
  /// Computes today's session of a claim of any kind; `nil` if too few rounds were kept or most
  /// were dropped.
  package func session(_ claim: MeasuredClaim) -> TodaySession? {
    guard claim.plan.refusal == nil, let first = claim.first else { return nil }
    if let counter = claim.plan.kind.counter { return countSession(claim, counter) }
    if let baseline = claim.plan.baseline {
      let today = today(baseline, first)
      return session(claim.plan, today.values, today.stage, isOfStarts: first.isOfStarts)
    }
    guard let plan = claim.plan.sequentialPlan else { return nil }
    let sequence = sequence(first, plan)
    return session(
      claim.plan, sequence.test.values, sequence.stage, isOfStarts: first.isOfStarts)
  }

  private func session(
    _ plan: ClaimPlan, _ values: [Double], _ stage: ClaimResult.Stage, isOfStarts: Bool
  ) -> TodaySession? {
    guard values.count >= BaselinePlan.fewestRounds, stage.lostRounds <= stage.rounds,
      let middle = median(values),
      let range = orderStatisticInterval(values, confidence: Tables.confidence)
    else { return nil }
    // The value of a baseline claim is the change; the session stores the quantity that changes.
    func stored(_ value: Double) -> Double {
      guard plan.baseline != nil else { return plan.value(exponential(value)) }
      return exponential(plan.isHigherBetter == true ? value : -value)
    }
    return TodaySession(
      median: stored(middle),
      interval: [stored(range.interval.lower), stored(range.interval.upper)].sorted(),
      rounds: values.count, isOfStarts: isOfStarts, discarded: stage.discards.count)
  }

  /// Whether the first stage finds a baseline claim violated, so that a confirmation is needed.
  package func isSuspect(_ claim: MeasuredClaim) -> Bool {
    guard let baseline = claim.plan.baseline, let first = claim.first,
      let test = test(claim.plan, baseline, today(baseline, first).values)
    else { return false }
    return test.verdict == .violated && !test.isAdvice
  }

  /// `ln(T_reference / T_subject)` for one unit of work each, for the pairs of one stage.
  private func today(
    _ baseline: BaselinePlan, _ stage: MeasuredStage
  ) -> (values: [Double], stage: ClaimResult.Stage) {
    var values: [Double] = []
    let found = stage.pairs { _, value in
      values.append(baseline.perUnit(value))
      return values.count < BaselinePlan.rounds
    }
    return (values, found)
  }

  /// The test of today's session against the stored ones; `nil` without stored sessions, or with
  /// too few rounds.
  private func test(
    _ plan: ClaimPlan, _ baseline: BaselinePlan, _ values: [Double]
  ) -> BaselineTest? {
    guard values.count >= BaselinePlan.fewestRounds, let middle = median(values) else { return nil }
    return BaselineTest(today: -middle, stored: baseline.stored, limit: plan.limit - 1)
  }

  /// Judges a baseline claim.
  func baselineResult(_ claim: MeasuredClaim, _ baseline: BaselinePlan) -> ClaimResult {
    var result = ClaimResult(claim.plan)
    guard let first = claim.first.map({ today(baseline, $0) }), !first.stage.isEmpty else {
      return result
    }
    let confirming = claim.confirmation.map { today(baseline, $0) }
    // The rounds of a confirmation that only other claims of the group needed decide nothing here.
    let second = isSuspect(claim) ? confirming : nil
    result.rounds = first.stage.rounds
    result.confirmationRounds = second?.stage.rounds ?? 0
    result.stages = [first.stage, confirming?.stage].compactMap { $0 }
    result.starts = Self.starts([first.stage, second?.stage].compactMap { $0 })
    result.discarded = first.stage.discards.count + (second?.stage.discards.count ?? 0)
    if let reason = Self.mostlyDiscarded(first.stage, .first) {
      result.verdict = .notCheckable(reason)
      return result
    }
    guard first.values.count >= BaselinePlan.fewestRounds else {
      result.verdict = .inconclusive(
        .sessionCutShort(
          rounds: first.values.count, of: BaselinePlan.rounds, least: BaselinePlan.fewestRounds,
          isDisturbed: !first.stage.discards.isEmpty))
      return result
    }
    guard let test = test(claim.plan, baseline, first.values) else {
      let others = baseline.others ?? 0
      let isOfStarts = claim.first?.isOfStarts == true
      result.verdict = .notCheckable(
        others == 0 ? .firstSession : .otherKindOfSessions(others, isOfStarts: isOfStarts))
      return result
    }
    let confirmation = second.flatMap { self.test(claim.plan, baseline, $0.values) }
    // A violated claim reports its confirmation: the first rounds were selected because they looked
    // bad.
    let shown = test.verdict == .violated ? confirmation ?? test : test
    result.estimate = shown.change
    result.interval = shown.changeInterval.map {
      [$0.lower, min($0.upper, .greatestFiniteMagnitude)]
    }
    result.verdict = Self.verdict(test, sessions: baseline.stored.count)
    if result.verdict == .violated, confirmation?.verdict != .violated {
      result.verdict = Self.unconfirmed(second?.stage)
    }
    if result.verdict.isChecked, result.verdict != .violated {
      result.detectable = test.detectableChange.map(Self.finite)
    }
    result.remarks = remarks(test, claim.plan, baseline)
    return result
  }

  /// The reason if the confirmation does not confirm: it finds something else, or nothing.
  private static func unconfirmed(_ second: ClaimResult.Stage?) -> Verdict {
    if let second, let reason = mostlyDiscarded(second, .confirmation) {
      return .notCheckable(reason)
    }
    let rounds = second?.rounds ?? 0
    guard rounds >= BaselinePlan.fewestRounds else {
      return .inconclusive(
        .confirmationCutShort(
          rounds: rounds, of: BaselinePlan.rounds,
          isDisturbed: second?.discards.isEmpty == false))
    }
    return .inconclusive(.notConfirmed)
  }

  /// What too few sessions suggest.
  private static func verdict(_ test: BaselineTest, sessions count: Int) -> Verdict {
    if test.isAdvice {
      let advice: Reason.Advice =
        switch test.verdict {
        case .holds: .holds
        case .violated: .violated
        case .inconclusive: .inconclusive
        }
      return .inconclusive(.fewSessions(count, advice: advice))
    }
    return switch test.verdict {
    case .holds: .holds
    case .violated: .violated
    case .inconclusive:
      .inconclusive(.sessionsDiffer(count, deviation: exponential(test.deviation) - 1))
    }
  }

  /// Remarks about gains worth keeping, changed compilers, and creep.
  private func remarks(
    _ test: BaselineTest, _ plan: ClaimPlan, _ baseline: BaselinePlan
  ) -> [Remark] {
    var remarks: [Remark] = []
    if test.isBetter { remarks.append(.better(change: test.change - 1, command: renewal)) }
    if let stored = baseline.toolchain, stored != toolchain {
      remarks.append(.otherToolchain(stored: stored, current: toolchain))
    }
    // This adds nothing to a violated claim.
    if test.verdict != .violated, let pinned = baseline.pinned {
      let creep = exponential(naturalLog(test.change) + test.mean - pinned)
      if creep > plan.limit { remarks.append(.creep(change: creep - 1)) }
    }
    return remarks
  }
}
