#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PerfGateStatistics

/// Verdicts as a function of the record: the live run and a stored one are judged by this.
public struct Judge {
  /// A speedup this much above the ceiling's interval is work that was not done.
  public static let ceilingMargin = 0.03
  /// Below it, and above its inverse, a ratio is told with what it usually means.
  static let leastRatio = 0.02

  private let series: [SeriesKey: Series]
  private let stages: [StageRecord]
  private let unproven: [Record.UnprovenVariant]
  let toolchain: String
  /// How a better baseline is recorded by who measured this.
  let renewal: String

  /// A judge of one record.
  public init(_ record: Record) {
    series = Dictionary(record.series.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    stages = record.stages
    unproven = record.unproven
    toolchain = record.tool.toolchain
    renewal =
      record.command == "test"
      ? "PERFGATE_UPDATE_BASELINES=better swift test" : "baseline update --only better"
  }

  /// The verdicts of all plans of a record, in their order.
  public static func results(_ record: Record) -> [ClaimResult] {
    let judge = Judge(record)
    return record.claimPlans.map { judge.result($0) }
  }

  /// The verdict of one plan.
  public func result(_ plan: ClaimPlan) -> ClaimResult {
    var result = ClaimResult(plan)
    if let reason = plan.notCheckable {
      result.reason = reason
      // Records of earlier versions tell no cause.
      let isUnproven = reason.hasPrefix(ClaimResult.notProven)
      result.cause = plan.cause ?? (isUnproven ? .notProven : nil)
      return result
    }
    if let reason = unprovenReason(plan) {
      (result.reason, result.cause) = (reason, .notProven)
      return result
    }
    if let baseline = plan.baseline { return baselineResult(plan, baseline) }
    guard let sequential = plan.sequentialPlan,
      let first = sequence(plan, sequential, stage: .first)
    else {
      (result.reason, result.cause) = ("no rounds were measured", .unfinished)
      return result
    }
    guard first.stage.rounds + first.stage.discards.count > 0 else {
      (result.reason, result.cause) = ("no rounds were measured", .unfinished)
      return result
    }
    let confirmation = sequence(plan, sequential.confirmation, stage: .confirmation)
    let decision = Decision(first: first.test, confirmation: confirmation?.test)
    result.rounds = decision.rounds
    result.confirmationRounds = decision.confirmationRounds
    result.estimate = decision.estimate.map(plan.value)
    result.interval = decision.interval.map(plan.values)
    result.stages = [first, confirmation].compactMap { $0?.stage }
    result.discarded = result.stages.reduce(0) { $0 + $1.discards.count }
    if plan.kind.isScaling { fillScaling(&result, plan, decision) }
    let obstacle: Obstacle?
    (result.verdict, obstacle) = verdict(plan, decision, first, confirmation)
    (result.reason, result.cause) = (obstacle?.text, obstacle?.cause)
    result.note = Self.imbalance(result)
    return result
  }

  private func verdict(
    _ plan: ClaimPlan, _ decision: Decision, _ first: Sequence, _ confirmation: Sequence?
  ) -> (Verdict, Obstacle?) {
    if let reason = Self.discardReason(first.stage, "rounds") {
      return (.notCheckable, Obstacle(.disturbed, reason))
    }
    if let confirmation,
      let reason = Self.discardReason(confirmation.stage, "rounds of the confirmation")
    {
      return (.notCheckable, Obstacle(.disturbed, reason))
    }
    switch decision.finding {
    case .holds:
      if let reason = aboveCeiling(plan, decision) {
        return (.notCheckable, Obstacle(.notProven, reason))
      }
      return (.holds, nil)
    case .violated:
      if let obstacle = belowCeiling(plan) { return (.notCheckable, obstacle) }
      return (.violated, nil)
    case .inconclusive:
      let text = Self.text(decision.reason, first.test, confirmation?.test)
      return (.inconclusive, Obstacle(Self.cause(decision.reason, first, confirmation), text))
    }
  }

  /// Rounds that were not measured are lost to disturbance where dropped ones took their time.
  private static func cause(
    _ reason: Decision.Reason?, _ first: Sequence, _ confirmation: Sequence?
  ) -> Cause {
    let last = reason == .notConfirmed ? confirmation : first
    switch last?.test.state {
    case .exhausted, .holds, .fails: return .undecided
    case .undecided, nil:
      return last?.stage.discards.isEmpty == false ? .disturbed : .unfinished
    }
  }

  /// What it usually means when one side takes next to no time beside the other, and nobody claimed
  /// that it would.
  private static func imbalance(_ result: ClaimResult) -> String? {
    guard result.kind.comparesVariants, let estimate = result.estimate, estimate > 0 else {
      return nil
    }
    let isFaster = result.kind.direction == .atLeast
    let (ratio, limit) =
      isFaster ? (1 / estimate, 1 / result.limit) : (estimate, result.limit)
    guard ratio < leastRatio && limit > leastRatio || ratio > 1 / leastRatio else { return nil }
    let side = ratio < leastRatio ? "the side that is judged" : "the side it is compared with"
    return
      "\(side) takes less than a fiftieth of the other's time: as a rule its result is cached, "
      + "or its work was moved out of the call; see that each call does the work"
  }

  private static func text(
    _ reason: Decision.Reason?, _ first: SequentialTest, _ confirmation: SequentialTest?
  ) -> String {
    switch reason {
    case .notConfirmed:
      if let confirmation, confirmation.state != .undecided {
        return "not confirmed by a second sequence of rounds"
      }
      return "not confirmed: \(cutShort(confirmation, of: first.plan)) to confirm it"
    case .spent where first.values.count == 1:
      // One value has no spread, from which to tell how many would decide.
      return "1 round"
    case .spent(let rounds, let needed):
      let wish = needed.map { "about \($0) would decide" } ?? "no number would decide"
      return first.state == .exhausted
        ? "\(rounds) rounds are spent, \(wish)" : "\(cutShort(first, of: first.plan)), \(wish)"
    case nil: return "not decided"
    }
  }

  /// An interruption, a worker that failed, or no time left.
  private static func cutShort(_ test: SequentialTest?, of plan: SequentialPlan) -> String {
    "only \(test?.values.count ?? 0) of \(plan.maximumRounds) rounds were measured"
  }

  private func unprovenReason(_ plan: ClaimPlan) -> String? {
    let arms = [plan.subject, plan.reference].compactMap { $0 }
    let found = unproven.first { one in
      arms.contains { $0.kernel == one.kernel && $0.variant == one.variant }
    }
    return found.map { "\(ClaimResult.notProven): \($0.variant): \($0.reason)" }
  }
}

// MARK: - Sequences

extension Judge {
  /// The rounds of one claim in one stage, as far as they were needed.
  package struct Sequence {
    package var test: SequentialTest
    package var stage: ClaimResult.Stage
  }

