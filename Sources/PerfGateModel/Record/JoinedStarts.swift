import PerfGateStatistics

/// The records of several starts of the same run, joined to one: each start is one round, and what was a
/// round within a start becomes a pair of that round, so that the median of a start counts once.
///
/// What a table cannot show for each start is that of the first one: its plan, its workloads, the CPUs of its
/// workers.
package struct JoinedStarts: Sendable {
  private var record: Record
  /// The place of each arm in the record's series.
  private var places: [ArmAmongStarts: Int] = [:]
  private var comparisons: [ComparedSeries] = []
  private var curves: [CurveOfStarts] = []
  private var (first, confirmation) = (0, 0)

  /// The code of the note that all rounds are of one start of the ranks.
  package static let oneStart = "one-start"
  /// The code of the note about a start that did not measure what the others did.
  package static let otherArms = "other-arms"
  /// The code of a note that a start ran on other CPUs.
  package static let otherMachine = "other-machine"

  /// Two series that a table compares.
  private struct ComparedSeries: Hashable {
    var subject, reference: SeriesKey
    var isOfLimit: Bool?
  }

  /// A curve, and the rounds that it is made of.
  private struct CurveOfStarts: Hashable {
    var kernel, variant, executor: String
    var group: GroupKey
  }

  /// Begins with the first start, without its rounds.
  package init(_ start: Record) {
    record = start
    record.complete = true
    record.seconds = 0
    (record.series, record.stages, record.claimPlans, record.unproven) = ([], [], [], [])
    (record.comparisons, record.scaling, record.notes, record.claims) = ([], [], [], [])
  }

  /// Adds a start as the next round of the first stage, or of the confirmation, which tells about claims that
  /// failed and nothing else, but for work that it cannot prove: that is proven in every start or not at all.
  package mutating func add(_ start: Record, as stage: Stage = .first) {
    let round = stage == .first ? first : confirmation
    if stage == .first { first += 1 } else { confirmation += 1 }
    record.complete = record.complete && start.complete
    record.seconds += start.seconds
    addUnproven(of: start)
    if stage == .first { addPlans(of: start) }
    guard start.machine.key == record.machine.key else {
      record.notes.append(
        Record.Note(
          code: Self.otherMachine,
          text:
            "start \(first + confirmation) ran on other CPUs, \(start.machine.key), than the first, "
            + "\(record.machine.key): its rounds are left out; ask the launcher for the same CPUs each time"
        ))
      return
    }
    let names = addSeries(of: start, round, stage)
    for one in start.stages where one.stage == .first { add(one, round, stage, names) }
    guard stage == .first else { return }
    addTables(of: start, names)
    // The same note of another start differs in its numbers only.
    let known = Set(record.notes.map(\.code))
    record.notes += start.notes.filter { $0.code != Self.oneStart && !known.contains($0.code) }
  }

  private mutating func addUnproven(of start: Record) {
    for var one in start.unproven
    where !record.unproven.contains(where: { ($0.kernel, $0.variant) == (one.kernel, one.variant) })
    {
      one.reason = "in start \(first + confirmation): \(one.reason)"
      record.unproven.append(one)
    }
  }

  private mutating func addPlans(of start: Record) {
    for plan in start.claimPlans {
      guard let place = record.claimPlans.firstIndex(where: { $0.id == plan.id }) else {
        record.claimPlans.append(plan)
        continue
      }
      record.claimPlans[place].refusal = record.claimPlans[place].refusal ?? plan.refusal
    }
  }

  /// Adds the series of a start; returns the key of each in the joined record.
  private mutating func addSeries(
    of start: Record, _ round: Int, _ stage: Stage
  ) -> [SeriesKey: SeriesKey] {
    var names: [SeriesKey: SeriesKey] = [:]
    for (one, arm) in zip(start.series, ArmAmongStarts.all(of: start.series))
    where one.key.stage == .first {
      var place = places[arm.at(stage)]
      if place == nil {
        // A confirmation is of the same arms, with the amount of work of the first starts.
        let model = places[arm.at(.first)].map { record.series[$0] } ?? one
        let key = model.key.at(stage)
        guard !record.series.contains(where: { $0.key == key }) else {
          record.notes.append(
            Record.Note(
              code: Self.otherArms,
              text:
                "start \(first + confirmation) measured \(one.id) in \(one.group), unlike earlier "
                + "starts: its rounds are left out"))
          continue
        }
        place = record.series.count
        places[arm.at(stage)] = record.series.count
        record.series.append(model.withoutRounds(key))
      }
      guard let place else { continue }
      names[one.key] = record.series[place].key
      record.series[place].add(
        start: one, as: round, isLost: start.dropped(one) > one.seconds.count)
    }
    return names
  }

  private mutating func add(
    _ one: StageRecord, _ round: Int, _ stage: Stage, _ names: [SeriesKey: SeriesKey]
  ) {
    var place = record.stages.firstIndex { ($0.group, $0.stage) == (one.group, stage) }
    if place == nil {
      place = record.stages.count
      record.stages.append(StageRecord(group: one.group, stage: stage, seed: one.seed))
    }
    guard let place else { return }
    record.stages[place].rounds = round + 1
    record.stages[place].starts = round + 1
    record.stages[place].pairs = max(record.stages[place].pairs ?? 1, one.rounds)
    record.stages[place].shortest =
      [record.stages[place].shortest, one.shortest].compactMap(\.self).max()
    record.stages[place].discards += one.discards.map {
      Discard(round: round, series: names[$0.series] ?? $0.series.at(stage), causes: $0.causes)
    }
  }

  /// Notes which rows the tables of a start have.
  private mutating func addTables(of start: Record, _ names: [SeriesKey: SeriesKey]) {
    for row in start.comparisons {
      guard let subject = names[row.subject], let reference = names[row.reference] else { continue }
      let compared = ComparedSeries(
        subject: subject, reference: reference, isOfLimit: row.isOfLimit)
      if !comparisons.contains(compared) { comparisons.append(compared) }
    }
    for curve in start.scaling {
      guard let group = start.group(of: curve) else { continue }
      let found = CurveOfStarts(
        kernel: curve.kernel, variant: curve.variant, executor: curve.executor, group: group)
      if !curves.contains(found) { curves.append(found) }
    }
  }

  /// The joined record, judged and with tables.
  ///
  /// - Parameter planned: how many starts each stage has at most.
  package func record(planned: Int) -> Record {
    var all = record
    // The record has no times of what is not proven.
    all.series.removeAll { series in
      all.unproven.contains { ($0.kernel, $0.variant) == (series.kernel, series.variant) }
    }
    // Sequences look at even numbers of rounds, from 8 on.
    let most = max(SignBoundary.firstLook, planned & ~1)
    for index in all.claimPlans.indices {
      if all.claimPlans[index].maximumRounds != nil { all.claimPlans[index].maximumRounds = most }
      if all.claimPlans[index].ceilingRounds != nil { all.claimPlans[index].ceilingRounds = most }
    }
    all.claims = Judge.results(all)
    let tables = Tables(all)
    all.comparisons = comparisons.compactMap { row in
      guard let subject = all.series(row.subject), let reference = all.series(row.reference) else {
        return nil
      }
      var found = tables.comparison(of: subject, to: reference)
      found?.isOfLimit = row.isOfLimit
      return found
    }
    all.scaling = curves.compactMap { curve in
      tables.curve(
        all.series.filter {
          $0.key.stage == .first && $0.group == curve.group && $0.kernel == curve.kernel
            && $0.variant == curve.variant && $0.executor == curve.executor
        })
    }
    return all
  }

  /// The claims that have failed in the first starts and need others to confirm that.
  package func suspects(planned: Int) -> [String] {
    let all = record(planned: planned)
    let judge = Judge(all)
    return all.measuredClaims.filter { claim in
      guard claim.plan.refusal == nil, claim.plan.baseline == nil, claim.plan.kind.counter == nil,
        let plan = claim.plan.sequentialPlan, let first = claim.first,
        judge.sequence(first, plan).test.state == .fails
      else { return false }
      let second = claim.confirmation.map { judge.sequence($0, plan.confirmation).test.state }
      return second ?? .undecided == .undecided
    }.map(\.plan.id)
  }
}

