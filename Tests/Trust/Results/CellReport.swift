import PerfGate

/// All that is known of a cell.
struct CellReport: Codable, Hashable, Sendable {
  var name: String
  var way: Cell.Way
  var environment: Cell.Environment
  /// One for each truth and limit.
  var rows: [Summary]
  /// The same for each kernel, where there are several.
  var byWork: [Summary]
  /// The measured time of all gates, in seconds.
  var seconds: Double
  /// How long an arm lasted, in seconds.
  var armSeconds: Double
  var machine: String
  var toolchain: String
  var commit: String
  /// The command that reproduces it.
  var command: String
  /// What was promised and is not so.
  var broken: [String]

  init(_ cell: Cell, _ header: StudyHeader, _ batches: [Batch]) {
    name = cell.name
    way = cell.way
    environment = cell.environment
    let gates = batches.flatMap(\.gates)
    rows = Self.summaries(of: cell, gates) { claim in
      // Where the truth is not known, each claim has its own.
      [claim.percent.map(String.init) ?? claim.id, "\(claim.limit)"]
    }
    byWork =
      cell.kernels.count > 1
      ? Self.summaries(of: cell, gates) { [$0.kernel, "\($0.subject)", "\($0.limit)"] } : []
    seconds = batches.reduce(0) { $0 + $1.seconds }.rounded(digits: 1)
    armSeconds = header.settings.armSeconds
    machine = header.machine
    toolchain = header.toolchain
    commit = header.commit
    command = "Tests/Scripts/trust.sh --cell \(cell.name) --count \(batches.count)"
    broken = brokenPromises(cell, rows, batches)
  }

  private static func summaries(
    of cell: Cell, _ gates: [GateOutcome], by key: (TrustClaim) -> [String]
  ) -> [Summary] {
    var keys: [[String]] = []
    for claim in cell.claims where !keys.contains(key(claim)) { keys.append(key(claim)) }
    return keys.compactMap { wanted in
      let claims = cell.claims.filter { key($0) == wanted }
      let names = Set(claims.map(\.id))
      let own = gates.filter { names.contains($0.claim) }
      return own.isEmpty ? nil : Summary(claims, own)
    }
  }

  /// All lines for people.
  var lines: [String] {
    ["\(name): \(way.rawValue), \(environment.rawValue), \(seconds) s"]
      + rows.map { "  \($0.line)" }
      + byWork.map { "    \($0.line)" } + broken.map { "BROKEN: \(name): \($0)" }
  }
}
