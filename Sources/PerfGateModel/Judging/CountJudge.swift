extension Judge {
  /// How many starts must agree, so that what differs between processes, such as the seed of hashes, is
  /// not taken for exact.
  package static let agreeingStarts = 2
  /// How many starts decide where calls or starts differ.
  package static let differingStarts = 8

  /// The result of a claim about a number that is counted: that of all calls if they agree, and otherwise
  /// the largest.
  ///
  /// A stored count may itself be the largest of calls that differ, and today's could be larger by luck.
  /// So more than stored is a violation only if each of eight starts has it: where nothing has changed
  /// and eight are stored, one run in 12,870 (8! 8! / 16!) does.
  func countResult(_ claim: MeasuredClaim, _ counter: Counter) -> ClaimResult {
    var result = ClaimResult(claim.plan)
    guard let (counts, least, most) = Self.counts(claim, counter) else { return result }
    result.rounds = counts.count
    result.starts = counts.count
    result.estimate = Double(most)
    result.interval = [Double(least), Double(most)]
    if let baseline = claim.plan.countBaseline {
      result.remarks = remarks(baseline, most: most)
      guard let stored = baseline.session else {
        result.verdict = .notCheckable(.firstSession)
        return result
      }
      if Double(most) > claim.plan.limit, counts.count >= Self.differingStarts {
        let above = counts.allSatisfy { Double($0.most[counter]) > claim.plan.limit }
        result.verdict =
          above
          ? .violated
          : .inconclusive(.countsDiffer(least: least, most: most, stored: stored.most))
        return result
      }
    }
    if Double(most) > claim.plan.limit, claim.plan.countBaseline == nil {
      result.verdict = .violated
    } else if Double(most) <= claim.plan.limit,
      counts.count >= Self.differingStarts
        || least == most && counts.count >= Self.agreeingStarts
    {
      result.verdict = .holds
    } else {
      result.verdict = .inconclusive(
        .cutShort(
          rounds: counts.count, of: Self.differingStarts, needed: Self.differingStarts,
          isDisturbed: false))
    }
    return result
  }

  /// Today's session of a claim about a count; `nil` if too few starts were counted.
  func countSession(_ claim: MeasuredClaim, _ counter: Counter) -> TodaySession? {
    guard let (counts, least, most) = Self.counts(claim, counter) else { return nil }
    guard
      counts.count >= Self.differingStarts || least == most && counts.count >= Self.agreeingStarts
    else { return nil }
    return TodaySession(
      median: Double(most), interval: [Double(least), Double(most)], rounds: counts.count,
      isOfStarts: true, discarded: 0)
  }

  /// What each start counted, and the smallest and largest number of all; `nil` without any.
  private static func counts(
    _ claim: MeasuredClaim, _ counter: Counter
  ) -> (starts: [StartCounts], least: Int, most: Int)? {
    guard let counts = claim.first?.subject?.counts, let first = counts.first else { return nil }
    return (
      counts, counts.reduce(first.least[counter]) { min($0, $1.least[counter]) },
      counts.reduce(first.most[counter]) { max($0, $1.most[counter]) }
    )
  }

  private func remarks(_ baseline: CountBaseline, most: Int) -> [Remark] {
    guard let stored = baseline.session else { return [] }
    var remarks: [Remark] = [
      .storedLimit(
        date: stored.date, machine: stored.machine == machine ? nil : stored.machine)
    ]
    // One that would be stored as a smaller limit.
    if most < stored.least {
      remarks.append(
        .better(change: Double(most) / Double(stored.least) - 1, command: renewal))
    }
    if stored.toolchain != toolchain {
      remarks.append(.otherToolchain(stored: stored.toolchain, current: toolchain))
    }
    return remarks
  }
}
