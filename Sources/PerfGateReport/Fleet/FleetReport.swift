import PerfGateModel

/// The text of a fleet for the terminal: `perfgate merge`.
package enum FleetReport {
  /// What was read, the claims with their verdicts over all keys, and the keys on which a claim does
  /// not simply hold.
  ///
  /// - Parameter width: the width of the terminal in columns; `nil`: unlimited.
  package static func lines(_ result: FleetResult, width: Int? = nil) -> [StyledLine] {
    var lines = (header(result) + notes(result)).flatMap {
      WrappedText.labelled($0, width: width)
    }.map { StyledLine($0) }
    for table in [claimTable(result), keyTable(result)] where !table.isEmpty {
      lines += [StyledLine("")] + table.styledLines(width: width)
    }
    return (lines + [StyledLine(""), summary(result)]).map(\.harmless)
  }

  /// How many runs on which machines.
  static func header(_ result: FleetResult) -> [String] {
    let fleet = result.fleet
    let keys = fleet.machines.sorted { ($1.value.runs, $0.key) < ($0.value.runs, $1.key) }
      .map { "\($0.key) (\(FleetText.runs($0.value.runs)))" }
    let runs = FleetText.runs(fleet.names.count)
    let list = keys.isEmpty ? "" : ": \(FleetText.list(keys))"
    return ["fleet      \(runs) on \(FleetText.keys(keys.count))\(list)"]
  }

  /// What a reader should know of the records: whole or not, counted or not, of one claim or of
  /// several.
  static func notes(_ result: FleetResult) -> [String] {
    let fleet = result.fleet
    var lines = fleet.unfinished.map {
      "unfinished \(fleet.names[$0]): the run ended early; what it had measured before counts"
    }
    if let first = fleet.copies.first {
      let count = fleet.copies.count
      lines.append(
        "copies     \(count == 1 ? "1 record repeats a run" : "\(count) records repeat runs")"
          + " that \(count == 1 ? "is" : "are") counted already, such as \(first.name): it is the "
          + "run of \(fleet.names[first.run])")
    }
    lines += conflicts(fleet)
    if fleet.withoutClaims > 0 {
      lines.append("note       \(FleetText.runs(fleet.withoutClaims)) judged no claim")
    }
    lines += result.ambiguous.map { id in
      let claims = result.claims.filter { $0.statement.id == id }
      let parts = claims.map { claim in
        result.differences(claim.statement).joined(separator: ", ")
          + " on \(FleetText.keys(claim.machines.count)), \(FleetText.runs(claim.runs))"
      }
      return "differs    \(id) does not state the same in all records, so it is judged as "
        + "\(claims.count) claims: \(parts.joined(separator: "; "))"
    }
    lines += unproven(result).map { "not proven \($0.title): \($0.text)" }
    if !result.unreadable.isEmpty {
      let names = result.unreadable.map(\.name)
      lines.append(
        "missing    \(names.count) of \(names.count + fleet.names.count + fleet.copies.count) "
          + "could not be read, and nothing here is about them: \(FleetText.list(names))")
    }
    return lines
  }

  /// How many runs that have the name of another get lines of their own.
  private static let mostConflicts = 10

  /// Runs that have the name of another, and say something else.
  private static func conflicts(_ fleet: Fleet) -> [String] {
    var lines = fleet.conflicts.prefix(mostConflicts).map { one in
      let what =
        one.claims.isEmpty
        ? "other figures or reasons, though no other verdict"
        : "other verdicts on \(FleetText.list(one.claims))"
      return "conflict   \(fleet.names[one.run]) has the machine key, start, seed and length of "
        + "\(fleet.names[one.first]), but \(what): it is no copy, and both count"
    }
    let rest = fleet.conflicts.count - lines.count
    if rest > 0 {
      lines.append(
        "conflict   \(rest) more \(rest == 1 ? "record does" : "records do") the same; "
          + "--json FILE names them")
    }
    return lines
  }

  /// The variants whose work is not proven, and where.
  package static func unproven(_ result: FleetResult) -> [(title: String, text: String)] {
    result.fleet.unproven.sorted { $0.key < $1.key }.map { variant, found in
      let names = found.runs.map { result.fleet.names[$0] }
      return (
        variant, "\(found.finding); in \(FleetText.runs(names.count)): \(FleetText.list(names))"
      )
    }
  }

  /// A row for each claim: on how many keys it has which verdict, and the verdict over all.
  static func claimTable(_ result: FleetResult) -> TextTable {
    let verdicts: [FleetVerdict] = [.holds, .violated, .mixed, .inconclusive, .notCheckable]
    let words = verdicts.map(FleetText.word)
    var table = TextTable(
      [("claim", .left), ("", .left), ("limit", .left), ("runs", .right), ("keys", .right)]
        + words.map { ($0, .right) } + [("verdict", .left)],
      sentence: 1,
      expendable: ["not checkable", "inconclusive", "runs", "holds", "mixed", "limit", "violated"])
    for claim in result.claims {
      table.add(
        [
          result.label(claim.statement), claim.statement.text, FleetText.limit(claim.statement),
          "\(claim.runs)", "\(claim.machines.count)",
        ] + verdicts.map { claim.keys($0) == 0 ? "–" : "\(claim.keys($0))" }
          + [FleetText.word(claim.verdict)],
        detail: FleetText.reason(claim), style: style(claim.verdict))
    }
    return table
  }

  /// How many keys of a claim get rows of their own.
  private static let mostKeys = 10

  /// A row for each key on which a claim is violated or mixed, up to some; one for all keys that could
  /// not decide it for the same reason.
  static func keyTable(_ result: FleetResult) -> TextTable {
    var table = TextTable(
      [("claim", .left), ("machine", .left), ("runs", .right), ("verdict", .left)],
      expendable: ["runs"])
    for claim in result.claims {
      let label = result.label(claim.statement)
      addViolated(claim, label, result.fleet.names, to: &table)
      for group in UndecidedKeys.all(claim, most: mostKeys) {
        let one = group.keys.count == 1
        let sentence = (group.isSame ? "" : "such as ") + group.sentence
        table.add(
          [
            label, one ? group.keys[0] : FleetText.keys(group.keys.count), "\(group.runs)",
            FleetText.word(group.verdict),
          ],
          detail: one ? sentence : "\(sentence); on \(FleetText.list(group.keys))",
          style: style(group.verdict))
      }
    }
    return table
  }

  private static func addViolated(
    _ claim: FleetClaim, _ label: String, _ names: [String], to table: inout TextTable
  ) {
    let bad: Set<FleetVerdict> = [.violated, .mixed]
    let all = claim.machines.filter { bad.contains($0.tally.verdict) }
    for (key, tally) in all.prefix(mostKeys) {
      table.add(
        [label, key, "\(tally.count)", FleetText.word(tally.verdict)],
        detail: FleetText.runs(tally, names), style: style(tally.verdict))
    }
    let rest = all.dropFirst(mostKeys)
    guard !rest.isEmpty else { return }
    let runs = rest.reduce(0) { $0 + $1.tally.count }
    table.add(
      [label, "\(rest.count) more", "\(runs)", FleetText.word(FleetVerdict.violated)],
      detail: "or mixed; --json FILE names them", style: .bad)
  }

  /// `checked 7 of 9, violated 1, inconclusive 1`.
  package static func summary(_ result: FleetResult) -> StyledLine {
    func count(_ verdict: FleetVerdict) -> Int { result.claims.count { $0.verdict == verdict } }
    let checked = result.claims.count - count(.notCheckable)
    let found = "violated \(count(.violated))"
    let rest = count(.inconclusive) == 0 ? "" : ", inconclusive \(count(.inconclusive))"
    return StyledLine(
      "checked \(checked) of \(result.claims.count), \(found)\(rest)",
      style: count(.violated) > 0 ? .bad : nil, length: found.count, behind: rest.count)
  }

  static func style(_ verdict: FleetVerdict) -> StyledLine.Style {
    switch verdict {
    case .holds: .good
    case .violated, .mixed: .bad
    case .inconclusive: .open
    case .notCheckable: .dim
    }
  }
}
