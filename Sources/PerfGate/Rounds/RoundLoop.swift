import PerfGateStatistics

/// What a sequence of rounds is to run, and when it may stop.
package struct RoundRequest: Sendable {
  /// The group.
  package var group: GroupKey
  /// The first stage, or the confirmation.
  package var stage: Stage
  /// Each runs once in every round, as long as it is needed.
  package var arms: [Arm]
  /// What is watched.
  package var comparisons: [PairedComparison]
  /// Rounds that come first and are not kept.
  package var warmups: Int
  /// Rounds that every arm gets in any case, for tables.
  package var leastRounds: Int
  /// N of the sequential tests; `nil`: found from the budget and the warm-up, before any ratio is
  /// looked at.
  package var maximumRounds: Int?
  /// Seconds that the rounds may take; `nil`: as long as they take.
  package var budget: Double?
  /// Decides the order of the arms.
  package var seed: UInt64

  /// A sequence of rounds.
  package init(
    group: GroupKey, stage: Stage, arms: [Arm], comparisons: [PairedComparison],
    warmups: Int = RoundLoop.warmups, leastRounds: Int = 0, maximumRounds: Int? = nil,
    budget: Double?, seed: UInt64
  ) {
    self.group = group
    self.stage = stage
    self.arms = arms
    self.comparisons = comparisons
    self.warmups = warmups
    self.leastRounds = leastRounds
    self.maximumRounds = maximumRounds
    self.budget = budget
    self.seed = seed
  }
}

/// What a sequence of rounds gave.
package struct RoundResult: Sendable {
  /// One series for each arm, in the order of the arms.
  package var series: [Series]
  /// What was run and what was dropped.
  package var stage: StageRecord
  /// N of the sequential tests; `nil` when the budget does not allow any, or there are none.
  package var maximumRounds: Int?
  /// The time of one round, as the shorter warm-up told.
  package var roundSeconds = 0.0
  /// How much of that its workers had no CPU to run on, as others used it.
  package var delaySeconds = 0.0
  /// Where each comparison with a sequential rule stands; `nil` for the others.
  package var tests: [SequentialTest?] = []
}

