import Foundation
import PerfGate
import PerfGateMachine
import PerfGateWorkers

/// A gate all of whose rounds run in one process, which is a child of this program: what a start
/// draws is drawn once.
struct OneProcess: Codable {
  /// The name of the cell.
  var cell: String
  var seed: UInt64
  var settings: Settings
  /// What the arms of each kernel do; proven and calibrated before.
  var work: [String: ArmWork]

  /// The first argument of such a child; the second is the request as JSON.
  static let argument = "one-process"

  /// Starts a child that judges the claims, and returns what it found.
  func outcomes(_ laboratory: Laboratory) throws -> [GateOutcome] {
    let request = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    let program = laboratory.program([Self.argument, request])
    let child = try ChildProcess(
      program: program.path, name: program.nameArgument, arguments: program.arguments,
      environment: program.environment, socket: program.socket)
    defer { child.end() }
    let answer = try child.receive(
      atMost: 3 * Settings.budget, interruptSignal: { ProcessSignals.interruptSignal })
    guard let outcomes = try? JSONDecoder().decode([GateOutcome].self, from: Data(answer.utf8))
    else {
      throw TrustError(
        "a gate in one process answered \(answer); \(child.lastLines.joined(separator: " | "))")
    }
    return outcomes
  }

  /// In the child: judges the claims of the request and prints what was found, in one line.
  static func serve(_ request: String) throws {
    let gate = try JSONDecoder().decode(OneProcess.self, from: Data(request.utf8))
    guard let cell = Cell.named(gate.cell) else { throw TrustError("no cell \(gate.cell)") }
    let laboratory = try Laboratory(gate.settings)
    let session = try laboratory.localSession(seed: gate.seed)
    try session.judge(
      try cell.claims.map { try $0.claim() }, group: cell.name, work: gate.work,
      catalog: laboratory.catalog, options: laboratory.options)
    let outcomes = session.record.claims.map(GateOutcome.init)
    say(String(decoding: try JSONEncoder().encode(outcomes), as: UTF8.self))
  }
}
