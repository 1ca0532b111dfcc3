import PerfGateStatistics

/// Measures groups of claims: the first stage, then the confirmation of suspected violations.
///
/// Clock, runner and probe are injected, so that tests run a gate on made-up rounds in virtual
/// time.
package final class Gate {
  /// Creates the empty series of an arm in a group and stage.
  package typealias EmptySeries = (Arm, GroupKey, Stage) -> Series

  /// The result of a group's rounds, also of interrupted ones.
  struct Outcome {
    /// The series of each arm and stage that has rounds.
    var series: [Series] = []
    /// The rounds and drops of each stage.
    var stages: [StageRecord] = []
    /// Additional notes for the record.
    var notes: [Record.Note] = []
    /// N of the first stage; `nil` if the budget allows too few rounds.
    var maximumRounds: Int?
    /// Whether each round was a process of its own.
    var isOfStarts = false
    /// Why these rounds cannot decide the claims; `nil` if they can.
    var refusal: Reason?
    /// The error that ended it early, if any.
    var failure: MeasurementError?
  }

  private let runner: any ArmRunner
  private let clock: any MeasurementClock
  private let probe: any RoundProbe
  private let options: GateOptions
  private let judge: Judge
  private let seed: UInt64
  private let emptySeries: EmptySeries
  /// Whether the last wait for a quiet machine was in vain.
  private var isBusy = false
  /// How long later groups wait then, in seconds.
  private static let laterQuietSeconds = 0.5
  /// The name of the setting that gives rounds more time.
  private let budgetSetting: String
  /// Called before each round.
  var progress: (_ group: GroupKey, _ round: Int, _ result: RoundResult) -> Void = { _, _, _ in }

  /// Creates a gate.
  ///
  /// - Parameters:
  ///   - record: the record of the run.
  ///   - seed: decides the order of arms.
  ///   - series: creates the empty series of an arm.
  init(
    runner: any ArmRunner, clock: any MeasurementClock, probe: any RoundProbe,
    options: GateOptions, record: Record, seed: UInt64, series: @escaping EmptySeries
  ) {
    self.runner = runner
    self.clock = clock
    self.probe = probe
    self.options = options
    judge = Judge(record)
    self.seed = seed
    budgetSetting = record.command == "test" ? "PERFGATE_BUDGET" : "--budget"
    emptySeries = series
  }

  /// Measures a group: the first stage, then the confirmation of suspected violations.
  func measure(_ group: ClaimGroup) -> Outcome {
    var outcome = Outcome()
    waitUntilQuiet(group.id, &outcome)
    let first = run(
      RoundRequest(
        group: group.id, stage: .first, arms: group.arms, comparisons: group.comparisons,
        leastRounds: group.leastRounds, maximumRounds: options.fixedRounds,
        budget: options.budget, seed: Self.seed(seed, group.id, stage: .first)), &outcome)
    outcome.maximumRounds = first.maximumRounds
    outcome.isOfStarts = first.mode.isOfStarts
    guard outcome.failure == nil else { return outcome }
    guard first.maximumRounds != nil else {
      outcome.refusal = tooFewRounds(first)
      return outcome
    }
    if options.fixedRounds == nil { confirm(group, first, &outcome) }
    return outcome
  }

  private func confirm(_ group: ClaimGroup, _ first: RoundResult, _ outcome: inout Outcome) {
    let suspects = zip(group.claims, first.tests).filter { isSuspect($0, $1, group.id, first) }
      .map(\.0)
    guard !suspects.isEmpty else { return }
    clock.sleep(seconds: options.confirmationPause)
    // Where an input lies in memory is drawn when it is made, and can cost a tenth of the speed: a
    // confirmation draws again.
    for kernel in Set(group.arms.map(\.kernel)) { runner.releaseInputs(of: kernel) }
    let arms = group.arms.filter { arm in
      suspects.contains { $0.subject == arm || $0.reference == arm }
    }
    _ = run(
      RoundRequest(
        group: group.id, stage: .confirmation, arms: arms, comparisons: suspects.map(\.comparison),
        maximumRounds: first.maximumRounds, mode: first.mode, budget: options.budget,
        seed: Self.seed(seed, group.id, stage: .confirmation)), &outcome)
  }

  /// Whether the first stage suspects that a claim is violated.
  private func isSuspect(
    _ claim: PlannedClaim, _ test: SequentialTest?, _ group: GroupKey, _ first: RoundResult
  ) -> Bool {
    if let test { return test.state == .fails }
    let rounds = MeasuredStage(
      subject: claim.subject.key, reference: claim.reference.key, stage: first.stage,
      form: claim.candidate.claim.kind.form
    ) { key in first.series.first { $0.key == key } }
    let plan = claim.plan(
      group: group, maximumRounds: first.maximumRounds, isOfStarts: first.mode.isOfStarts,
      ceiling: nil)
    return judge.isSuspect(MeasuredClaim(plan, first: rounds))
  }

  /// Measures the memory of a claim about that.
  func measureMemory(_ claim: PlannedClaim, group: GroupKey) -> Outcome {
    var rounds = MemoryRounds(
      runner: runner, clock: clock, options: options, seed: seed, emptySeries: emptySeries,
      budgetSetting: budgetSetting)
    rounds.progress = progress
    return rounds.measure(claim, group: group)
  }

  /// Counts what a claim about that is decided by.
  func count(_ claim: PlannedClaim, group: GroupKey) -> Outcome {
    var rounds = CountRounds(
      runner: runner, clock: clock, options: options, seed: seed, emptySeries: emptySeries)
    rounds.progress = progress
    return rounds.measure(claim, group: group)
  }

  /// Measures the machine's own speedup at the worker counts of scaling claims. Its rounds are in one
  /// process: arithmetic in registers is as fast in each.
  func measure(_ ceiling: CeilingGroup) -> Outcome {
    var outcome = Outcome()
    let group = GroupKey(.ceiling)
    waitUntilQuiet(group, &outcome)
    let result = run(
      RoundRequest(
        group: group, stage: .first, arms: ceiling.arms,
        comparisons: ceiling.comparisons.map(\.pair), maximumRounds: options.fixedRounds,
        mode: .shared, budget: options.budget,
        seed: Self.seed(seed, group, stage: .first)), &outcome)
    outcome.maximumRounds = result.maximumRounds
    return outcome
  }

  private func waitUntilQuiet(_ group: GroupKey, _ outcome: inout Outcome) {
    // What was still running after the first wait will keep running.
    let seconds = isBusy ? min(options.quietSeconds, Self.laterQuietSeconds) : options.quietSeconds
    let busy = probe.waitUntilQuiet(seconds: seconds)
    isBusy = busy != nil
    guard let busy else { return }
    outcome.notes.append(
      Record.Note(code: "busy", text: "\(group) was measured on a busy machine: \(busy)"))
  }

  /// Why there are too few rounds: other processes if the budget would suffice without them, or
  /// else the budget.
  private func tooFewRounds(_ result: RoundResult) -> Reason {
    let cost = Reason.RoundCost(
      roundSeconds: result.roundSeconds, budgetSeconds: options.budget)
    let alone = max(result.roundSeconds - result.delaySeconds, 1e-9)
    guard result.delaySeconds > 0,
      plannedRounds(budgetSeconds: options.budget, roundSeconds: alone) != nil
    else { return .budgetTooSmall(cost, setting: budgetSetting) }
    return .waitsForCPUs(
      cost, delaySeconds: result.delaySeconds, neighbors: probe.neighbors())
  }

  private func run(_ request: RoundRequest, _ outcome: inout Outcome) -> RoundResult {
    let loop = RoundLoop(
      request, runner: runner, clock: clock, probe: probe, series: emptySeries)
    do {
      try loop.run { progress(request.group, $0, $1) }
    } catch { outcome.failure = error }
    outcome.series += loop.result.series.filter { !$0.seconds.isEmpty || $0.discarded > 0 }
    outcome.stages.append(loop.result.stage)
    return loop.result
  }

  /// The seed of the arms' order, different for each group and stage.
  static func seed(_ seed: UInt64, _ group: GroupKey, stage: Stage) -> UInt64 {
    let hash = fnv1a(group.description.utf8)
    // 53 bits, so that programs which read JSON numbers as floating point keep it.
    return (seed ^ hash &+ UInt64(stage.rawValue) &* 0x9e37_79b9_7f4a_7c15) & 0x1f_ffff_ffff_ffff
  }
}