/// Runs paired rounds until every comparison has what its rule asks for, or has no hope of it: the one
/// loop that all times come from, those of claims and those of tables.
///
/// Whether a sample counts is said by the probe's covariates before any ratio is formed; a dropped
/// sample is counted, and its pair is made again in a later round.
package final class RoundLoop {
  /// Rounds that come first and are not kept.
  package static let warmups = 2
  /// Fewer dropped rounds than this say nothing yet.
  package static let fewestDrops = 8
  /// After how many times the budget it ends in any case: rounds that are dropped cost time as well,
  /// and may take longer than the warm-up did.
  package static let overrun = 2.0
  /// How long rounds of a table may be made again in any case, in seconds; longer when they take longer.
  package static let leastMakeUpSeconds = 10.0

  private let runner: any ArmRunner
  private let clock: any MeasurementClock
  private let probe: any RoundProbe
  private let request: RoundRequest
  private var attempts: [Int]
  private var kept: [Int]
  private var begin = 0.0
  private var end = Double.infinity
  /// What was found so far; complete also when `run` throws.
  package private(set) var result: RoundResult

  /// A sequence that has not begun.
  ///
  /// - Parameter series: makes the empty series of an arm.
  package init(
    _ request: RoundRequest, runner: any ArmRunner, clock: any MeasurementClock,
    probe: any RoundProbe, series: Gate.EmptySeries
  ) {
    self.request = request
    self.runner = runner
    self.clock = clock
    self.probe = probe
    result = RoundResult(
      series: request.arms.map { series($0, request.group, request.stage) },
      stage: StageRecord(group: request.group, stage: request.stage, seed: request.seed),
      maximumRounds: request.maximumRounds)
    attempts = request.comparisons.map { _ in 0 }
    kept = attempts
  }

  /// Runs the rounds.
  ///
  /// - Parameter progress: called before each round, with its number (warm-ups below 0) and where the
  ///   comparisons stand.
  package func run(
    progress: (_ round: Int, _ result: RoundResult) -> Void
  ) throws(MeasurementError) {
    var shortest = Double.infinity
    for warmup in -request.warmups..<0 {
      progress(warmup, result)
      let start = clock.seconds
      try probe.beginRound()
      var delay = 0.0
      for arm in request.arms { delay += try runner.run(arm).delaySeconds }
      _ = try probe.endRound()
      // Something that held up one warm-up must not decide how many rounds there are.
      let seconds = clock.seconds - start
      if seconds < shortest { (shortest, result.delaySeconds) = (seconds, delay) }
    }
    if request.warmups > 0 { result.roundSeconds = shortest }
    if let budget = request.budget {
      end = clock.seconds + Self.overrun * budget
      result.maximumRounds =
        result.maximumRounds
        ?? plannedRounds(budgetSeconds: budget, roundSeconds: result.roundSeconds)
    }
    result.tests = request.comparisons.map { test(of: $0.rule) }
    begin = clock.seconds
    var round = 0
    while true {
      let needed = neededArms(before: round)
      guard !needed.isEmpty else { break }
      progress(round, result)
      try self.round(round, of: needed)
      round += 1
    }
  }

  private func test(of rule: StopRule) -> SequentialTest? {
    guard case .sequential(let bound, let alpha) = rule, let rounds = result.maximumRounds,
      let plan = SequentialPlan(bound: bound, maximumRounds: rounds, failingAlpha: alpha)
    else { return nil }
    return SequentialTest(request.stage == .confirmation ? plan.confirmation : plan)
  }

  /// The arms that some comparison still needs, or a table.
  private func neededArms(before round: Int) -> [Int] {
    if round < request.leastRounds { return Array(request.arms.indices) }
    if request.budget == nil, round == request.leastRounds {
      // What was dropped may take as long again.
      end = clock.seconds + max(Self.leastMakeUpSeconds, clock.seconds - begin)
    }
    guard clock.seconds < end else { return [] }
    var needed: Set<Arm> = []
    for (index, comparison) in request.comparisons.enumerated() where !isSettled(index) {
      needed.insert(comparison.subject)
      needed.insert(comparison.reference)
    }
    return request.arms.indices.filter { needed.contains(request.arms[$0]) }
  }

  /// Satisfied, spent, or with so many pairs dropped that the rest cannot make up for it.
  private func isSettled(_ index: Int) -> Bool {
    let rounds: Int
    switch request.comparisons[index].rule {
    case .fixed(let pairs):
      let hasTime = request.budget == nil || result.maximumRounds != nil
      guard kept[index] < pairs, hasTime else { return true }
      rounds = max(pairs, result.maximumRounds ?? 0)
    case .sequential:
      // Without a test there was no time for one.
      guard let test = result.tests[index], test.state == .undecided else { return true }
      rounds = test.plan.maximumRounds
    }
    let dropped = attempts[index] - kept[index]
    return attempts[index] >= max(2 * rounds, Self.fewestDrops)
      || dropped > kept[index] && dropped >= max(Self.fewestDrops, rounds / 2)
  }

  private func round(_ round: Int, of needed: [Int]) throws(MeasurementError) {
    guard let order = RoundOrder(arms: needed.count, seed: request.seed) else { return }
    var samples: [Int: ArmSample] = [:]
    try probe.beginRound()
    for place in order.order(ofRound: round) {
      samples[needed[place]] = try runner.run(request.arms[needed[place]])
    }
    let common = try probe.endRound()
    result.stage.rounds = round + 1
    for index in needed {
      guard let sample = samples[index] else { continue }
      let all = sample.disturbances + common
      if all.isEmpty { keep(sample, index, round) } else { drop(index, round, all) }
    }
    judge(round, Set(needed.map { request.arms[$0] }))
  }

  private func keep(_ sample: ArmSample, _ index: Int, _ round: Int) {
    result.series[index].rounds.append(round)
    result.series[index].seconds.append(sample.seconds)
    result.series[index].cpuSeconds.append(sample.cpuSeconds)
    result.series[index].migrations += sample.migrations
  }

  private func drop(_ index: Int, _ round: Int, _ causes: [DropCause]) {
    result.series[index].discarded += 1
    result.stage.discards.append(
      Discard(round: round, series: result.series[index].key, causes: causes))
  }

  private func judge(_ round: Int, _ ran: Set<Arm>) {
    for (index, comparison) in request.comparisons.enumerated() {
      guard result.tests[index]?.state ?? .undecided == .undecided,
        ran.contains(comparison.subject), ran.contains(comparison.reference)
      else { continue }
      attempts[index] += 1
      guard let subject = series(of: comparison.subject),
        let reference = series(of: comparison.reference),
        subject.rounds.last == round, reference.rounds.last == round,
        let value = logRatios(subject, reference).last?.value
      else { continue }
      kept[index] += 1
      result.tests[index]?.add(value)
    }
  }

  private func series(of arm: Arm) -> Series? {
    request.arms.firstIndex(of: arm).map { result.series[$0] }
  }
}
