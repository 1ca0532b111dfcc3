import PerfGateModel

/// Tables of baselines.
package enum BaselineReport {
  /// The stored sessions of each claim beside today's: `perfgate baseline show`.
  ///
  /// - Parameters:
  ///   - today: a record of the same machine; `nil` shows dashes for today.
  ///   - width: the width of the terminal in characters; `nil`: unlimited.
  package static func show(
    _ baseline: Baseline, today: Record?, width: Int? = nil
  ) -> [String] {
    let judge = today.map(Judge.init)
    let measured = today?.measuredClaims ?? []
    var table = TextTable(
      [
        ("claim", .left), ("", .left), ("stored", .right), ("sessions", .right),
        ("today", .right), ("change", .right), ("since", .left), ("pinned", .right),
      ], sentence: 1, expendable: ["since", "sessions", "pinned", "change"])
    for (name, entry) in baseline.claims.sorted(by: { $0.key < $1.key }) {
      let claim = today.flatMap { record in
        measured.first {
          Baseline.name(of: $0.plan.id, configuration: record.tool.configuration) == name
            && $0.plan.quantity == entry.quantity
        }
      }
      let session = claim.flatMap { judge?.session($0) }
      let isOfStarts = session?.isOfStarts ?? entry.sessions.last?.isOfStarts ?? false
      let current = entry.current(isOfStarts: isOfStarts)
      // Of counts only the last is compared with.
      let isCount = entry.counter != nil
      let middle = isCount ? entry.sessions.last?.median ?? 0 : mean(current.map(\.median))
      let text = isCount ? { Format.counted($0, nil) } : Self.text
      let change = session.flatMap {
        middle > 0 ? ($0.median / middle - 1) * 100 : $0.median == middle ? 0 : nil
      }
      table.add(
        name, entry.text, text(middle), "\(current.count)",
        session.map { text($0.median) } ?? "–",
        change.map { ($0 < 0 ? "-" : "+") + Format.fixed(abs($0), 1) + " %" } ?? "–",
        String(current.first?.date.prefix(10) ?? "–"),
        entry.pinned.map { text($0.median) } ?? "–")
    }
    return table.lines(width: width)
  }

  /// All machines with stored sessions: `perfgate baseline list`.
  ///
  /// - Parameters:
  ///   - key: the key of this machine.
  ///   - width: the width of the terminal in columns; `nil`: unlimited.
  ///   - renaming: which file to rename if the sessions of this machine may be stored under a
  ///     former key.
  package static func list(
    _ baselines: [Baseline], key: String, width: Int? = nil, renaming: String? = nil
  ) -> [String] {
    var table = TextTable(
      [
        ("machine", .left), ("cpu", .left), ("cores", .right), ("claims", .right),
        ("sessions", .right), ("last", .left), ("", .left),
      ], sentence: 6, expendable: ["sessions", "cpu", "cores", "claims"])
    for baseline in baselines {
      let sessions = baseline.claims.values.flatMap(\.sessions)
      let most = baseline.claims.values.map(\.sessions.count).max() ?? 0
      table.add(
        baseline.machine.key, baseline.machine.cpu, "\(baseline.machine.cores)",
        "\(baseline.claims.count)", "\(most)",
        String(sessions.map(\.date).max()?.prefix(10) ?? "–"),
        baseline.machine.key == key ? "this machine" : "")
    }
    var lines = table.isEmpty ? [] : table.lines(width: width)
    let keys = baselines.map(\.machine.key)
    if !keys.contains(key) {
      let nearest = Baseline.nearest(to: key, among: keys).map { ", the nearest is \($0)" } ?? ""
      lines.append("nothing is stored for this machine, \(key)\(renaming == nil ? nearest : "")")
      if let renaming { lines.append(renaming) }
    }
    return lines
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(max(1, values.count))
  }

  private static func text(_ value: Double) -> String {
    value >= 100 ? Format.fixed(value, 1) : Format.shown(value, value >= 0.1 ? 3 : 6)
  }
}
