import PerfGateStatistics

/// Measures how much memory the arms of a claim take, each time in a new process of its own, until that
/// decides.
///
/// What else the machine does changes no memory, so that nothing is dropped.
struct MemoryRounds {
  /// Starts the processes.
  let runner: any ArmRunner
  /// Ends it, however long a start takes.
  let clock: any MeasurementClock
  /// The seconds for each stage.
  let options: GateOptions
  /// The seed of the run.
  let seed: UInt64
  /// Creates the empty series of an arm.
  let emptySeries: Gate.EmptySeries
  /// The name of the setting that gives rounds more time.
  let budgetSetting: String
  /// Called before each round.
  var progress: (_ group: GroupKey, _ round: Int, _ result: RoundResult) -> Void = { _, _, _ in }

  /// What the series of memory are told apart by from those of time.
  static let mark = "memory"

  /// Measures a claim: the first stage, then the confirmation of a suspicion.
  func measure(_ claim: PlannedClaim, group: GroupKey) -> Gate.Outcome {
    var outcome = Gate.Outcome()
    outcome.isOfStarts = true
    do {
      let first = try run(claim, group, .first, most: nil, &outcome)
      outcome.maximumRounds = first.maximumRounds
      if first.tests.first??.state == .fails {
        _ = try run(claim, group, .confirmation, most: first.maximumRounds, &outcome)
      }
    } catch { outcome.failure = error }
    return outcome
  }

  private func run(
    _ claim: PlannedClaim, _ group: GroupKey, _ stage: Stage, most: Int?,
    _ outcome: inout Gate.Outcome
  ) throws(MeasurementError) -> RoundResult {
    let arms =
      claim.subject == claim.reference ? [claim.subject] : [claim.subject, claim.reference]
    var result = RoundResult(
      series: arms.map { emptySeries($0, group, stage) },
      stage: StageRecord(
        group: group, stage: stage, seed: Gate.seed(seed, group, stage: stage)),
      maximumRounds: most)
    result.stage.starts = 0
    defer {
      outcome.series += result.series.filter { !$0.rounds.isEmpty }
      outcome.stages.append(result.stage)
    }
    let begin = clock.seconds
    var round = 0
    while true {
      progress(group, round, result)
      guard let bytes = try add(round, of: arms, to: &result.series) else {
        outcome.refusal = .noStarts
        return result
      }
      round += 1
      result.stage.rounds = round
      result.stage.starts = round
      let spent = clock.seconds - begin
      if round == 1 {
        let cost = max(spent, 1e-3)
        if result.maximumRounds == nil {
          result.maximumRounds = plannedRounds(budgetSeconds: options.budget, roundSeconds: cost)
        }
        guard let most = result.maximumRounds else {
          outcome.refusal = .budgetTooSmall(
            Reason.RoundCost(roundSeconds: cost, budgetSeconds: options.budget),
            setting: budgetSetting)
          return result
        }
        let plan = SequentialPlan(
          bound: claim.candidate.plan().bound, maximumRounds: most,
          failingAlpha: claim.candidate.alpha)
        result.tests = [
          plan.map { SequentialTest(stage == .confirmation ? $0.confirmation : $0) }
        ]
      }
      let value = ClaimForm.logQuotient(
        ofBytes: bytes[0], over: bytes[bytes.count - 1], workers: claim.subject.workers)
      result.tests[0]?.add(value)
      guard result.tests[0]?.state == .undecided, spent < RoundLoop.overrun * options.budget else {
        return result
      }
    }
  }

  /// Runs each arm in a process of its own, and returns the memory of each; `nil`: this runner starts none.
  private func add(
    _ round: Int, of arms: [Arm], to series: inout [Series]
  ) throws(MeasurementError) -> [Int]? {
    var all: [Int] = []
    for (index, arm) in arms.enumerated() {
      guard let (sample, bytes) = try runner.memory(of: arm) else { return nil }
      series[index].add(
        round: round, seconds: sample.seconds, cpuSeconds: sample.cpuSeconds, bytes: bytes)
      series[index].starts = round + 1
      all.append(bytes)
    }
    return all
  }
}
