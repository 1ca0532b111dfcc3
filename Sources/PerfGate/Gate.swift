/// Measures groups of claims: first stage, and confirmation of what it suspects.
///
/// Everything that knows what time it is comes from outside, so that a gate runs on made-up rounds
/// in virtual time as well.
public final class Gate {
  /// Seconds between a suspicion and its confirmation, at the least.
  public static let confirmationPause = 3.0

  private let runner: any ArmRunner
  private let clock: any MeasurementClock
  private let probe: any RoundProbe
  private let budget: Double
  private let quietSeconds: Double
  private let emptySeries: (Arm) -> Series
  /// Called before each round.
  public var progress: (_ group: String, _ round: Int, _ result: SequenceResult) -> Void = {
    _, _, _ in
  }

  /// A gate.
  ///
  /// - Parameters:
  ///   - budget: seconds of a group's rounds, confirmation not counted.
  ///   - quietSeconds: how long to wait, at most, until process and machine are quiet.
  ///   - series: makes the empty series of an arm.
  public init(
    runner: any ArmRunner, clock: any MeasurementClock, probe: any RoundProbe, budget: Double,
    quietSeconds: Double, series: @escaping (Arm) -> Series
  ) {
    self.runner = runner
    self.clock = clock
    self.probe = probe
    self.budget = budget
    self.quietSeconds = quietSeconds
    emptySeries = series
  }

  /// Measures a group; series, stages and what is now known of its plans go into the record.
  public func measure(_ group: ClaimGroup, into record: inout Record) throws(MeasurementError) {
    if let busy = probe.waitUntilQuiet(seconds: quietSeconds) {
      record.notes.append(
        Record.Note(code: "busy", text: "\(group.id) was measured while not quiet: \(busy)"))
    }
    let seed = Self.seed(record.seed, group.id, stage: 1)
    let first = try run(
      SequenceRequest(
        group: group.id, stage: 1, arms: group.arms, watches: group.watches,
        leastRounds: group.leastRounds, budget: budget, seed: seed),
      into: &record)
    for (index, plan) in group.plans.enumerated() {
      record.claimPlans[plan].maximumRounds = first.maximumRounds
      if first.maximumRounds == nil {
        let rounds = Int(budget / max(first.roundSeconds, 1e-9))
        record.claimPlans[plan].notCheckable =
          "a round takes \((first.roundSeconds * 10).rounded() / 10) s, the budget of \(budget) s "
          + "allows \(rounds) rounds, 16 are needed; raise --budget"
      }
      record.claimPlans[plan].group = group.id
      record.claimPlans[plan].subject = group.watches[index].subject.id
      record.claimPlans[plan].reference = group.watches[index].reference.id
    }
    let suspects = group.watches.indices.filter {
      $0 < first.tests.count && first.tests[$0].state == .fails
    }
    guard !suspects.isEmpty else { return }
    clock.sleep(seconds: Self.confirmationPause)
    let watches = suspects.map { group.watches[$0] }
    let arms = group.arms.filter { arm in
      watches.contains { $0.subject == arm || $0.reference == arm }
    }
    _ = try run(
      SequenceRequest(
        group: group.id, stage: 2, arms: arms, watches: watches,
        maximumRounds: first.maximumRounds, budget: budget,
        seed: Self.seed(record.seed, group.id, stage: 2)),
      into: &record)
  }

  /// Measures what the machine itself reaches at the workers of scaling claims.
  ///
  /// - Parameters:
  ///   - group: the ceiling's arms; its watches are decided against the claims' bounds.
  ///   - plans: the scaling claims, as indices into the record's claim plans.
  public func measureCeiling(
    _ group: ClaimGroup, into record: inout Record
  ) throws(MeasurementError) {
    let result = try run(
      SequenceRequest(
        group: group.id, stage: 1, arms: group.arms, watches: group.watches, budget: budget,
        seed: Self.seed(record.seed, group.id, stage: 1)),
      into: &record)
    for (index, plan) in group.plans.enumerated() {
      record.claimPlans[plan].ceiling = group.watches[index].subject.id
      record.claimPlans[plan].ceilingReference = group.watches[index].reference.id
      record.claimPlans[plan].ceilingRounds = result.maximumRounds
    }
  }

  private func run(
    _ request: SequenceRequest, into record: inout Record
  ) throws(MeasurementError) -> SequenceResult {
    let sequence = RoundSequence(
      request, runner: runner, clock: clock, probe: probe, series: emptySeries)
    var failure: MeasurementError?
    do {
      try sequence.run { progress(request.group, $0, $1) }
    } catch { failure = error }
    let result = sequence.result
    record.series += result.series.filter { !$0.seconds.isEmpty || $0.discarded > 0 }
    record.stages.append(result.stage)
    if let failure { throw failure }
    return result
  }

  /// Each group and stage draws its own orders.
  private static func seed(_ seed: UInt64, _ group: String, stage: Int) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in group.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // 53 bits, so that programs which read JSON numbers as floating point keep it.
    return (seed ^ hash &+ UInt64(stage) &* 0x9e37_79b9_7f4a_7c15) & 0x1f_ffff_ffff_ffff
  }
}
