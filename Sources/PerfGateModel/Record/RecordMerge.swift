import Foundation

extension Record {
  /// Makes the record of a run that consists of parts, before any part is added.
  package static func ofParts(_ first: Record) -> Record {
    Record(
      command: first.command, seed: first.seed, started: first.started, tool: first.tool,
      machine: first.machine, plan: first.plan)
  }

  /// Adds the record of a part of the run. Replaces the same part if it was added before.
  ///
  /// Parts measure the same arms, each in separate rounds. So the part's name becomes a part of the
  /// keys of its series and groups. A variant that is not proven in one part loses its times in all
  /// parts, and the verdicts follow.
  ///
  /// - Parameter name: the part's name; `nil` if its series have unique keys anyway.
  package mutating func add(_ part: Record, named name: String?) {
    let part = name.map(part.asPart) ?? part
    let keys = Set(part.series.map(\.key))
    let claims = Set(part.claimPlans.map(\.id))
    let isReplaced = { (group: GroupKey) in name != nil && group.part == name }
    series.removeAll { isReplaced($0.group) || keys.contains($0.key) }
    stages.removeAll { isReplaced($0.group) }
    claimPlans.removeAll { claims.contains($0.id) }
    series += part.series
    stages += part.stages
    claimPlans += part.claimPlans
    comparisons += part.comparisons

    for one in part.unproven
    where !unproven.contains(where: { ($0.kernel, $0.variant) == (one.kernel, one.variant) }) {
      unproven.append(one)
    }
    series.removeAll { series in
      unproven.contains { ($0.kernel, $0.variant) == (series.kernel, series.variant) }
    }
    for one in part.workloads where !workloads.contains(where: { $0.kernel == one.kernel }) {
      workloads.append(one)
    }
    revisions = revisions ?? part.revisions
    for one in part.notes where !notes.contains(one) { notes.append(one) }
    if part.plan.cpus.count > plan.cpus.count { plan = part.plan }
    complete = complete && part.complete
    seconds += part.seconds
    self.claims = Judge.results(self)
  }

  /// The record with the part's name in every key. Values that are the same in all parts do not
  /// change.
  private func asPart(_ name: String) -> Record {
    var record = self
    for index in series.indices {
      record.series[index].key.part = name
      record.series[index].group.part = name
    }
    for index in stages.indices {
      record.stages[index].group.part = name
      for discard in stages[index].discards.indices {
        record.stages[index].discards[discard].series.part = name
      }
    }
    for index in claimPlans.indices {
      for key in [\ClaimPlan.subject, \.reference, \.ceiling, \.ceilingReference] {
        record.claimPlans[index][keyPath: key]?.part = name
      }
      record.claimPlans[index].group?.part = name
    }
    for index in comparisons.indices {
      record.comparisons[index].subject.part = name
      record.comparisons[index].reference.part = name
    }
    for index in notes.indices { record.notes[index].text = "\(name): \(notes[index].text)" }
    return record
  }
}
