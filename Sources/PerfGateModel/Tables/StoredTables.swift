extension Record {
  /// Computes curves and comparisons again from the record's own rounds. Rows without rounds stay
  /// as they were stored. Rows that compare a confirmation with a first stage are removed, because
  /// the two did not run together.
  package mutating func remakeTables() {
    let tables = Tables(self)
    let measured = series.filter { $0.key.stage == .first }
    let byID = Dictionary(series.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    scaling = scaling.map { stored in
      guard let group = group(of: stored) else { return stored }
      let own = measured.filter {
        $0.group == group && $0.kernel == stored.kernel && $0.variant == stored.variant
          && $0.executor == stored.executor
      }
      return tables.curve(own) ?? stored
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

  /// The group of rounds that a curve was made of, which it does not name: the one that gives this curve, or
  /// else the first with the same worker counts.
  func group(of stored: ScalingCurve) -> GroupKey? {
    let tables = Tables(self)
    var groups: [GroupKey] = []
    var byGroup: [GroupKey: [Series]] = [:]
    for one in series
    where one.key.stage == .first && one.kernel == stored.kernel && one.variant == stored.variant
      && one.executor == stored.executor
    {
      if byGroup[one.group] == nil { groups.append(one.group) }
      byGroup[one.group, default: []].append(one)
    }
    let curves = groups.compactMap { group in
      tables.curve(byGroup[group] ?? []).map { (group: group, curve: $0) }
    }.filter { $0.curve.points.map(\.workers) == stored.points.map(\.workers) }
    return (curves.first { $0.curve == stored } ?? curves.first)?.group
  }
}
