import Foundation
import PerfGate

/// How long things take in the study; the gate itself is the real one.
struct Settings: Codable, Hashable, Sendable {
  /// How long an arm lasts, in seconds.
  var armSeconds = usualArmSeconds
  /// The time between a suspicion and its confirmation, in seconds. More of it can only help: what
  /// disturbs the first stage may be over then.
  var pause = 0.1

  static let usualArmSeconds = 0.01
  /// How long the spin probe takes before and after a round, in seconds.
  var spinSeconds: Double { 0.3 * armSeconds }
  /// How long each arm of a new process runs before anything is timed: 20 of 50 tasks.
  var warmUpSeconds: Double { 0.4 * armSeconds }
  /// The tasks of an arm, as many as claims have by default, and at least.
  static let tasks = 50
  static let leastTasks = 20
  /// How long the rounds of a gate may take, in seconds.
  static let budget = 60.0

  /// How the gates judge: without waiting for a quiet machine, which would hide its disturbances.
  func options(_ machine: MeasurementEnvironment) -> GateOptions {
    var options = machine.gateOptions(budget: Self.budget)
    options.quietSeconds = 0
    options.armSeconds = armSeconds
    options.confirmationPause = pause
    return options
  }
}

/// Why there are no counts.
struct TrustError: Error, CustomStringConvertible {
  /// One line: what failed, what was found, what to do.
  var description: String
  /// The exit status of the program.
  var status: Int32 = 70

  init(_ description: String, status: Int32 = 70) {
    self.description = description
    self.status = status
  }
}
