import PerfGateModel

/// All claims: each a strip that unfolds into its rounds and the path of its test.
struct ClaimSection {
  /// More claims than this have no pictures of rounds, those that hold first.
  private static let mostUnfolded = 150
  /// More claims than this are left out.
  private static let most = 1000
  /// More causes than this are not listed.
  private static let mostCauses = 12

  let pair: ReportedPair
  private let measured: [String: MeasuredClaim]
  /// The same claims in the other records, each with the name of its record.
  private let others: [String: [(label: String, claim: ClaimResult)]]

  init(_ pair: ReportedPair) {
    self.pair = pair
    measured = Dictionary(
      pair.own.record.measuredClaims.map { ($0.plan.id, $0) },
      uniquingKeysWith: { first, _ in first })
    let named = pair.others.flatMap { other in
      other.record.claims.map { (label: other.label(beside: pair.own), claim: $0) }
    }
    others = Dictionary(grouping: named, by: \.claim.id)
  }

  static func add(_ pair: ReportedPair, to page: inout HTMLPage) {
    guard !pair.own.record.claims.isEmpty else { return }
    ClaimSection(pair).add(to: &page)
  }

  private func add(to page: inout HTMLPage) {
    let claims = pair.own.record.claims
    let unfolded = Self.unfolded(claims)
    page.add("<section>")
    page.add("h2", "Claims")
    if let label = claims.lazy.compactMap({ others[$0.id]?.first?.label }).first {
      page.add("p", "Outlined: \(label).", class: "note")
    }
    for (index, claim) in claims.prefix(Self.most).enumerated() {
      add(claim, isUnfolded: unfolded.contains(index), to: &page)
    }
    let left = Figure.leftOut(claims.count - Self.most, "claims", of: claims.count)
    if !left.isEmpty { page.add("p", left, class: "note") }
    page.add("</section>")
  }

  /// The claims with pictures: those that people ask about first.
  private static func unfolded(_ claims: [ClaimResult]) -> Set<Int> {
    func rank(_ claim: ClaimResult) -> Int {
      switch claim.verdict.word {
      case .violated: 0
      case .inconclusive: 1
      case .notCheckable: 2
      case .holds: 3
      }
    }
    let order = claims.indices.sorted { (rank(claims[$0]), $0) < (rank(claims[$1]), $1) }
    return Set(order.prefix(mostUnfolded))
  }

  // MARK: - One claim

  private func add(_ claim: ClaimResult, isUnfolded: Bool, to page: inout HTMLPage) {
    let mark = VerdictMark(claim.verdict.word)
    let sequences = isUnfolded ? measured[claim.id]?.sequences ?? [] : []
    let details = isUnfolded ? facts(claim) : []
    let isEmpty = sequences.isEmpty && details.isEmpty
    page.add(
      isEmpty
        ? "<div class=\"claim \(mark.name)\"><div class=\"row\">"
        : "<details class=\"claim \(mark.name)\"><summary>")
    page.add("<span><span class=\"name\">\(HTMLText.content(claim.id))</span>")
    if !claim.text.isEmpty {
      page.add("<br><span class=\"about\">\(HTMLText.content(claim.text))</span>")
    }
    page.add("</span>")
    if let picture = ClaimStrip(claim: claim, other: others[claim.id]?.first?.claim).picture() {
      page.add("<span>")
      page.add(picture)
      page.add("</span>")
    }
    page.add("<span class=\"result\">")
    page.add(
      "<span class=\"verdict \(mark.name)\">\(mark.icon)\(HTMLText.content(ClaimText.word(claim)))</span>"
    )
    page.add("<span class=\"values\">\(HTMLText.content(values(claim)))</span>")
    for (label, other) in others[claim.id] ?? [] {
      let text = "\(label): \(values(other)), \(ClaimText.word(other))"
      page.add("<br><span class=\"reason\">\(HTMLText.content(text))</span>")
    }
    if let sentence = claim.sentence {
      page.add("<br><span class=\"reason\">\(HTMLText.content(sentence))</span>")
    }
    page.add("</span>")
    guard !isEmpty else {
      page.add("</div></div>")
      return
    }
    page.add("</summary><div class=\"more\">")
    page.add(list: details, class: "notes")
    addPictures(claim, sequences, to: &page)
    page.add("</div></details>")
  }

  private func values(_ claim: ClaimResult) -> String {
    let unit = claim.kind.counter == nil ? "" : claim.kind.unit.map { " \($0)" } ?? ""
    let estimate = claim.estimate == nil ? "" : "\(ClaimText.estimate(claim))\(unit), "
    return "\(estimate)limit \(ClaimText.limit(claim))"
  }

