import PerfGateModel

/// The verdicts of a fleet in words.
package enum FleetText {
  /// How many names are shown before the rest is only counted.
  private static let mostNames = 3

  /// `not checkable`.
  package static func word(_ verdict: FleetVerdict) -> String {
    switch verdict {
    case .holds: "holds"
    case .violated: "violated"
    case .mixed: "mixed"
    case .inconclusive: "inconclusive"
    case .notCheckable: "not checkable"
    }
  }

  /// `≥ 4.50`, or `≤ stored` where each machine has its own.
  static func limit(_ statement: FleetStatement) -> String {
    let sign = statement.kind.direction == .atLeast ? "≥" : "≤"
    guard let limit = statement.limit else { return "\(sign) stored" }
    if statement.kind.isOfBytes { return "\(sign) \(Format.bytes(limit, nil, limit: limit))" }
    if statement.kind.counter != nil { return "\(sign) \(Format.counted(limit, nil))" }
    return "\(sign) \(Format.limit(limit))"
  }

  /// `3 keys`.
  static func keys(_ count: Int) -> String { count == 1 ? "1 key" : "\(count) keys" }

  /// `3 runs`.
  package static func runs(_ count: Int) -> String { count == 1 ? "1 run" : "\(count) runs" }

  /// `a, b, c and 12 more`.
  package static func list(_ names: [String]) -> String {
    let shown = names.prefix(mostNames).joined(separator: ", ")
    let rest = names.count - mostNames
    return rest > 0 ? "\(shown) and \(rest) more" : shown
  }

  /// Why the fleet has its verdict; empty if the claim holds on every key that judged it.
  package static func reason(_ claim: FleetClaim) -> String {
    func on(_ verdicts: Set<FleetVerdict>) -> String {
      let keys = claim.machines.filter { verdicts.contains($0.tally.verdict) }.map(\.key)
      if claim.machines.count == 1 { return "on \(list(keys))" }
      return "on \(keys.count) of \(Self.keys(claim.machines.count)): \(list(keys))"
    }
    switch claim.verdict {
    case .holds, .mixed:
      let rest = claim.keys(.notCheckable)
      return rest == 0 ? "" : "not checkable \(on([.notCheckable]))"
    case .violated:
      let parts = [FleetVerdict.violated, .mixed].filter { claim.keys($0) > 0 }
      return parts.map { $0 == .violated ? on([$0]) : "mixed \(on([$0]))" }
        .joined(separator: "; ")
    case .inconclusive: return on([.inconclusive])
    case .notCheckable:
      let most = claim.machines.compactMap(\.tally.reason).max { $0.count < $1.count }
      return most?.reason.sentence ?? ""
    }
  }

  /// What follows the verdict of a key: which runs found what. `in 1 run (d), inconclusive in 2 runs`,
  /// and of a mixed one `holds in 4 runs (a, b, c and 1 more), violated in 1 run (d)`.
  static func runs(_ tally: FleetTally, _ names: [String]) -> String {
    Verdict.Word.allCases.compactMap { word in
      let runs = tally.runs(word)
      guard !runs.isEmpty else { return nil }
      let isDecision = word == .holds || word == .violated
      let files = isDecision ? " (\(list(runs.map { names[$0] })))" : ""
      let isVerdict = word.rawValue == tally.verdict.rawValue
      return (isVerdict ? "" : "\(self.word(word)) ") + "in \(self.runs(runs.count))\(files)"
    }.joined(separator: ", ")
  }

  static func word(_ verdict: Verdict.Word) -> String {
    switch verdict {
    case .holds: "holds"
    case .violated: "violated"
    case .inconclusive: "inconclusive"
    case .notCheckable: "not checkable"
    }
  }
}
