import PerfGate
import PerfGateMachine
import PerfGateWorkers

/// The real probe, except that no gate waits for a quiet machine: between two gates of a study it
/// is as quiet as it will be.
final class StudyProbe: RoundProbe, ArmWatch {
  private let probe: InterferenceProbe

  init(machine: Machine, pool: any Executor, settings: Settings) {
    probe = InterferenceProbe(machine: machine, pool: pool, spinSeconds: settings.spinSeconds)
  }

  func begin(on executor: any Executor, workers: Int) {
    probe.begin(on: executor, workers: workers)
  }
  func end() -> [DropCause] { probe.end() }
  func beginRound() throws(MeasurementError) { try probe.beginRound() }
  func endRound() throws(MeasurementError) -> [DropCause] { try probe.endRound() }
  func waitUntilQuiet(seconds: Double) -> String? { nil }
  func neighbors() -> [String] { probe.neighbors() }
}
