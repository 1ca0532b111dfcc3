import PerfGate

/// What a cell promises and does not keep: no wrong verdict; and on a quiet machine that nearly
/// every gate decides.
func brokenPromises(_ cell: Cell, _ rows: [Summary], _ batches: [Batch]) -> [String] {
  // How often one process errs is what the study shows, not a promise.
  guard cell.way == .starts else { return [] }
  var broken: [String] = []
  for row in rows {
    // A truth on the limit may be found violated in one of 200.
    let allowed = abs(row.truth - row.limit) < 1e-9 ? max(1, row.n / 200) : 0
    if row.wrong > allowed {
      broken.append(
        "\(row.wrong) of \(row.n) gates are wrong about \(row.truth) against \(row.limit)")
    }
  }
  broken += contradictions(batches)
  // A share of a few gates says little.
  guard let share = leastDecided(cell.name), let row = rows.first, row.n >= 100 else {
    return broken
  }
  let right = row.truth <= row.limit ? row.holds : row.violated
  if Double(right) < share * Double(row.n) {
    broken.append("only \(right) of \(row.n) gates decided rightly, promised is \(share)")
  }
  return broken
}

/// The share of gates of a cell that must be decided.
private func leastDecided(_ cell: String) -> Double? {
  switch cell {
  case "same": 0.99
  case "drawn-slower": 0.95
  default: nil
  }
}

/// Claims that hold in one run and are violated in another.
private func contradictions(_ batches: [Batch]) -> [String] {
  let gates = Dictionary(grouping: batches.flatMap(\.gates), by: \.claim)
  return gates.sorted { $0.key < $1.key }.compactMap { claim, gates in
    let held = gates.count { $0.verdict == .holds }
    let violated = gates.count { $0.verdict == .violated }
    guard held > 0, violated > 0 else { return nil }
    return "\(claim) holds in \(held) runs and is violated in \(violated)"
  }
}
