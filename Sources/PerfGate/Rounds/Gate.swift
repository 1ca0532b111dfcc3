import PerfGateStatistics

/// Measures groups of claims: first stage, and confirmation of what it suspects.
///
/// Everything that knows what time it is comes from outside, so that a gate runs on made-up rounds
/// in virtual time as well.
public final class Gate {
  /// Seconds between a suspicion and its confirmation, at the least.
  public static let confirmationPause = 3.0

  /// Makes the empty series of an arm in a group and stage.
  public typealias EmptySeries = (Arm, GroupKey, Stage) -> Series

  private let runner: any ArmRunner
  private let clock: any MeasurementClock
  private let probe: any RoundProbe
  private let budget: Double
  private let quietSeconds: Double
  private let pause: Double
  private let emptySeries: EmptySeries
  /// Called before each round.
  public var progress: (_ group: GroupKey, _ round: Int, _ result: RoundResult) -> Void = {
    _, _, _ in
  }

  /// A gate.
  ///
  /// - Parameters:
  ///   - budget: seconds of a group's rounds, confirmation not counted.
  ///   - quietSeconds: how long to wait, at most, until process and machine are quiet.
  ///   - pause: seconds between a suspicion and its confirmation.
  ///   - series: makes the empty series of an arm.
  public init(
    runner: any ArmRunner, clock: any MeasurementClock, probe: any RoundProbe, budget: Double,
    quietSeconds: Double, pause: Double = confirmationPause, series: @escaping EmptySeries
  ) {
    self.runner = runner
    self.clock = clock
    self.probe = probe
    self.budget = budget
    self.quietSeconds = quietSeconds
    self.pause = pause
    emptySeries = series
  }

  /// Measures a group; series, stages and what is now known of its plans go into the record, also
  /// when it throws.
  ///
  /// An arm is measured once in a record: its series would be there twice. Claims about one that is
  /// there already are not checkable.
  public func measure(_ group: ClaimGroup, into record: inout Record) throws(MeasurementError) {
    if let arm = measuredBefore(group, record) {
      for plan in group.plans {
        record.claimPlans[plan].refuse(
          Obstacle(.mistake, "\(arm.id) was measured before in this record; judge in a new one"))
      }
      return
    }
    waitUntilQuiet(group, &record)
    for (comparison, plan) in zip(group.comparisons, group.plans) {
      record.claimPlans[plan].group = group.id
      record.claimPlans[plan].subject = comparison.subject.key
      record.claimPlans[plan].reference = comparison.reference.key
    }
    let first = run(
      RoundRequest(
        group: group.id, stage: .first, arms: group.arms, comparisons: group.comparisons,
        leastRounds: group.leastRounds, budget: budget,
        seed: Self.seed(record.seed, group.id, stage: .first)),
      into: &record)
    for plan in group.plans {
      record.claimPlans[plan].maximumRounds = first.result.maximumRounds
      if first.failure == nil, first.result.maximumRounds == nil {
        record.claimPlans[plan].refuse(tooFewRounds(first.result, in: record))
      }
    }
    if let failure = first.failure { throw failure }
    try confirm(group, first.result, into: &record)
  }

  private func confirm(
    _ group: ClaimGroup, _ first: RoundResult, into record: inout Record
  ) throws(MeasurementError) {
    let judge = Judge(record)
    let suspects = zip(group.comparisons, zip(first.tests, group.plans)).filter { _, found in
      let (test, plan) = found
      return test.map { $0.state == .fails } ?? judge.isSuspect(record.claimPlans[plan])
    }.map(\.0)
    guard !suspects.isEmpty else { return }
    clock.sleep(seconds: pause)
    let arms = group.arms.filter { arm in
      suspects.contains { $0.subject == arm || $0.reference == arm }
    }
    let second = run(
      RoundRequest(
        group: group.id, stage: .confirmation, arms: arms, comparisons: suspects,
        maximumRounds: first.maximumRounds, budget: budget,
        seed: Self.seed(record.seed, group.id, stage: .confirmation)),
      into: &record)
    if let failure = second.failure { throw failure }
  }

