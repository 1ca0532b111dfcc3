import PerfGateStatistics

/// Computes verdicts from measurements, for a live run and for a stored one alike.
package struct Judge: Sendable {
  /// A speedup above the ceiling's interval by this share of it means that work was not done.
  package static let ceilingMargin = 0.03
  /// A ratio below this, or above its inverse, gets a remark about what it usually means. Vectors of
  /// 64 bytes do the work of bytes up to 64 times as fast.
  static let leastRatio = 0.01

  /// The compilers of the program that measured.
  let toolchain: String
  /// The command that stores a better baseline, for the program that measured.
  let renewal: String
  /// The key of the machine that measured.
  let machine: String
  /// Whether results tell what would have been found, which takes most of the time of judging.
  private var tellsDetectable = true

  /// Makes the judge of a record.
  package init(_ record: Record) {
    toolchain = record.tool.toolchain
    machine = record.machine.key
    renewal =
      record.command == "test"
      ? "PERFGATE_UPDATE_BASELINES=better swift test" : "baseline update --only better"
  }

  /// Judges all claims of a record, in their order.
  package static func results(
    _ record: Record, tellsDetectable: Bool = true
  ) -> [ClaimResult] {
    var judge = Judge(record)
    judge.tellsDetectable = tellsDetectable
    return record.measuredClaims.map(judge.result)
  }

  /// Judges one claim.
  package func result(_ claim: MeasuredClaim) -> ClaimResult {
    var result = ClaimResult(claim.plan)
    if let reason = refusal(claim) {
      result.verdict = .notCheckable(reason)
      return result
    }
    if let counter = claim.plan.kind.counter { return countResult(claim, counter) }
    if let baseline = claim.plan.baseline { return baselineResult(claim, baseline) }
    guard let plan = claim.plan.sequentialPlan, let first = claim.first.map({ sequence($0, plan) }),
      !first.stage.isEmpty
    else { return result }
    let second = claim.confirmation.map { sequence($0, plan.confirmation) }
    // The rounds of a confirmation that only other claims of the group needed decide nothing here.
    let confirmation = first.test.state == .fails ? second : nil
    let decision = Decision(first: first.test, confirmation: confirmation?.test)
    result.rounds = decision.rounds
    result.confirmationRounds = decision.confirmationRounds
    result.estimate = decision.estimate.map(claim.plan.value)
    result.interval = decision.interval.map(claim.plan.values)
    result.stages = [first, second].compactMap { $0?.stage }
    result.starts = Self.starts([first, confirmation].compactMap { $0?.stage })
    result.discarded = [first, confirmation].reduce(0) { $0 + ($1?.stage.discards.count ?? 0) }
    if claim.plan.kind.isScaling { fillScaling(&result, claim, decision) }
    result.verdict = verdict(claim, decision, first, confirmation)
    result.detectable = detectable(claim, first.test, result.verdict)
    result.remarks = Self.imbalance(result).map { [$0] } ?? []
    return result
  }

  private func refusal(_ claim: MeasuredClaim) -> Reason? {
    claim.plan.refusal
      ?? claim.unproven.map { .unproven(variant: $0.variant, finding: $0.reason) }
  }

  private func verdict(
    _ claim: MeasuredClaim, _ decision: Decision, _ first: Sequence, _ confirmation: Sequence?
  ) -> Verdict {
    if let reason = Self.mostlyDiscarded(first.stage, .first) { return .notCheckable(reason) }
    if let confirmation, let reason = Self.mostlyDiscarded(confirmation.stage, .confirmation) {
      return .notCheckable(reason)
    }
    switch decision.verdict {
    case .holds: return aboveCeiling(claim, decision).map { .notCheckable($0) } ?? .holds
    case .violated: return belowCeiling(claim).map { .notCheckable($0) } ?? .violated
    case .inconclusive:
      return .inconclusive(Self.reason(decision.reason, first, confirmation))
    }
  }

  /// A value that JSON can tell.
  static func finite(_ value: Double) -> Double { min(value, .greatestFiniteMagnitude) }

  /// The violation that would have been found in 9 of 10 runs. A claim that holds early stops there, but
  /// would have had all N rounds; one that was cut short had no more than it has.
  private func detectable(
    _ claim: MeasuredClaim, _ first: SequentialTest, _ verdict: Verdict
  ) -> Double? {
    // What memory differs by from start to start is no share of it.
    guard tellsDetectable, verdict.isChecked, verdict != .violated, !claim.plan.kind.isOfBytes,
      belowCeiling(claim) == nil, let sigma = first.sigma
    else { return nil }
    let (plan, measured) = (first.plan, first.lookedAt.count)
    let rounds = first.state == .undecided ? measured : plan.maximumRounds
    return plan.detectableShift(sigma: sigma, measured: measured, rounds: rounds).map {
      Self.finite(claim.plan.value(exponential(plan.bound - $0)))
    }
  }

  /// Why the claim is neither shown to hold nor to be violated. If dropped rounds used up the time,
  /// the missing rounds count as lost to disturbance.
  private static func reason(
    _ reason: Decision.Reason?, _ first: Sequence, _ confirmation: Sequence?
  ) -> Reason {
    let most = first.test.plan.maximumRounds
    switch reason {
    case .notConfirmed, nil:
      if let confirmation, confirmation.test.state != .undecided { return .notConfirmed }
      return .confirmationCutShort(
        rounds: confirmation?.test.values.count ?? 0, of: most,
        isDisturbed: confirmation?.stage.discards.isEmpty == false)
    case .spent(let rounds, let needed):
      let isDisturbed = !first.stage.discards.isEmpty
      let isSpent = first.test.state == .exhausted
      // One value has no spread, so the number of rounds that would decide is unknown.
      if rounds == 1 { return .oneRound(isDisturbed: isDisturbed) }
      if isSpent { return .spent(rounds: rounds, needed: needed) }
      return .cutShort(rounds: rounds, of: most, needed: needed, isDisturbed: isDisturbed)
    }
  }

  /// A remark if one side takes almost no time compared with the other although the claim does not
  /// say so.
  private static func imbalance(_ result: ClaimResult) -> Remark? {
    guard result.kind.comparesVariants, let estimate = result.estimate, estimate > 0 else {
      return nil
    }
    let isFaster = result.kind.direction == .atLeast
    let (ratio, limit) =
      isFaster ? (1 / estimate, 1 / result.limit) : (estimate, result.limit)
    guard ratio < leastRatio && limit > leastRatio || ratio > 1 / leastRatio else { return nil }
    return .imbalance(isSubjectFast: ratio < leastRatio)
  }
}

