import PerfGate

/// What a cell promises and does not keep: no wrong verdict; and on a quiet machine that nearly
/// every gate decides.
func brokenPromises(_ cell: Cell, _ rows: [Summary], _ batches: [Batch]) -> [String] {
  // How often one process errs is what the study shows, not a promise.
  guard cell.way == .starts else { return [] }
  var broken: [String] = []
  for row in rows {
    if row.wrong > tolerated(row) {
      broken.append(
        "\(row.wrong) of \(row.n) gates are wrong about \(row.truth) against \(row.limit)")
    }
  }
  // In the other cells a truth on the limit is judged so often that both verdicts may come up.
  if cell.name.hasPrefix("near-limit") { broken += contradictions(batches) }
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

/// How many gates may be wrong where the truth is so close to the limit that the method's own error
/// rates show: `holds` has 95 % confidence, and a truth on the limit is found violated in one of 200.
private func tolerated(_ row: Summary) -> Int {
  let distance = row.truth - row.limit
  if abs(distance) < 1e-9 { return max(1, row.n / 200) }
  return distance > 0 && distance < closeToLimit ? row.n / 20 : 0
}

/// A truth that is further above the limit than this must never be found to hold.
private let closeToLimit = 0.015

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
