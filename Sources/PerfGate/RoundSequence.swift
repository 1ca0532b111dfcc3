import PerfGateStatistics

/// A pair of arms that a sequence of rounds is watched for, until their ratio is decided.
public struct Watch: Hashable, Sendable {
  /// The arm that is judged.
  public var subject: Arm
  /// The arm it is compared with.
  public var reference: Arm
  /// What `ln(T_reference / T_subject)` is decided against.
  public var bound: Double
  /// The error of a first stage.
  public var alpha: Double
  /// How many pairs are wanted, whatever they say; `nil`: until the sequential test is decided.
  public var pairs: Int?

  /// A pair to watch.
  public init(
    subject: Arm, reference: Arm, bound: Double, alpha: Double = 0.02, pairs: Int? = nil
  ) {
    self.subject = subject
    self.reference = reference
    self.bound = bound
    self.alpha = alpha
    self.pairs = pairs
  }
}

/// What a sequence of rounds is to run, and when it may stop.
public struct SequenceRequest: Sendable {
  /// The group.
  public var group: GroupKey
  /// The first stage, or the confirmation.
  public var stage: Stage
  /// Each runs once in every round, as long as it is needed.
  public var arms: [Arm]
  /// What is watched.
  public var watches: [Watch]
  /// Rounds that every arm gets in any case, for tables.
  public var leastRounds: Int
  /// N; `nil`: found from the budget and the warm-up, before any ratio is looked at.
  public var maximumRounds: Int?
  /// Seconds that the rounds may take.
  public var budget: Double
  /// Decides the order of the arms.
  public var seed: UInt64

  /// A sequence of rounds.
  public init(
    group: GroupKey, stage: Stage, arms: [Arm], watches: [Watch], leastRounds: Int = 0,
    maximumRounds: Int? = nil, budget: Double, seed: UInt64
  ) {
    self.group = group
    self.stage = stage
    self.arms = arms
    self.watches = watches
    self.leastRounds = leastRounds
    self.maximumRounds = maximumRounds
    self.budget = budget
    self.seed = seed
  }
}

/// What a sequence of rounds gave.
public struct SequenceResult: Sendable {
  /// One series for each arm, in the order of the arms.
  public var series: [Series]
  /// What was run and what was dropped.
  public var stage: StageRecord
  /// N; `nil` when the budget does not allow a sequence.
  public var maximumRounds: Int?
  /// The time of one round, as the shorter warm-up told.
  public var roundSeconds = 0.0
  /// How much of that its workers had no CPU to run on, as others used it.
  public var delaySeconds = 0.0
  /// Where each watch stands; one that wants a number of pairs stays undecided.
  public var tests: [SequentialTest] = []
}

/// Runs paired rounds until everything that is watched is decided, spent or hopeless.
///
/// Whether a sample counts is said by the probe's covariates before any ratio is formed; a dropped
/// sample is counted, and its pair is made again in a later round.
public final class RoundSequence {
  /// Rounds that come first and are not kept.
  public static let warmups = 2
  /// Fewer dropped rounds than this say nothing yet.
  public static let fewestDrops = 8
  /// After how many times the budget it ends in any case: rounds that are dropped cost time as well,
  /// and may take longer than the warm-up did.
  public static let patience = 2.0

  private let runner: any ArmRunner
  private let clock: any MeasurementClock
  private let probe: any RoundProbe
  private let request: SequenceRequest
  private var attempts: [Int]
  private var kept: [Int]
  private var end = Double.infinity
  /// What was found so far; complete also when `run` throws.
  public private(set) var result: SequenceResult

  /// A sequence that has not begun.
  ///
  /// - Parameter series: makes the empty series of an arm.
  public init(
    _ request: SequenceRequest, runner: any ArmRunner, clock: any MeasurementClock,
    probe: any RoundProbe, series: Gate.EmptySeries
  ) {
    self.request = request
    self.runner = runner
    self.clock = clock
    self.probe = probe
    result = SequenceResult(
      series: request.arms.map { series($0, request.group, request.stage) },
      stage: StageRecord(group: request.group, stage: request.stage, seed: request.seed),
      maximumRounds: request.maximumRounds)
    attempts = request.watches.map { _ in 0 }
    kept = attempts
  }

  /// Runs the rounds.
  ///
  /// - Parameter progress: called before each round, with its number (warm-ups below 0) and where the
  ///   watches stand.
  public func run(
    progress: (_ round: Int, _ result: SequenceResult) -> Void
  ) throws(MeasurementError) {
    var shortest = Double.infinity
    for warmup in -Self.warmups..<0 {
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
    result.roundSeconds = shortest
    end = clock.seconds + Self.patience * request.budget
    if result.maximumRounds == nil {
      result.maximumRounds = plannedRounds(
        budgetSeconds: request.budget, roundSeconds: result.roundSeconds)
    }
    result.tests = request.watches.compactMap { watch in
      result.maximumRounds.flatMap { rounds in
        SequentialPlan(failsBelow: watch.bound, maximumRounds: rounds, failingAlpha: watch.alpha)
      }.map { SequentialTest(request.stage == .confirmation ? $0.confirmation : $0) }
    }
    var round = 0
    while true {
      let needed = neededArms(before: round)
      guard !needed.isEmpty else { break }
      progress(round, result)
      try self.round(round, of: needed)
      round += 1
    }
  }

  /// The arms that some watch still needs, or a table.
  private func neededArms(before round: Int) -> [Int] {
    if round < request.leastRounds { return Array(request.arms.indices) }
    guard clock.seconds < end else { return [] }
    var needed: Set<Arm> = []
    for (index, test) in result.tests.enumerated() where !isSettled(index, test) {
      needed.insert(request.watches[index].subject)
      needed.insert(request.watches[index].reference)
    }
    return request.arms.indices.filter { needed.contains(request.arms[$0]) }
  }

  /// Decided, spent, or with so many pairs dropped that the rest cannot make up for it.
  private func isSettled(_ index: Int, _ test: SequentialTest) -> Bool {
    if let pairs = request.watches[index].pairs, kept[index] >= pairs { return true }
    guard test.state == .undecided else { return true }
    let dropped = attempts[index] - kept[index]
    let rounds = test.plan.maximumRounds
    return attempts[index] >= 2 * rounds
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

  private func drop(_ index: Int, _ round: Int, _ causes: [String]) {
    result.series[index].discarded += 1
    result.stage.discards.append(
      Discard(round: round, series: result.series[index].key, causes: causes))
  }

  private func judge(_ round: Int, _ ran: Set<Arm>) {
    for (index, watch) in request.watches.enumerated() where index < result.tests.count {
      guard result.tests[index].state == .undecided, ran.contains(watch.subject),
        ran.contains(watch.reference)
      else { continue }
      attempts[index] += 1
      guard let subject = series(of: watch.subject), let reference = series(of: watch.reference),
        subject.rounds.last == round, reference.rounds.last == round,
        let value = Judge.logRatios(subject, reference).last?.value
      else { continue }
      kept[index] += 1
      if watch.pairs == nil { result.tests[index].add(value) }
    }
  }

  private func series(of arm: Arm) -> Series? {
    request.arms.firstIndex(of: arm).map { result.series[$0] }
  }
}
