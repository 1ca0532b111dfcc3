import PerfGateStatistics

/// Counts what calls of a claim's code ask for, each start in a new process of its own, until that decides.
///
/// What else the machine does changes no count, so that nothing is dropped and nothing has to be quiet.
struct CountRounds {
  /// Starts the processes.
  let runner: any ArmRunner
  /// Ends it, however long a start takes.
  let clock: any MeasurementClock
  /// The seconds for all starts.
  let options: GateOptions
  /// The seed of the run.
  let seed: UInt64
  /// Creates the empty series of an arm.
  let emptySeries: Gate.EmptySeries
  /// Called before each start.
  var progress: (_ group: GroupKey, _ round: Int, _ result: RoundResult) -> Void = { _, _, _ in }

  /// What the series of counts are told apart by from those of time.
  static let mark = "counts"
  /// How many calls of a start are counted.
  static let calls = 10

  /// Counts a claim's calls in as many starts as are needed.
  func measure(_ claim: PlannedClaim, group: GroupKey) -> Gate.Outcome {
    var outcome = Gate.Outcome()
    outcome.isOfStarts = true
    outcome.maximumRounds = Judge.differingStarts
    var result = RoundResult(
      series: [emptySeries(claim.subject, group, .first)],
      stage: StageRecord(group: group, stage: .first, seed: Gate.seed(seed, group, stage: .first)),
      maximumRounds: Judge.differingStarts)
    result.stage.starts = 0
    do { try run(claim, group, &result, &outcome) } catch { outcome.failure = error }
    outcome.series += result.series.filter { !$0.rounds.isEmpty }
    outcome.stages.append(result.stage)
    return outcome
  }

  private func run(
    _ claim: PlannedClaim, _ group: GroupKey, _ result: inout RoundResult,
    _ outcome: inout Gate.Outcome
  ) throws(MeasurementError) {
    guard let counter = claim.candidate.claim.kind.form.counter else { return }
    let stored = claim.candidate.countBaseline
    let end = clock.seconds + RoundLoop.overrun * options.budget
    for round in 0..<Judge.differingStarts {
      progress(group, round, result)
      guard
        let (sample, counts) = try runner.counts(
          of: claim.subject, calls: Self.calls, counter)
      else {
        outcome.refusal = counter.isOfInstructions ? .notCounted(.unreadable) : .noStarts
        return
      }
      result.series[0].add(
        round: round, seconds: sample.seconds, cpuSeconds: sample.cpuSeconds, counts: counts)
      result.series[0].starts = round + 1
      (result.stage.rounds, result.stage.starts) = (round + 1, round + 1)
      let all = result.series[0].counts ?? []
      let agree = all.allSatisfy {
        $0.least[counter] == counts.least[counter] && $0.most[counter] == counts.least[counter]
      }
      // What is stored, and what is more than that, is of as many starts as can differ.
      let isRecording = options.baselines?.isRecording == true
      let needsAll = stored.map { isRecording || Double(counts.most[counter]) > $0.limit } ?? false
      if agree && all.count >= Judge.agreeingStarts && !needsAll || clock.seconds >= end { return }
    }
  }
}
