extension Record {
  /// Computes curves and comparisons again from the record's own rounds. Rows without rounds stay
  /// as they were stored. Rows that compare a confirmation with a first stage are removed, because
  /// the two did not run together.
  package mutating func remakeTables() {
    let tables = Tables(self)
    struct Key: Hashable { var kernel, variant, executor: String }
    let measured = series.filter { $0.key.stage == .first }
    let byKey = Dictionary(grouping: measured) {
      Key(kernel: $0.kernel, variant: $0.variant, executor: $0.executor)
    }
    let byID = Dictionary(series.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    scaling = scaling.map { stored in
      let key = Key(kernel: stored.kernel, variant: stored.variant, executor: stored.executor)
      return Self.remade(stored, from: byKey[key] ?? [], tables) ?? stored
    }
    // Earlier versions stored such a row in addition to the right one.
    comparisons.removeAll { $0.subject.stage != $0.reference.stage }
    comparisons = comparisons.map { stored in
      guard let subject = byID[stored.subject], let reference = byID[stored.reference] else {
        return stored
      }
      guard var found = tables.comparison(of: subject, to: reference) else { return stored }
      found.isOfLimit = stored.isOfLimit
      return found
    }
  }

  /// The curve of a stored one, computed again. A stored curve does not name its group of rounds:
  /// this takes the first group with the same worker counts, and prefers the group it was made
  /// from.
  private static func remade(
    _ stored: ScalingCurve, from series: [Series], _ tables: Tables
  ) -> ScalingCurve? {
    var groups: [GroupKey] = []
    var byGroup: [GroupKey: [Series]] = [:]
    for one in series {
      if byGroup[one.group] == nil { groups.append(one.group) }
      byGroup[one.group, default: []].append(one)
    }
    let curves = groups.compactMap { tables.curve(byGroup[$0] ?? []) }.filter {
      $0.points.map(\.workers) == stored.points.map(\.workers)
    }
    return curves.first { $0 == stored } ?? curves.first
  }
}