  /// What the verdict rests on, in words.
  private func facts(_ claim: ClaimResult) -> [String] {
    var facts: [String] = []
    if claim.rounds > 0 { facts.append("rounds: \(ClaimText.rounds(claim))") }
    if let found = ClaimText.wouldFind(claim) { facts.append(found) }
    if let ceiling = claim.ceiling {
      facts.append(
        "the machine itself reaches \(Format.value(ceiling, claim.ceilingInterval, (2, 2)))")
    }
    if let part = claim.karpFlatt {
      facts.append("serial part (Karp–Flatt): \(Format.percent(part, 1))")
    }
    if claim.rounds > 0, let subject = claim.subject {
      let reference = claim.reference.map { " over \($0)" } ?? ""
      let cpus = pair.own.index.series(subject).map { ", cpus \(Format.cpus($0.cpus))" } ?? ""
      facts.append("measured: \(subject)\(reference)\(cpus)")
    }
    if let note = claim.note { facts.append(note) }
    return facts
  }

  private func addPictures(
    _ claim: ClaimResult, _ sequences: [RoundSequence], to page: inout HTMLPage
  ) {
    page.add("<div class=\"grid\">")
    for sequence in sequences {
      let which = sequence.stage == .first ? "" : ", confirmation"
      if !sequence.rounds.isEmpty || !sequence.dropped.isEmpty {
        page.add(rounds(claim, sequence, "Rounds in time order\(which)"))
      }
      let path = PathPicture(
        sequence: sequence, title: "Path of the test\(which)",
        failing: sequence.stage == .first ? "fails: must be confirmed" : "fails: confirmed")
      if let picture = path.picture(), !sequence.balances.isEmpty {
        page.add(
          Figure(
            title: path.title,
            note: "Up: a round for the claim; down: one against it. Dashed: where the test stops.",
            picture: picture, rest: Self.end(sequence)))
      }
    }
    if let baseline = measured[claim.id]?.plan.baseline, !baseline.stored.isEmpty {
      page.add(SessionFigure.figure(baseline, claim))
    }
    page.add("</div>")
    for sequence in sequences {
      let lines =
        Self.causes(sequence.dropped, "dropped in round")
        + Self.causes(sequence.shortened, "some pairs, not all, dropped in round")
      if !lines.isEmpty { page.add(list: lines, class: "notes") }
    }
  }

  private func rounds(
    _ claim: ClaimResult, _ sequence: RoundSequence, _ title: String
  ) -> Figure {
    var legend = [
      LegendItem("for the claim", mark: "mark good"),
      LegendItem(
        "against it", mark: "mark bad",
        shape: ClaimText.isAtLeast(claim) ? .nabla : .triangle),
    ]
    if !sequence.dropped.isEmpty {
      legend.append(LegendItem("dropped: disturbed", mark: "mark dropped", shape: .cross))
    }
    return Figure(
      title: title, legend: legend,
      picture: RoundsPicture(claim: claim, sequence: sequence, title: title).picture())
  }

  /// How the path ended, in words.
  private static func end(_ sequence: RoundSequence) -> String {
    let count = sequence.balances.count
    guard let balance = sequence.balances.last, let last = sequence.looks.last?.rounds else {
      return ""
    }
    let look = sequence.looks.last { $0.rounds <= count }
    if let look, look.rounds == count {
      if let bound = look.holdsFrom, balance >= bound {
        return "Stopped after \(count) rounds: \(balance) is at or above \(bound), so it holds."
      }
      if let bound = look.failsTo, balance <= bound {
        return "Stopped after \(count) rounds: \(balance) is at or below \(bound), so it fails."
      }
    }
    return count >= last
      ? "All \(last) rounds are spent between the boundaries."
      : "Ended after \(count) of \(last) rounds, between the boundaries."
  }

  /// The rounds in which something was dropped and why, those of one cause together.
  private static func causes(_ discards: [Discard], _ what: String) -> [String] {
    var order: [String] = []
    var rounds: [String: [Int]] = [:]
    for discard in discards {
      let text = discard.causes.map(\.text).joined(separator: "; ")
      if rounds[text] == nil { order.append(text) }
      rounds[text, default: []].append(discard.round)
    }
    let lines = order.prefix(mostCauses).map { text in
      let numbers = (rounds[text] ?? []).prefix(20).map(String.init).joined(separator: ", ")
      return "\(what) \(numbers): \(text)"
    }
    let left = Figure.leftOut(order.count - mostCauses, "causes", of: order.count)
    return left.isEmpty ? lines : lines + [left]
  }
}
