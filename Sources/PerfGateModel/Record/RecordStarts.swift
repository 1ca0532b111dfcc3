import PerfGateStatistics

extension Record {
  /// Joins the records of several starts of the same run: each start is one round, and what was a round
  /// within a start becomes a pair of that round, so that the median of a start counts once. Claims are
  /// judged again and tables are made again, from starts.
  ///
  /// - Parameters:
  ///   - first: the starts that decide or raise a suspicion, one or more; all measured the same arms.
  ///   - confirmation: the starts that confirm suspicions.
  ///   - planned: how many starts each of both stages has at most.
  package static func ofStarts(
    _ first: [Record], confirmation: [Record] = [], planned: Int
  ) -> Record {
    var all = first[0]
    all.series = []
    all.stages = []
    all.notes.removeAll { $0.code == oneStart }
    for (index, record) in first.enumerated() { all.add(record, round: index, as: .first) }
    for (index, record) in confirmation.enumerated() {
      all.add(record, round: index, as: .confirmation)
    }
    all.series.removeAll { series in
      all.unproven.contains { ($0.kernel, $0.variant) == (series.kernel, series.variant) }
    }
    // Sequences look at even numbers of rounds, from 8 on.
    let most = max(SignBoundary.firstLook, planned & ~1)
    for index in all.claimPlans.indices {
      if all.claimPlans[index].maximumRounds != nil { all.claimPlans[index].maximumRounds = most }
      if all.claimPlans[index].ceilingRounds != nil { all.claimPlans[index].ceilingRounds = most }
    }
    all.complete = (first + confirmation).allSatisfy(\.complete)
    all.seconds = (first + confirmation).reduce(0) { $0 + $1.seconds }
    all.claims = Judge.results(all)
    all.remakeTables()
    return all
  }

  /// The code of the note that all rounds are of one start of the ranks.
  package static let oneStart = "one-start"

  /// The claims that have failed in the first starts and need others to confirm that.
  package var suspects: [String] {
    measuredClaims.filter { claim in
      guard let plan = claim.plan.sequentialPlan, let first = claim.first, claim.plan.refusal == nil
      else { return false }
      let judge = Judge(self)
      guard judge.sequence(first, plan).test.state == .fails else { return false }
      let second = claim.confirmation.map { judge.sequence($0, plan.confirmation).test.state }
      return second ?? .undecided == .undecided
    }.map(\.plan.id)
  }

  /// The arm of a series, whatever amount of work a start has found for it: in place of the amount, how many
  /// series of the same arm come before it in its group.
  private func keyAmongStarts(_ index: Int) -> ArmAmongStarts {
    func arm(_ series: Series) -> ArmAmongStarts {
      var key = series.key
      key.amount = nil
      return ArmAmongStarts(key: key, group: series.group)
    }
    var found = arm(series[index])
    found.ordinal = series[..<index].count { arm($0) == arm(series[index]) }
    return found
  }

  /// Adds a start as a round.
  private mutating func add(_ start: Record, round: Int, as stage: Stage) {
    let keys = start.series.indices.map { start.keyAmongStarts($0).at(stage) }
    let own = Dictionary(
      series.indices.map { (keyAmongStarts($0), $0) }, uniquingKeysWith: { first, _ in first })
    var names: [SeriesKey: SeriesKey] = [:]
    for (one, key) in zip(start.series, keys) where one.key.stage == .first {
      var place = own[key]
      if place == nil {
        // Measured with other arms than in earlier starts: not the same rounds.
        guard !series.contains(where: { $0.key == one.key.at(stage) }) else { continue }
        place = series.count
        series.append(one.withoutRounds(one.key.at(stage)))
      }
      guard let place else { continue }
      names[one.key] = series[place].key
      series[place].add(start: one, as: round)
    }
    for one in start.stages where one.stage == .first {
      let place =
        stages.firstIndex { ($0.group, $0.stage) == (one.group, stage) }
        ?? {
          stages.append(StageRecord(group: one.group, stage: stage, seed: one.seed))
          return stages.count - 1
        }()
      stages[place].rounds = round + 1
      stages[place].starts = round + 1
      stages[place].pairs = max(stages[place].pairs ?? 1, one.rounds)
      stages[place].shortest = [stages[place].shortest, one.shortest].compactMap(\.self).max()
      stages[place].discards += one.discards.map {
        Discard(
          round: round, series: names[$0.series] ?? $0.series.at(stage), causes: $0.causes)
      }
    }
    for plan in start.claimPlans {
      guard let place = claimPlans.firstIndex(where: { $0.id == plan.id }) else {
        claimPlans.append(plan)
        continue
      }
      claimPlans[place].refusal = claimPlans[place].refusal ?? plan.refusal
    }
    for one in start.unproven
    where !unproven.contains(where: { ($0.kernel, $0.variant) == (one.kernel, one.variant) }) {
      unproven.append(one)
    }
    for note in start.notes where note.code != Self.oneStart && !notes.contains(note) {
      notes.append(note)
    }
  }
}

/// An arm that each start measures.
private struct ArmAmongStarts: Hashable {
  /// Its key without the amount of work.
  var key: SeriesKey
  var group: GroupKey
  /// How many such arms come before it.
  var ordinal = 0

  func at(_ stage: Stage) -> ArmAmongStarts {
    var arm = self
    arm.key = key.at(stage)
    return arm
  }
}

extension Series {
  /// The same arm before any round.
  fileprivate func withoutRounds(_ key: SeriesKey) -> Series {
    var series = self
    series.key = key
    series.rounds = []
    series.pairs = []
    series.seconds = []
    series.cpuSeconds = []
    series.bytes = nil
    series.counts = nil
    series.starts = 0
    series.discarded = 0
    series.migrations = 0
    series.peakBytes = 0
    return series
  }

  /// Adds the rounds of a start as the pairs of one round.
  ///
  /// A start may have found other sizes and numbers of tasks; times are then those of this series' work.
  fileprivate mutating func add(start: Series, as round: Int) {
    let units = { (series: Series) in Double(series.tasks) * Double(max(series.size, 1)) }
    let scale = units(self) / units(start)
    rounds += start.rounds.map { _ in round }
    pairs = (pairs ?? []) + start.rounds
    seconds += start.seconds.map { $0 * scale }
    cpuSeconds += start.cpuSeconds.map { $0 * scale }
    if !start.seconds.isEmpty { starts = (starts ?? 0) + 1 }
    discarded += start.discarded
    migrations += start.migrations
    peakBytes = max(peakBytes, start.peakBytes)
  }
}
