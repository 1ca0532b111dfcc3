import PerfGateStatistics

/// What a sequence of rounds runs, and when it stops.
package struct RoundRequest: Sendable {
  /// The identity of the group of arms.
  package var group: GroupKey
  /// Whether this is the first stage or the confirmation.
  package var stage: Stage
  /// The arms; each runs once in every round while a comparison needs it.
  package var arms: [Arm]
  /// The comparisons that decide when to stop.
  package var comparisons: [PairedComparison]
  /// The number of rounds that run first and are not kept.
  package var warmups: Int
  /// The minimum number of rounds of every arm, for tables.
  package var leastRounds: Int
  /// N of the sequential tests; `nil` to derive it from the budget and the warm-up, before any
  /// ratio is known.
  package var maximumRounds: Int?
  /// How long the rounds may take, in seconds; `nil` without a limit.
  package var budget: Double?
  /// The seed of the arms' random order.
  package var seed: UInt64

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

/// The result of a sequence of rounds.
package struct RoundResult: Sendable {
  /// One series for each arm, in the order of the arms.
  package var series: [Series]
  /// The number of rounds, and what was dropped.
  package var stage: StageRecord
  /// N of the sequential tests; `nil` if the budget is too small for any, or there are none.
  package var maximumRounds: Int?
  /// The time of one round in seconds, from the shortest warm-up.
  package var roundSeconds = 0.0
  /// How much of that time workers waited for a CPU that others used, in seconds.
  package var delaySeconds = 0.0
  /// The test of each comparison with a sequential rule; `nil` for other comparisons.
  package var tests: [SequentialTest?] = []
}

/// Runs paired rounds until every comparison satisfies its rule or can no longer do so. All times
/// of claims and tables come from this loop.
///
/// The probes' counters decide whether a sample counts, before any ratio is known. A dropped sample
/// is counted, and its pair is measured again in a later round.
package final class RoundLoop {
  /// The usual number of rounds that run first and are not kept.
  package static let warmups = 2
  /// A comparison is not given up for fewer dropped rounds than this.
  package static let fewestDrops = 8
  /// The loop always ends after this many times the budget: dropped rounds take time too, and
  /// rounds may take longer than the warm-up did.
  package static let overrun = 2.0
  /// How long dropped rounds of a table may at least be measured again, in seconds; the limit is
  /// the time of the regular rounds if that is longer.
  package static let leastMakeUpSeconds = 10.0

  private let runner: any ArmRunner
  private let clock: any MeasurementClock
  private let probe: any RoundProbe
  private let request: RoundRequest
  private var attempts: [Int]
  private var kept: [Int]
  private var begin = 0.0
  private var end = Double.infinity
  /// The result so far; valid even if `run` throws.
  package private(set) var result: RoundResult

  /// Creates a loop that has not begun.
  ///
  /// - Parameter series: creates the empty series of an arm.
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
  /// - Parameter progress: called before each round, with its number (below 0 for warm-ups) and the
  ///   result so far.
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
      // A delay in one warm-up must not decide the number of rounds.
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

  /// The indices of the arms that a comparison or a table still needs; empty at the end.
  private func neededArms(before round: Int) -> [Int] {
    if round < request.leastRounds, clock.seconds < end { return Array(request.arms.indices) }
    if request.budget == nil, round == request.leastRounds {
      // Measuring dropped rounds again may take as long as all rounds so far.
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

  /// Whether a comparison is satisfied, out of rounds, or has lost too many pairs to succeed.
  private func isSettled(_ index: Int) -> Bool {
    let rounds: Int
    switch request.comparisons[index].rule {
    case .fixed(let pairs):
      let hasTime = request.budget == nil || result.maximumRounds != nil
      guard kept[index] < pairs, hasTime else { return true }
      rounds = max(pairs, result.maximumRounds ?? 0)
    case .sequential:
      // No test means that the budget was too small for one.
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
