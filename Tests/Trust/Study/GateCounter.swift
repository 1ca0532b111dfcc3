import PerfGate
import PerfGateMachine

/// Judges the claims of a cell again and again, each time with another seed.
final class GateCounter {
  private let cell: Cell
  private let laboratory: Laboratory
  private let claims: [Claim]
  private let work: [String: ArmWork]

  /// Proves and calibrates once for all gates.
  init(_ cell: Cell, _ laboratory: Laboratory) throws {
    self.cell = cell
    self.laboratory = laboratory
    claims = try cell.claims.map { try $0.claim() }
    work = try laboratory.work(of: cell.variants, try laboratory.session(seed: 0))
  }

  /// Judges the claims once.
  func outcomes(seed: UInt64) throws -> [GateOutcome] {
    if cell.way == .oneProcess {
      return try OneProcess(
        cell: cell.name, seed: seed, settings: laboratory.settings, work: work
      ).outcomes(laboratory)
    }
    // What a run learns, such as that it needs priority, ends with it.
    let session = try laboratory.session(seed: seed)
    try session.judge(
      claims, group: cell.name, work: work, catalog: laboratory.catalog,
      options: laboratory.options)
    return session.record.claims.map(GateOutcome.init)
  }
}
