import PerfGateStatistics
import PerfGateWorkers

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

  /// The most pairs of a round.
  package static let mostPairs = 5
  /// Into how many parts arms are cut where whole ones leave no time for enough rounds.
  private static let fewParts = 4
  /// How often a disturbed pair is measured again in the same process.
  package static let repetitions = 2
  /// The most of a warm-up's time that is taken for waiting.
  private static let mostDelay = 0.7
  /// The share of a warm-up that workers may wait for a CPU before they get priority.
  private static let tolerableDelay = 0.01

  /// The kind of a disturbance that priority prevents.
  private static let lostCPU = "runDelay"

  private let runner: any ArmRunner
  private let clock: any MeasurementClock
  private let probe: any RoundProbe
  private let request: RoundRequest
  private var attempts: [Int]
  private var kept: [Int]
  private var effort: RoundEffort
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
    effort = RoundEffort(grain: runner.tasksAtOnce)
  }

  /// Runs the rounds.
  ///
  /// - Parameter progress: called before each round, with its number (below 0 for warm-ups) and the
  ///   result so far.
  package func run(
    progress: (_ round: Int, _ result: RoundResult) -> Void
  ) throws(MeasurementError) {
    let cost = try warmUp(progress)
    plan(cost)
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

  /// How long the shortest warm-up took, in seconds.
  private struct RoundCost {
    /// Starting the process.
    var start = Double.infinity
    /// Running all arms once.
    var pair = Double.infinity
    /// How much of that workers waited for CPUs that others used.
    var delay = 0.0
  }

  private func warmUp(
    _ progress: (_ round: Int, _ result: RoundResult) -> Void
  ) throws(MeasurementError) -> RoundCost {
    let isFresh = request.mode?.isOfStarts ?? runner.startsProcesses
    var cost = RoundCost()
    if request.warmups > 0 { try runner.expect(request.arms) }
    for warmup in -request.warmups..<0 {
      progress(warmup, result)
      let start = clock.seconds
      if isFresh { try runner.start(request.arms) }
      let started = clock.seconds
      try probe.beginRound()
      var delay = 0.0
      for arm in request.arms { delay += try runner.run(arm).delaySeconds }
      _ = try probe.endRound()
      // A delay in one warm-up must not decide the number of rounds.
      cost.start = min(cost.start, started - start)
      let seconds = clock.seconds - started
      if seconds - delay < cost.pair - cost.delay { (cost.pair, cost.delay) = (seconds, delay) }
      if delay > Self.tolerableDelay * seconds {
        _ = runner.raisePriority()
      } else if isFresh {
        // Each process warms itself up.
        break
      }
    }
    if request.warmups == 0 { cost = RoundCost(start: 0, pair: 0, delay: 0) }
    return cost
  }

  /// Fixes, before any ratio is known, whether each round is a process, how many pairs it has, and
  /// N.
  private func plan(_ cost: RoundCost) {
    var cost = cost
    result.delaySeconds = cost.delay
    // Shorter arms will not wait.
    if runner.startsProcesses { cost.pair -= min(cost.delay, cost.pair * Self.mostDelay) }
    result.mode = request.mode ?? mode(cost)
    effort = RoundEffort(parts: result.mode.parts, grain: runner.tasksAtOnce)
    result.roundSeconds = seconds(of: result.mode, cost)
    result.stage.starts = result.mode.isOfStarts ? 0 : 1
    if result.mode.pairs > 1 { result.stage.pairs = result.mode.pairs }
    for index in result.series.indices { result.series[index].starts = result.stage.starts }
    if let budget = request.budget {
      end = clock.seconds + Self.overrun * budget
      result.maximumRounds =
        result.maximumRounds
        ?? affordable(budget, result.roundSeconds)
    }
  }

  /// A process for each round if the budget allows enough of them. Where a start takes longer than
  /// a pair, a round has more pairs, as many as still leave time for the most rounds.
  private func mode(_ cost: RoundCost) -> RoundMode {
    guard runner.startsProcesses else { return .shared }
    guard let budget = request.budget else { return .fresh(pairs: 1) }
    func rounds(_ mode: RoundMode) -> Int? {
      affordable(budget, seconds(of: mode, cost))
    }
    let whole = RoundMode.fresh(pairs: 1)
    guard rounds(whole) != nil else {
      // Shorter arms rather than rounds that answer for one process only.
      let short = RoundMode.fresh(pairs: 1, parts: Self.fewParts)
      guard keepsArmsWhole || rounds(short) == nil else { return short }
      return runner.mustStart ? whole : .shared
    }
    let worthwhile = min(Self.mostPairs, Int(cost.start / max(cost.pair, 1e-9)) + 1)
    // More pairs only within the budget itself.
    let most = plannedRounds(budgetSeconds: budget, roundSeconds: seconds(of: whole, cost))
    return stride(from: worthwhile, to: 1, by: -1).map { RoundMode.fresh(pairs: $0) }
      .first {
        !$0.pairs.isMultiple(of: 2) && most != nil
          && plannedRounds(budgetSeconds: budget, roundSeconds: seconds(of: $0, cost)) == most
      } ?? whole
  }

  /// N for rounds that take this long; `nil`: there is no time for enough of them.
  ///
  /// Most verdicts need half of the rounds: where each must be a start, the fewest may take as long as
  /// the loop goes on at most.
  private func affordable(_ budget: Double, _ seconds: Double) -> Int? {
    plannedRounds(budgetSeconds: budget, roundSeconds: seconds)
      ?? (runner.mustStart
        ? plannedRounds(budgetSeconds: Self.overrun * budget, roundSeconds: seconds).map { _ in
          Self.fewestRounds
        } : nil)
  }

  /// The fewest rounds that a verdict is planned for.
  private static let fewestRounds = 16

  /// How long a round takes, in seconds.
  private func seconds(of mode: RoundMode, _ cost: RoundCost) -> Double {
    guard mode.isOfStarts else { return cost.pair }
    let share = RoundEffort(parts: mode.parts, grain: runner.tasksAtOnce).share(of: request.arms)
    return cost.start + Double(mode.pairs) * share * cost.pair
  }

  private func test(of rule: StopRule) -> SequentialTest? {
    guard case .sequential(let bound, let alpha, let holdingAlpha) = rule,
      let rounds = result.maximumRounds,
      let plan = SequentialPlan(
        bound: bound, maximumRounds: rounds, failingAlpha: alpha, holdingAlpha: holdingAlpha)
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

  /// Whether a comparison is satisfied, out of rounds, has lost too many pairs to succeed, or needs
  /// rounds of the other kind.
  private func isSettled(_ index: Int) -> Bool {
    let comparison = request.comparisons[index]
    if let ofStarts = comparison.ofStarts, ofStarts != result.mode.isOfStarts { return true }
    let rounds: Int
    switch comparison.rule {
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
    let arms = needed.map { request.arms[$0] }
    if result.mode.isOfStarts {
      try runner.start(arms)
      result.stage.starts = round + 1
    }
    result.stage.rounds = round + 1
    var wanted = needed
    var pair = 0
    // A disturbed pair is measured again in the same process: otherwise slow ones would be rare.
    let attempts = result.mode.isOfStarts ? 1 + Self.repetitions : 1
    for attempt in 0..<attempts where !wanted.isEmpty {
      if attempt > 0 {
        if clock.seconds >= end { break }
        evade()
      }
      let pairs = max(result.mode.pairs, effort.pairs(of: wanted.map { request.arms[$0] }))
      try self.pairs(pair..<pair + pairs, of: wanted, round)
      pair += pairs
      wanted = lacking(round, Set(arms))
    }
    if !result.mode.isOfStarts, runner.startsProcesses, !wanted.isEmpty { evade() }
    result.stage.shortest = max(result.stage.shortest ?? 1, effort.parts)
    if result.stage.shortest == 1 { result.stage.shortest = nil }
    judge(round, Set(arms))
  }

  /// Makes it less likely that the next pair is disturbed: gives the workers priority, then shortens
  /// the arms.
  private func evade() {
    let isCPULost = result.stage.discards.last?.causes.contains { $0.kind == Self.lostCPU } ?? false
    if isCPULost, runner.raisePriority() { return }
    if !keepsArmsWhole { effort.shorten() }
  }

  /// Whether arms stay whole: what a program in another language does besides its tasks would be a
  /// large part of a short one, what others use of the CPUs of other threads than the pool's is told in
  /// ticks of 10 ms, and a few tasks that are done at a time take as long as all of those.
  private var keepsArmsWhole: Bool {
    request.arms.contains {
      runner.staysWhole($0) || Executors.named($0.executor)?.isWatchedByTicks ?? false
        || RoundEffort.isOfFewBatches($0, grain: runner.tasksAtOnce($0))
    }
  }

  /// Runs the arms once for each pair, between two spin probes.
  private func pairs(
    _ pairs: Range<Int>, of needed: [Int], _ round: Int
  ) throws(MeasurementError) {
    guard let order = RoundOrder(arms: needed.count, seed: request.seed) else { return }
    var samples: [(index: Int, pair: Int, sample: ArmSample)] = []
    try probe.beginRound()
    for pair in pairs {
      for place in order.order(ofRound: round * result.mode.pairs + pair) {
        let index = needed[place]
        samples.append((index, pair, try run(request.arms[index])))
      }
    }
    let common = try probe.endRound()
    for index in needed {
      var dropped: [DropCause] = []
      for one in samples where one.index == index {
        let all = one.sample.disturbances + common
        if all.isEmpty { keep(one.sample, index, round, one.pair) } else { dropped = all }
      }
      if !dropped.isEmpty { drop(index, round, dropped) }
    }
  }

  /// Runs an arm, or a part of it; the time is that of the whole arm.
  private func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
    let part = effort.part(of: arm)
    var sample = try runner.run(part)
    let scale = Double(arm.tasks) / Double(part.tasks)
    sample.seconds *= scale
    sample.cpuSeconds *= scale
    return sample
  }

  /// The arms of the comparisons that have too few pairs in this round.
  private func lacking(_ round: Int, _ ran: Set<Arm>) -> [Int] {
    var arms: Set<Arm> = []
    for (index, comparison) in request.comparisons.enumerated()
    where !isSettled(index) && ran.contains(comparison.subject)
      && ran.contains(comparison.reference)
    {
      let least = effort.leastPairs(of: [comparison.subject, comparison.reference])
      guard pairs(comparison, in: round) < max(result.mode.pairs, least) else { continue }
      arms.insert(comparison.subject)
      arms.insert(comparison.reference)
    }
    return request.arms.indices.filter { arms.contains(request.arms[$0]) }
  }

  /// How many pairs of a round count.
  private func pairs(_ comparison: PairedComparison, in round: Int) -> Int {
    guard let subject = series(of: comparison.subject),
      let reference = series(of: comparison.reference)
    else { return 0 }
    return commonPairs(subject, reference, in: round)
  }

  private func keep(_ sample: ArmSample, _ index: Int, _ round: Int, _ pair: Int) {
    if result.mode.isOfStarts, result.series[index].rounds.last != round {
      let isNew = runner.startsAnew(request.arms[index])
      result.series[index].starts = isNew ? (result.series[index].starts ?? 0) + 1 : 1
      if runner.drawsLayouts { result.series[index].layouts = result.series[index].starts }
    }
    result.series[index].add(
      round: round, pair: pair, seconds: sample.seconds, cpuSeconds: sample.cpuSeconds)
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
        let last = logRatios(subject, reference, latest: true).last, last.round == round
      else { continue }
      kept[index] += 1
      result.tests[index]?.add(last.value)
    }
  }

  private func series(of arm: Arm) -> Series? {
    request.arms.firstIndex(of: arm).map { result.series[$0] }
  }
}