  /// Measures what the machine itself reaches at the workers of scaling claims.
  ///
  /// - Parameter group: the ceiling's arms; its plans are the scaling claims, and its comparisons are
  ///   decided against the claims' bounds.
  public func measureCeiling(
    _ group: ClaimGroup, into record: inout Record
  ) throws(MeasurementError) {
    guard measuredBefore(group, record) == nil else { return }
    waitUntilQuiet(group, &record)
    let (result, failure) = run(
      RoundRequest(
        group: group.id, stage: .first, arms: group.arms, comparisons: group.comparisons,
        budget: budget,
        seed: Self.seed(record.seed, group.id, stage: .first)),
      into: &record)
    for (comparison, plan) in zip(group.comparisons, group.plans) {
      record.claimPlans[plan].ceiling = comparison.subject.key
      record.claimPlans[plan].ceilingReference = comparison.reference.key
      record.claimPlans[plan].ceilingRounds = result.maximumRounds
    }
    if let failure { throw failure }
  }

  private func waitUntilQuiet(_ group: ClaimGroup, _ record: inout Record) {
    guard let busy = probe.waitUntilQuiet(seconds: quietSeconds) else { return }
    record.notes.append(
      Record.Note(code: "busy", text: "\(group.id) was measured while not quiet: \(busy)"))
  }

  private func measuredBefore(_ group: ClaimGroup, _ record: Record) -> Arm? {
    let taken = Set(record.series.map(\.key))
    return group.arms.first { taken.contains($0.key) }
  }

  /// Rounds that only take so long because others use their CPUs are no fault of the budget.
  private func tooFewRounds(_ result: RoundResult, in record: Record) -> Obstacle {
    func rounded(_ seconds: Double) -> Double {
      let scale = seconds < 1 ? 1000.0 : 10
      return (seconds * scale).rounded() / scale
    }
    let seconds = result.roundSeconds
    let affordable =
      "the budget of \(budget) s allows \(Int(budget / max(seconds, 1e-9))) rounds, 16 are needed"
    let alone = seconds - result.delaySeconds
    if result.delaySeconds > 0,
      plannedRounds(budgetSeconds: budget, roundSeconds: max(alone, 1e-9)) != nil
    {
      let names = probe.neighbors()
      let who = names.isEmpty ? "others" : names.joined(separator: ", ")
      return Obstacle(
        .disturbed,
        "a round takes \(rounded(seconds)) s, of which it waits \(rounded(result.delaySeconds)) s "
          + "for CPUs that others use, so \(affordable); busy now: \(who); let them end")
    }
    let setting = record.command == "test" ? "PERFGATE_BUDGET" : "--budget"
    return Obstacle(
      .budget, "a round takes \(rounded(seconds)) s, \(affordable); raise \(setting)")
  }

  private func run(
    _ request: RoundRequest, into record: inout Record
  ) -> (result: RoundResult, failure: MeasurementError?) {
    let loop = RoundLoop(
      request, runner: runner, clock: clock, probe: probe, series: emptySeries)
    var failure: MeasurementError?
    do {
      try loop.run { progress(request.group, $0, $1) }
    } catch { failure = error }
    let result = loop.result
    record.series += result.series.filter { !$0.seconds.isEmpty || $0.discarded > 0 }
    record.stages.append(result.stage)
    return (result, failure)
  }

  /// Each group and stage draws its own orders.
  static func seed(_ seed: UInt64, _ group: GroupKey, stage: Stage) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in group.description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // 53 bits, so that programs which read JSON numbers as floating point keep it.
    return (seed ^ hash &+ UInt64(stage.rawValue) &* 0x9e37_79b9_7f4a_7c15) & 0x1f_ffff_ffff_ffff
  }
}
