import PerfGateStatistics

/// A claim with everything that was measured for it, from which the judge decides.
package struct MeasuredClaim: Sendable {
  /// The claim as planned, with the error of its decision.
  package var plan: ClaimPlan
  /// The rounds that decide or raise a suspicion; `nil`: none were started.
  package var first: MeasuredStage?
  /// The rounds that confirm a suspicion; `nil`: none were started.
  package var confirmation: MeasuredStage?
  /// What the machine itself reached; `nil` if the claim is not about scaling.
  package var ceiling: MeasuredCeiling?
  /// The first variant whose work is not proven; `nil`: all are proven.
  package var unproven: Record.UnprovenVariant?

  /// A claim and what was measured for it.
  package init(
    _ plan: ClaimPlan, first: MeasuredStage? = nil, confirmation: MeasuredStage? = nil,
    ceiling: MeasuredCeiling? = nil, unproven: Record.UnprovenVariant? = nil
  ) {
    self.plan = plan
    self.first = first
    self.confirmation = confirmation
    self.ceiling = ceiling
    self.unproven = unproven
  }
}

/// The times of the machine itself in the arms of a ceiling.
package struct MeasuredCeiling: Sendable {
  /// The series at the workers of the claim; `nil`: no round was kept.
  package var subject: Series?
  /// The series at one worker; `nil`: no round was kept.
  package var reference: Series?
  /// The planned number N of its rounds; `nil`: there was no time for any.
  package var maximumRounds: Int?
  /// Whether any rounds were dropped.
  package var isDisturbed: Bool
}

/// One sequence of rounds in which both arms of a claim ran.
package struct MeasuredStage: Sendable {
  /// The keys of the judged arm and of the one it is compared with.
  private let keys: (subject: SeriesKey, reference: SeriesKey)
  /// Their series; `nil`: no round was kept.
  package let subject: Series?
  package let reference: Series?
  private let stage: StageRecord
  private let form: ClaimForm

  /// Whether each round was a new process.
  var isOfStarts: Bool { (stage.starts ?? 1) > 1 }

  /// A sequence of rounds.
  ///
  /// - Parameters:
  ///   - form: how the claim turns two series into its value.
  ///   - series: finds the series of a key.
  package init(
    subject: SeriesKey, reference: SeriesKey, stage: StageRecord, form: ClaimForm,
    series: (SeriesKey) -> Series?
  ) {
    self.form = form
    keys = (subject.at(stage.stage), reference.at(stage.stage))
    self.subject = series(keys.subject)
    self.reference = series(keys.reference)
    self.stage = stage
  }

  /// Passes on the pairs in time order, and counts the dropped ones among them.
  ///
  /// - Parameter take: gets the number of each round and `ln(T_reference / T_subject)` of its pair; returns
  ///   whether it needs more.
  func pairs(_ take: (_ round: Int, _ value: Double) -> Bool) -> ClaimResult.Stage {
    var used: Set<Int> = []
    var last = Int.max
    if let subject, let reference {
      for (round, value) in form.logQuotients(subject, reference) {
        used.insert(round)
        if !take(round, value) {
          last = round
          break
        }
      }
    }
    // A pair needs both arms: an arm may have other partners, in rounds without this one.
    var tried = rounds(subject, keys.subject).intersection(rounds(reference, keys.reference))
    let discards = stage.discards.filter { discard in
      (discard.series == keys.subject || discard.series == keys.reference)
        && discard.round <= last && tried.remove(discard.round) != nil
    }
    return ClaimResult.Stage(
      seed: stage.seed, rounds: used.count, discards: discards,
      lost: discards.count { !used.contains($0.round) },
      starts: stage.starts.map { $0 > 1 ? used.count : 1 })
  }

  private func rounds(_ series: Series?, _ key: SeriesKey) -> Set<Int> {
    Set(series?.rounds ?? []).union(stage.discards.filter { $0.series == key }.map(\.round))
  }
}

/// `ln(T_reference / T_subject)`, for one task each, for each round with both arms: the median of
/// the round's pairs.
package func logRatios(
  _ subject: Series, _ reference: Series, latest: Bool = false
) -> [(round: Int, value: Double)] {
  let scale = naturalLog(Double(subject.tasks) / Double(reference.tasks))
  return pairedValues(subject, reference, latest: latest) { logRatio($1, over: $0) + scale }
}

extension ClaimForm {
  /// The logarithm that decides for each round with both arms.
  func logQuotients(_ subject: Series, _ reference: Series) -> [(round: Int, value: Double)] {
    guard isOfBytes else { return logRatios(subject, reference) }
    guard let own = subject.bytes, let others = reference.bytes else { return [] }
    let known = Dictionary(
      zip(reference.rounds, others).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
    return zip(subject.rounds, own).compactMap { round, bytes in
      known[round].map {
        (round, Self.logQuotient(ofBytes: bytes, over: $0, workers: subject.workers))
      }
    }
  }
}

extension Record {
  /// The record's claims, each with what was measured for it.
  package var measuredClaims: [MeasuredClaim] {
    let series = Dictionary(
      series.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    let sequences = Dictionary(
      stages.map { (Sequence(group: $0.group, stage: $0.stage), $0) },
      uniquingKeysWith: { first, _ in first })
    return claimPlans.map { measured($0, sequences) { series[$0] } }
  }

  /// What is the rounds of one stage of a group.
  private struct Sequence: Hashable {
    var group: GroupKey
    var stage: Stage
  }

  private func measured(
    _ plan: ClaimPlan, _ sequences: [Sequence: StageRecord], _ series: (SeriesKey) -> Series?
  ) -> MeasuredClaim {
    func stage(_ stage: Stage) -> MeasuredStage? {
      guard let subject = plan.subject, let reference = plan.reference, let group = plan.group,
        let record = sequences[Sequence(group: group, stage: stage)]
      else { return nil }
      return MeasuredStage(
        subject: subject, reference: reference, stage: record, form: plan.kind, series: series)
    }
    var measured = MeasuredClaim(plan, first: stage(.first), confirmation: stage(.confirmation))
    if plan.kind.isScaling {
      measured.ceiling = MeasuredCeiling(
        subject: plan.ceiling.flatMap(series), reference: plan.ceilingReference.flatMap(series),
        maximumRounds: plan.ceilingRounds,
        isDisturbed: stages.contains { stage in
          stage.discards.contains {
            $0.series == plan.ceiling || $0.series == plan.ceilingReference
          }
        })
    }
    let arms = [plan.subject, plan.reference].compactMap { $0 }
    measured.unproven = unproven.first { one in
      arms.contains { $0.kernel == one.kernel && $0.variant == one.variant }
    }
    return measured
  }
}