// MARK: - Sequences

extension Judge {
  /// The rounds of one claim in one stage, up to the decision.
  struct Sequence {
    var test: SequentialTest
    var stage: ClaimResult.Stage
  }

  /// Feeds the pairs of a stage to the test in time order until it is decided.
  func sequence(_ stage: MeasuredStage, _ plan: SequentialPlan) -> Sequence {
    var test = SequentialTest(plan)
    let found = stage.pairs { _, value in
      test.add(value)
      return test.state == .undecided
    }
    return Sequence(test: test, stage: found)
  }

  /// How many processes the rounds of these stages came from.
  static func starts(_ stages: [ClaimResult.Stage]) -> Int? {
    let known = stages.compactMap(\.starts)
    guard !known.isEmpty else { return nil }
    return known.allSatisfy { $0 == 1 } ? 1 : known.reduce(0, +)
  }

  /// The reason if most rounds were dropped, so that the rest show nothing; otherwise `nil`.
  static func mostlyDiscarded(_ stage: ClaimResult.Stage, _ which: Stage) -> Reason? {
    let dropped = stage.lostRounds
    guard dropped > stage.rounds else { return nil }
    let causes = Dictionary(grouping: stage.discards.flatMap(\.causes), by: \.kind)
    let common = causes.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
    return .discarded(
      dropped, kept: stage.rounds, stage: which,
      common: common.map { Reason.CommonCause(count: $0.value.count, example: $0.value[0].text) })
  }
}

extension ClaimResult.Stage {
  /// The number of rounds without a kept pair.
  var lostRounds: Int { lost ?? discards.count }
  /// Whether no pair was measured, not even a dropped one.
  var isEmpty: Bool { rounds + discards.count == 0 }
}

// MARK: - The ceiling

extension Judge {
  /// The speedup that the machine itself would reach with the claim's number of tasks.
  private func ceilingTest(_ claim: MeasuredClaim) -> SequentialTest? {
    guard let ceiling = claim.ceiling, let subject = ceiling.subject,
      let reference = ceiling.reference
    else { return nil }
    let granularity = naturalLog(
      CeilingTasks.granularity(
        of: claim.first?.subject?.tasks ?? subject.tasks, to: subject.tasks,
        workers: claim.plan.workers))
    let ratios = logRatios(subject, reference).map { $0.value + granularity }
    return ceiling.maximumRounds.flatMap {
      SequentialPlan(bound: claim.plan.bound, maximumRounds: $0)
    }.map { SequentialTest($0, values: ratios) }
  }

  private func fillScaling(
    _ result: inout ClaimResult, _ claim: MeasuredClaim, _ decision: Decision
  ) {
    if claim.plan.kind.dividesWork, let quotient = decision.estimate {
      result.karpFlatt = karpFlatt(speedup: quotient, workers: claim.plan.workers)
    }
    guard let test = ceilingTest(claim) else { return }
    result.ceiling = test.logEstimate.map { claim.plan.value(exponential($0)) }
    result.ceilingInterval = test.logInterval.map { claim.plan.values($0.exponential) }
  }

  /// The verdict after the check against the machine: if the machine itself cannot reach the limit,
  /// a violated claim says nothing about the code.
  private func belowCeiling(_ claim: MeasuredClaim) -> Reason? {
    guard let ceiling = claim.ceiling else { return nil }
    let (limit, workers) = (claim.plan.limit, claim.plan.workers)
    guard let test = ceilingTest(claim), let estimate = test.logEstimate else {
      let cause: Cause =
        ceiling.isDisturbed ? .disturbed : ceiling.maximumRounds == nil ? .budget : .hardware
      return .ceilingUnknown(workers: workers, cause: cause)
    }
    guard test.state != .holds else { return nil }
    let reached = claim.plan.value(exponential(estimate))
    return test.state == .fails
      ? .ceilingTooLow(reached: reached, limit: limit, workers: workers)
      : .ceilingOpen(
        reached: reached, limit: limit, workers: workers, isDisturbed: ceiling.isDisturbed)
  }

  /// Whether a speedup is clearly above the machine's own, which means that work was not done.
  private func aboveCeiling(_ claim: MeasuredClaim, _ decision: Decision) -> Reason? {
    guard claim.plan.kind.isScaling, let lower = decision.interval?.lower,
      let upper = ceilingTest(claim)?.logInterval?.exponential.upper,
      lower > upper * (1 + Self.ceilingMargin)
    else { return nil }
    return .aboveCeiling(least: claim.plan.value(lower), ceiling: claim.plan.value(upper))
  }
}
