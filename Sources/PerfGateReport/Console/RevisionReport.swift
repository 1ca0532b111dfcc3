import PerfGateModel

extension ConsoleReport {
  /// Which revisions are compared; empty for other records.
  static func revisions(_ record: Record) -> [String] {
    guard let both = record.revisions else { return [] }
    var lines = ["revisions  \(name(both.old)) → \(name(both.new))"]
    if !both.kept.isEmpty {
      lines.append("kept       \(both.kept.joined(separator: ", ")) of the working tree in both")
    }
    return lines
  }

  static func name(_ revision: Revisions.Revision) -> String {
    revision.commit.map { "\(revision.name) (\($0.prefix(12)))" } ?? revision.name
  }

  /// The time of each variant before and after, the ratio, its spread over layouts, what a task asks for
  /// where that was counted, and the verdict.
  static func revisionTable(_ index: RecordIndex) -> TextTable? {
    let counted = index.record.claims.contains { counts($0, index) != nil } ? Counter.requests : []
    var table = TextTable(
      [
        ("variant", .left), ("before", .right), ("after", .right), ("ratio", .left),
        ("layouts", .right), ("limit", .left), ("rounds", .left),
      ] + counted.map { ($0.noun, .right) } + [("verdict", .left)],
      expendable: counted.reversed().map(\.noun)
        + ["rounds", "layouts", "before", "after", "limit"])
    for claim in index.record.claims {
      let subject = claim.subject.flatMap(index.series)
      let reference = claim.reference.flatMap(index.series)
      let spread = comparison(claim, index)?.layoutSpread
      let found = counts(claim, index)
      table.add(
        [
          claim.id, time(reference), time(subject),
          claim.estimate.map { Format.value($0, claim.interval, (3, 3)) } ?? "–",
          spread.map { "±\(Format.percent($0, 1))" } ?? "–", ClaimText.limit(claim),
          ClaimText.rounds(claim),
        ]
          + counted.map { counter in found.map { text(counter, $0.old, $0.new) } ?? "–" }
          + [ClaimText.word(claim) + (isFaster(claim, index) ? ", faster" : "")],
        detail: claim.sentence ?? "", style: StyledLine.style(of: claim.verdict.word))
    }
    return table.isEmpty ? nil : table
  }

  private static func time(_ series: Series?) -> String {
    series.flatMap(Tables.secondsPerTask).map(Format.seconds) ?? "–"
  }

  private static func comparison(_ claim: ClaimResult, _ index: RecordIndex) -> Comparison? {
    guard let subject = claim.subject, let reference = claim.reference else { return nil }
    return index.comparison(of: subject, to: reference)
  }

  /// Whether the whole interval is below 1 by more than noise.
  static func isFaster(_ claim: ClaimResult, _ index: RecordIndex) -> Bool {
    guard claim.verdict == .holds, let found = comparison(claim, index),
      found.coverage >= Tables.confidence, let upper = found.interval.last
    else { return false }
    return upper < 1 / (1 + Claim.leastMargin)
  }

  /// What a task asks for in both revisions; `nil` where that was not counted.
  private static func counts(
    _ claim: ClaimResult, _ index: RecordIndex
  ) -> (old: StartCounts, new: StartCounts)? {
    guard let subject = claim.subject, let reference = claim.reference,
      let new = index.counts(of: subject.variant, in: subject.kernel, program: subject.program),
      let old = index.counts(
        of: reference.variant, in: reference.kernel, program: reference.program)
    else { return nil }
    return (old, new)
  }

  private static func differ(_ counter: Counter, _ old: StartCounts, _ new: StartCounts) -> Bool {
    old.least[counter] != new.least[counter] || old.most[counter] != new.most[counter]
  }

  /// `3`, or `3 → 5` where the revisions differ.
  private static func text(
    _ counter: Counter, _ old: StartCounts, _ new: StartCounts
  ) -> String {
    func one(_ counts: StartCounts) -> String {
      Format.counted(Double(counts.most[counter]), [Double(counts.least[counter])])
    }
    return differ(counter, old, new) ? "\(one(old)) → \(one(new))" : one(new)
  }

  /// What tasks ask for, where that is not the same in both revisions: it has no noise.
  private static func countChanges(_ index: RecordIndex) -> [(word: String, text: String)] {
    index.record.claims.compactMap { claim in
      guard let (old, new) = counts(claim, index) else { return nil }
      let changes = Counter.requests.filter { differ($0, old, new) }
      guard !changes.isEmpty else { return nil }
      let parts = changes.map { "\($0.noun) \(text($0, old, new))" }
      return ("counts", "\(claim.id): \(parts.joined(separator: ", ")) a task")
    }
  }

  /// What only one of the revisions has, and what differs besides times: a word and the rest.
  static func changeParts(_ index: RecordIndex) -> [(word: String, text: String)] {
    guard let both = index.record.revisions else { return [] }
    return countChanges(index)
      + both.changed.map { ("changed", "\($0.kernel)/\($0.variant) \($0.reason)") }
      + both.added.map { ("new", "\($0): \(both.old.name) does not have it") }
      + both.removed.map { ("gone", "\($0): only \(both.old.name) has it") }
      + both.dependencies.map {
        (
          "package",
          "\($0.name) \($0.old ?? "–") → \($0.new ?? "–"): not the same in both revisions"
        )
      }
  }

  /// The same as lines of the terminal.
  static func changes(_ index: RecordIndex) -> [String] {
    changeParts(index).map { word, text in
      word + String(repeating: " ", count: 11 - word.count) + text
    }
  }

  /// What a reader of a comparison wants to know first.
  static func changesFirst(_ index: RecordIndex) -> [String] {
    let record = index.record
    guard record.revisions != nil else { return [] }
    func line(_ claim: ClaimResult) -> String {
      claim.estimate.map { "\(claim.id) \(Format.value($0, claim.interval, (3, 3)))" } ?? claim.id
    }
    let slower = record.claims.filter { $0.verdict == .violated }
    let faster = record.claims.filter { isFaster($0, index) }
    let open = record.claims.filter { !$0.verdict.isChecked || $0.verdict.word == .inconclusive }
    var lines = slower.map { "slower: \(line($0)), limit \(ClaimText.limit($0))" }
    lines += faster.map { "faster: \(line($0))" }
    if slower.isEmpty, faster.isEmpty, open.count < record.claims.count {
      lines.append("no variant is slower than its limit, and none is faster")
    }
    lines += open.map { "undecided: \(line($0))" + ($0.sentence.map { ": \($0)" } ?? "") }
    return lines + changeParts(index).map { "\($0.word): \($0.text)" }
  }
}