  /// Why the rounds say nothing: most of them were dropped.
  package static func discardReason(_ stage: ClaimResult.Stage, _ rounds: String) -> String? {
    let dropped = stage.discards.count
    guard dropped > stage.rounds else { return nil }
    let causes = stage.discards.flatMap(\.causes)
    let common = Dictionary(grouping: causes, by: kind).max {
      ($0.value.count, $1.key) < ($1.value.count, $0.key)
    }
    let cause = common.map { ", \($0.value.count) times as in: \($0.value[0])" } ?? ""
    return "\(dropped) of \(dropped + stage.rounds) \(rounds) were discarded\(cause)"
  }

  /// Texts that differ only in numbers are of one kind.
  private static func kind(_ text: String) -> String { text.filter { !$0.isNumber } }

  /// The pairs of a claim in time order, fed to the test until it is decided.
  package func sequence(_ plan: ClaimPlan, _ sequential: SequentialPlan, stage: Stage) -> Sequence?
  {
    var test = SequentialTest(sequential)
    let found = pairs(plan, stage: stage) { value in
      test.add(value)
      return test.state == .undecided
    }
    return found.map { Sequence(test: test, stage: $0) }
  }

  /// The pairs of a claim in time order, and those that were dropped on the way.
  ///
  /// - Parameter take: gets `ln(T_reference / T_subject)` of each, and tells whether it wants more.
  package func pairs(_ plan: ClaimPlan, stage: Stage, take: (Double) -> Bool) -> ClaimResult.Stage?
  {
    guard let subject = plan.subject, let reference = plan.reference, let group = plan.group,
      let record = stages.first(where: { $0.group == group && $0.stage == stage })
    else { return nil }
    let keys = [subject.at(stage), reference.at(stage)]
    var used = 0
    var last = Int.max
    if let subject = series[keys[0]], let reference = series[keys[1]] {
      for (round, value) in Self.logRatios(subject, reference) {
        used += 1
        if !take(value) {
          last = round
          break
        }
      }
    }
    // A pair was tried where both ran: an arm may have other partners, in rounds without this one.
    func roundsRun(_ key: SeriesKey) -> Set<Int> {
      Set(series[key]?.rounds ?? []).union(record.discards.filter { $0.series == key }.map(\.round))
    }
    var tried = roundsRun(keys[0]).intersection(roundsRun(keys[1]))
    let discards = record.discards.filter { discard in
      keys.contains(discard.series) && discard.round <= last && tried.remove(discard.round) != nil
    }
    return ClaimResult.Stage(seed: record.seed, rounds: used, discards: discards)
  }

