/// A claim with its verdicts, by machine key and over all.
package struct FleetClaim: Sendable {
  /// What it states.
  package let statement: FleetStatement
  /// The keys whose runs judged it, sorted, each with its verdicts.
  package let machines: [(key: String, tally: FleetTally)]
  /// The verdict over all keys.
  package let verdict: FleetVerdict
  private let counts: [FleetVerdict: Int]

  init(statement: FleetStatement, tallies: [String: FleetTally]) {
    self.statement = statement
    machines = tallies.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let counts = Dictionary(tallies.values.map { ($0.verdict, 1) }, uniquingKeysWith: +)
    verdict = FleetVerdict(keys: { counts[$0] ?? 0 })
    self.counts = counts
  }

  /// The number of keys with a verdict.
  package func keys(_ verdict: FleetVerdict) -> Int { counts[verdict] ?? 0 }

  /// The number of runs that judged it.
  package var runs: Int { machines.reduce(0) { $0 + $1.tally.count } }

  /// The number of runs with a verdict, on all keys.
  package func runs(_ verdict: Verdict.Word) -> Int {
    machines.reduce(0) { $0 + $1.tally.runs(verdict).count }
  }

  /// How many runs a cause kept from a decision.
  package func runs(without cause: Cause) -> Int {
    machines.reduce(0) { $0 + ($1.tally.causes[cause] ?? 0) }
  }
}