extension Record {
  /// How many rounds of a series were dropped.
  fileprivate func dropped(_ series: Series) -> Int {
    stages.filter { $0.stage == .first && $0.group == series.group }
      .reduce(0) { $0 + $1.discards.count { $0.series == series.key } }
  }
}

/// An arm that each start measures, whatever amount of work a start has found for it.
private struct ArmAmongStarts: Hashable {
  /// Its key without the amount of work.
  var key: SeriesKey
  var group: GroupKey
  /// How many such arms come before it.
  var ordinal = 0

  /// The arms of a record's series.
  static func all(of series: [Series]) -> [ArmAmongStarts] {
    var counts: [ArmAmongStarts: Int] = [:]
    return series.map { one in
      var arm = ArmAmongStarts(key: one.key, group: one.group)
      arm.key.amount = nil
      let ordinal = counts[arm, default: 0]
      counts[arm] = ordinal + 1
      arm.ordinal = ordinal
      return arm
    }
  }

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
    (series.rounds, series.pairs, series.seconds, series.cpuSeconds) = ([], [], [], [])
    (series.bytes, series.counts) = (nil, nil)
    (series.starts, series.discarded, series.migrations, series.peakBytes) = (0, 0, 0, 0)
    return series
  }

  /// Adds the rounds of a start as the pairs of one round.
  ///
  /// A start may have found other sizes and numbers of tasks; times are then those of this series' work.
  ///
  /// - Parameter isLost: whether most of its rounds were dropped, so that the rest show nothing.
  fileprivate mutating func add(start: Series, as round: Int, isLost: Bool) {
    discarded += start.discarded
    migrations += start.migrations
    peakBytes = max(peakBytes, start.peakBytes)
    guard !isLost, !start.seconds.isEmpty else { return }
    let units = { (series: Series) in Double(series.tasks) * Double(max(series.size, 1)) }
    let scale = units(self) / units(start)
    rounds += start.rounds.map { _ in round }
    pairs = (pairs ?? []) + start.rounds
    seconds += start.seconds.map { $0 * scale }
    cpuSeconds += start.cpuSeconds.map { $0 * scale }
    starts = (starts ?? 0) + 1
  }
}
