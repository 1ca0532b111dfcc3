import PerfGateModel

extension HTMLReport {
  /// More claims than this are left out of a page of baselines.
  private static let mostEntries = 400

  /// The stored sessions of each claim over time: `perfgate baseline show --html`.
  ///
  /// - Parameter today: a record of the same machine; `nil`: none.
  package static func page(_ baseline: Baseline, today: Record?) -> String {
    var page = HTMLPage()
    let machine = baseline.machine
    let sessions = baseline.claims.values.flatMap(\.sessions)
    page.add("<main><header>")
    page.add("p", "perfgate baseline · \(machine.cpu)", class: "eyebrow")
    page.add("h1", machine.key)
    page.add("<dl class=\"facts\">")
    let dates = sessions.map(\.date).sorted()
    let facts = [
      ("claims", "\(baseline.claims.count)"), ("sessions", "\(sessions.count)"),
      ("first", dates.first ?? "–"), ("last", dates.last ?? "–"),
      ("today", today.map { "\($0.command), \($0.started)" } ?? "no record"),
    ]
    for (name, text) in facts {
      page.add("<dt>\(name)</dt><dd>\(HTMLText.content(text))</dd>")
    }
    page.add("</dl></header><section>")
    page.add("h2", "Sessions over time")
    page.add("<div class=\"grid\">")
    let entries = baseline.claims.sorted { $0.key < $1.key }
    let judge = today.map(Judge.init)
    let measured = Dictionary(
      (today?.measuredClaims ?? []).map { ($0.plan.id, $0) },
      uniquingKeysWith: { first, _ in first })
    for (name, entry) in entries.prefix(mostEntries) {
      let claim = measured[Baseline.claim(of: name)].flatMap {
        $0.plan.quantity == entry.quantity
          && Baseline.name(of: $0.plan.id, configuration: today?.tool.configuration ?? "") == name
          ? $0 : nil
      }
      page.add(SessionFigure.figure(name, entry, today: claim.flatMap { judge?.session($0) }))
    }
    page.add("</div>")
    let left = Figure.leftOut(entries.count - mostEntries, "claims", of: entries.count)
    if !left.isEmpty { page.add("p", left, class: "note") }
    page.add("</section>")
    page.add("<details class=\"tables\"><summary>All sessions as tables</summary>")
    for (name, entry) in entries.prefix(mostEntries) {
      page.add(sessionTable(entry), caption: name)
    }
    page.add("</details></main>")
    return page.document(title: "perfgate baseline: \(machine.key)")
  }

  private static func sessionTable(_ entry: Baseline.Entry) -> TextTable {
    var table = TextTable([
      ("date", .left), ("commit", .left), ("value", .left), ("rounds", .right),
      ("dropped", .right), ("toolchain", .left), ("", .left),
    ])
    var sessions = entry.sessions
    if let pinned = entry.pinned, !sessions.contains(pinned) { sessions.insert(pinned, at: 0) }
    for session in sessions {
      let remarks = [
        session == entry.pinned ? "pinned" : nil, session.beginsLevel ? "a new level" : nil,
      ]
      table.add(
        session.date, String(session.commit.prefix(12)),
        Format.stored(session.median, session.interval, of: entry), "\(session.rounds)",
        "\(session.discarded)", session.toolchain,
        remarks.compactMap { $0 }.joined(separator: ", "))
    }
    return table
  }
}
