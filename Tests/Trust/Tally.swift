import PerfGate
import PerfGateReport

/// How often each verdict came.
struct Tally {
  var name: String
  private(set) var results: [ClaimResult] = []
  private let begin = ContinuousClock.now

  init(name: String) { self.name = name }

  mutating func add(_ result: ClaimResult) { results.append(result) }

  func count(_ verdict: Verdict.Word) -> Int { results.count { $0.verdict.word == verdict } }

  /// Verdicts that say yes or no: no figure of errors is worth anything without it.
  var decided: Int { count(.holds) + count(.violated) }

  /// The counts so far, and what a gate took.
  func line(of all: Int) -> String {
    let seconds = (ContinuousClock.now - begin) / results.count
    let tenths =
      (Double(seconds.components.seconds) + Double(seconds.components.attoseconds) * 1e-18)
      .rounded(digits: 1)
    return "\(name): \(results.count) of \(all): \(counts), \(tenths) s a gate"
  }

  /// All that is known of them.
  var summary: String {
    let rounds = results.map { $0.rounds + $0.confirmationRounds }.sorted()
    let median = rounds.isEmpty ? 0 : rounds[rounds.count / 2]
    let discarded = results.reduce(0) { $0 + $1.discarded }
    let estimates = results.compactMap(\.estimate).sorted()
    var lines = [
      "\(name), \(results.count) gates: \(counts), decided \(decided), median \(median) rounds, "
        + "\(discarded) rounds discarded"
    ]
    if let least = estimates.first, let most = estimates.last {
      lines.append(
        "  ratios found from \(least.rounded(digits: 3)) to \(most.rounded(digits: 3))")
    }
    for (reason, count) in reasons.prefix(5) { lines.append("  \(count) times: \(reason)") }
    return lines.joined(separator: "\n")
  }

  private var counts: String {
    "violated \(count(.violated)), holds \(count(.holds)), inconclusive \(count(.inconclusive)), "
      + "not checkable \(count(.notCheckable))"
  }

  /// Why there was no verdict; texts that differ only in numbers are one.
  private var reasons: [(String, Int)] {
    Dictionary(grouping: results.compactMap(\.sentence)) { $0.filter { !$0.isNumber } }
      .values.map { ($0[0], $0.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }
}

extension Double {
  func rounded(digits: Int) -> Double {
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    return (self * scale).rounded() / scale
  }
}
