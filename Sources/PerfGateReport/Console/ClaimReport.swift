import PerfGateModel

extension ConsoleReport {
  /// The table of claims, where to look if one is violated, and how many were checked.
  ///
  /// - Parameter width: see ``body(_:hasTables:width:)``.
  package static func claims(_ record: Record, width: Int? = nil) -> [String] {
    styledClaims(RecordIndex(record), width: width).map(\.text)
  }

  static func styledClaims(_ index: RecordIndex, width: Int?) -> [StyledLine] {
    guard let table = claimTable(index) else { return [] }
    let lines = remarks(index).flatMap { ["  \($0.title)"] + $0.details.map { "    \($0)" } }
    return [StyledLine("")] + table.styledLines(width: width)
      + lines.flatMap { WrappedText.labelled($0, width: width) }.map { StyledLine($0) }
      + [styledSummary(index.record)]
  }

  /// What a reader should know of claims besides their rows in the table: notes, where to look if one
  /// is violated, and what too few rounds tell.
  static func remarks(_ index: RecordIndex) -> [(title: String, details: [String])] {
    let claims = index.record.claims
    return claims.compactMap { claim in claim.note.map { ("\(claim.id): \($0)", []) } }
      + claims.filter { $0.verdict == .violated }.map { lookAt($0, index) }
      + claims.compactMap(asFarAsRoundsTell).map { ($0, []) }
  }

  static func claimTable(_ index: RecordIndex) -> TextTable? {
    let record = index.record
    guard !record.claims.isEmpty else { return nil }
    if record.revisions != nil { return revisionTable(index) }
    // What earlier versions judged does not tell it.
    let isTold = record.claims.contains { $0.detectable != nil }
    let wouldFind = isTold ? ["would find"] : []
    var table = TextTable(
      [
        ("claim", .left), ("", .left), ("estimate", .left), ("limit", .left), ("rounds", .left),
      ] + wouldFind.map { ($0, .left) } + [("verdict", .left)], sentence: 1,
      expendable: wouldFind + ["rounds", "limit"])
    for claim in record.claims {
      table.add(
        [
          claim.id, claim.text, ClaimText.estimate(claim), ClaimText.limit(claim),
          ClaimText.rounds(claim),
        ] + wouldFind.map { _ in claim.detectable.map { ClaimText.value($0, claim) } ?? "–" }
          + [ClaimText.word(claim)], detail: claim.sentence ?? "",
        style: StyledLine.style(of: claim.verdict.word))
    }
    return table
  }

  /// The estimate of a claim with too few rounds for an interval.
  private static func asFarAsRoundsTell(_ claim: ClaimResult) -> String? {
    guard claim.verdict.word == .inconclusive, claim.kind != .baseline, claim.interval == nil,
      let estimate = claim.estimate
    else { return nil }
    let stands =
      ClaimText.isAtLeast(claim) ? estimate >= claim.limit : estimate <= claim.limit
    return "\(claim.id): \(ClaimText.estimate(claim)), claimed \(ClaimText.limit(claim)): "
      + (stands ? "within" : "beyond") + " the limit, but "
      + (claim.rounds == 1 ? "1 round is" : "\(claim.rounds) rounds are") + " too few to decide"
  }

  /// `checked 7 of 9, violated 0`.
  package static func summary(_ record: Record) -> String { styledSummary(record).text }

  /// The number of violated claims is red, unless it is 0.
  static func styledSummary(_ record: Record) -> StyledLine {
    let checked = record.claims.count { $0.verdict.isChecked }
    let violated = record.claims.count { $0.verdict == .violated }
    let open = record.claims.count { $0.verdict.word == .inconclusive }
    let rest = open == 0 ? "" : ", inconclusive \(open)"
    let found = "violated \(violated)"
    return StyledLine(
      "checked \(checked) of \(record.claims.count), \(found)\(rest)",
      style: violated > 0 ? .bad : nil, length: found.count, behind: rest.count)
  }

  /// Numbers that help to find out why a claim is violated.
  private static func lookAt(
    _ claim: ClaimResult, _ index: RecordIndex
  ) -> (title: String, details: [String]) {
    if let unit = claim.kind.unit, claim.kind.counter != nil {
      let starts = claim.rounds == 1 ? "1 fresh start" : "\(claim.rounds) fresh starts"
      return (
        "\(claim.id): \(ClaimText.estimate(claim)) \(unit), claimed \(ClaimText.limit(claim)), "
          + starts, claim.note.map { [$0] } ?? []
      )
    }
    let plan = index.record.plan
    let title =
      "\(claim.id): \(ClaimText.estimate(claim)), claimed \(ClaimText.limit(claim)), "
      + "\(claim.rounds) rounds and \(claim.confirmationRounds) to confirm"
    var lines: [String] = []
    if let ceiling = claim.ceiling {
      lines.append(
        "the machine itself reaches \(Format.value(ceiling, claim.ceilingInterval, (2, 2)))")
    }
    if let part = claim.karpFlatt {
      lines.append(
        "corresponds to a serial part of \(Format.percent(part, 1)) (Karp–Flatt)")
    }
    if let subject = claim.subject.flatMap(index.series) {
      lines.append(
        "ran on cpus \(Format.cpus(subject.cpus)), \(plan.places), \(plan.bind)")
    }
    let causes = claim.stages.flatMap(\.discards).flatMap(\.causes)
    lines.append(
      "\(claim.discarded) \(claim.discarded == 1 ? "pair" : "pairs") discarded"
        + (causes.first.map { ", such as: \($0.text)" } ?? ""))
    return (title, lines)
  }
}