  /// `ln(T_reference / T_subject)`, per task, for each round that both were in.
  package static func logRatios(_ subject: Series, _ reference: Series) -> [(
    round: Int, value: Double
  )] {
    let other = reference.secondsByRound
    let scale = log(Double(subject.tasks) / Double(reference.tasks))
    return zip(subject.rounds, subject.seconds).compactMap { round, seconds in
      other[round].map { (round, logRatio($0, over: seconds) + scale) }
    }
  }
}

// MARK: - The ceiling

extension Judge {
  /// What the machine itself would reach with the claim's own number of tasks.
  private func ceilingTest(_ plan: ClaimPlan) -> SequentialTest? {
    guard let key = plan.ceiling, let referenceKey = plan.ceilingReference,
      let subject = series[key], let reference = series[referenceKey]
    else { return nil }
    let tasks = plan.subject.flatMap { series[$0] }?.tasks ?? subject.tasks
    let granularity = log(
      CeilingTasks.granularity(of: tasks, to: subject.tasks, workers: plan.workers))
    let ratios = Self.logRatios(subject, reference).map { $0.value + granularity }
    return plan.ceilingRounds.flatMap {
      SequentialPlan(failsBelow: plan.bound, maximumRounds: $0)
    }.map { SequentialTest($0, values: ratios) }
  }

  private func fillScaling(_ result: inout ClaimResult, _ plan: ClaimPlan, _ decision: Decision) {
    if plan.kind.dividesWork, let quotient = decision.estimate {
      result.karpFlatt = karpFlatt(speedup: quotient, workers: plan.workers)
    }
    guard let test = ceilingTest(plan) else { return }
    result.ceiling = test.logEstimate.map { plan.value(exp($0)) }
    result.ceilingInterval = test.logInterval.map { plan.values($0.exponential) }
  }

  /// A violated claim says nothing about the code where the machine itself cannot do it.
  private func belowCeiling(_ plan: ClaimPlan) -> Obstacle? {
    guard plan.kind.isScaling else { return nil }
    let isDisturbed = stages.contains { stage in
      stage.discards.contains { $0.series == plan.ceiling }
    }
    let cause = isDisturbed ? Cause.disturbed : .hardware
    guard let test = ceilingTest(plan), let estimate = test.logEstimate else {
      return Obstacle(
        cause, "the machine's own speedup at \(plan.workers) workers is not known")
    }
    guard test.state != .holds else { return nil }
    let figure = Self.rounded(plan.value(exp(estimate)))
    let text = "the machine itself reaches \(figure) at \(plan.workers) workers"
    return test.state == .fails
      ? Obstacle(.hardware, "\(text), \(plan.limit) is claimed")
      : Obstacle(cause, "\(text), which does not show that \(plan.limit) is possible")
  }

  /// A speedup clearly above the machine's own is work that was not done.
  private func aboveCeiling(_ plan: ClaimPlan, _ decision: Decision) -> String? {
    guard plan.kind.isScaling, let lower = decision.interval?.lower,
      let upper = ceilingTest(plan)?.logInterval?.exponential.upper,
      lower > upper * (1 + Self.ceilingMargin)
    else { return nil }
    return
      "\(ClaimResult.notProven): \(Self.rounded(plan.value(lower))) or more is above what the "
      + "machine itself reaches, \(Self.rounded(plan.value(upper))) at most"
  }

  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

extension ClaimResult {
  /// How the reason of a claim about work that was not done begins.
  package static let notProven = "work not proven"

  /// Whether it cannot be checked because work is not proven, which is a fault and no limit of the
  /// machine.
  public var isUnproven: Bool {
    guard verdict == .notCheckable else { return false }
    // Records of earlier versions tell no cause.
    return cause.map { $0 == .notProven } ?? (reason?.hasPrefix(Self.notProven) == true)
  }

  /// A result before anything is known.
  init(_ plan: ClaimPlan) {
    self.init(
      id: plan.id, text: plan.text, kind: plan.kind, limit: plan.limit, subject: plan.subject,
      reference: plan.reference, workers: plan.workers, estimate: nil, interval: nil, rounds: 0,
      confirmationRounds: 0, discarded: 0, maximumRounds: plan.maximumRounds, alpha: plan.alpha,
      verdict: .notCheckable, reason: nil, cause: nil, ceiling: nil, ceilingInterval: nil,
      karpFlatt: nil,
      note: nil, stages: [])
  }
}
