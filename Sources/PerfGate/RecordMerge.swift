import Foundation

extension Record {
  /// The record of a run that consists of parts, before any of them is added.
  package static func ofParts(_ first: Record) -> Record {
    Record(
      command: first.command, seed: first.seed, started: first.started, tool: first.tool,
      machine: first.machine, plan: first.plan)
  }

  /// Adds what another part of the run has learned; a part that was added before is replaced.
  ///
  /// Parts measure arms of the same names, each in rounds of its own. So the name of the part is put
  /// behind those of its series and groups: `viete/swift.scalar/pool/1:viete.swift-vs-c`. A variant that
  /// one part finds wrong loses its times in all of them, and the verdicts follow.
  ///
  /// - Parameter name: the part's name; `nil`: its series have names that no other part has.
  package mutating func add(_ part: Record, named name: String?) {
    let part = name.map(part.renamed) ?? part
    let ids = Set(part.series.map(\.id))
    let claims = Set(part.claimPlans.map(\.id))
    let isReplaced = { (group: String) in name.map { group.hasSuffix(Self.suffix($0)) } ?? false }
    series.removeAll { isReplaced($0.group) || ids.contains($0.id) }
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
    for one in part.notes where !notes.contains(one) { notes.append(one) }
    if part.plan.cpus.count > plan.cpus.count { plan = part.plan }
    complete = complete && part.complete
    seconds += part.seconds
    self.claims = Judge.results(self)
  }

  /// The part under its name; what stays as it is is shared by all parts.
  private func renamed(_ name: String) -> Record {
    let suffix = Self.suffix(name)
    let confirmation = StageRecord.suffix(2)
    func renamed(_ id: String) -> String {
      id.hasSuffix(confirmation)
        ? id.dropLast(confirmation.count) + suffix + confirmation : id + suffix
    }
    var record = self
    for index in series.indices {
      record.series[index].id = renamed(series[index].id)
      record.series[index].group += suffix
    }
    for index in stages.indices {
      record.stages[index].group += suffix
      for discard in stages[index].discards.indices {
        record.stages[index].discards[discard].series = renamed(
          stages[index].discards[discard].series)
      }
    }
    for index in claimPlans.indices {
      for id in [\ClaimPlan.subject, \.reference, \.ceiling, \.ceilingReference] {
        record.claimPlans[index][keyPath: id] = claimPlans[index][keyPath: id].map(renamed)
      }
      record.claimPlans[index].group = claimPlans[index].group.map { $0 + suffix }
    }
    for index in comparisons.indices {
      record.comparisons[index].subject = renamed(comparisons[index].subject)
      record.comparisons[index].reference = renamed(comparisons[index].reference)
    }
    for index in notes.indices { record.notes[index].text = "\(name): \(notes[index].text)" }
    return record
  }

  /// What is put behind the names of a part; no part's ends like another's.
  private static func suffix(_ name: String) -> String {
    let escaped = name.replacingOccurrences(of: "%", with: "%25")
      .replacingOccurrences(of: ":", with: "%3A")
    return ":" + escaped
  }
}
