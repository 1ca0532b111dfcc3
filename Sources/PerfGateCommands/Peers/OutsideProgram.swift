import CPerfGateSystem
import Foundation
import PerfGate
import PerfGateMachine
import PerfGateWorkers

/// Runs programs of others, such as compilers, each with a bound.
enum OutsideProgram {
  /// How a program ended.
  struct Outcome {
    /// The last lines of its output and errors.
    var lines: [String]
    /// What went wrong, in words; `nil`: it exited with status 0.
    var failure: String?
    /// How long it took, in seconds.
    var seconds: Double
    /// The signal that asked this program to stop meanwhile.
    var interrupted: Int32?
  }

  /// Runs a program to its end, `seconds` at most.
  static func run(
    _ program: String, _ arguments: [String], _ environment: [String: String],
    atMost seconds: Double
  ) -> Outcome {
    let start = pgp_monotonic_ns()
    func elapsed() -> Double { Double(pgp_monotonic_ns() - start) * 1e-9 }
    let child: ChildProcess
    do {
      // Both outputs in one, of which the end is kept.
      child = try ChildProcess(
        program: "/bin/sh",
        arguments: ["-c", "exec \"$0\" \"$@\" 1>&2 </dev/null", program]
          + arguments, environment: environment, socket: .standardStreams)
    } catch {
      return Outcome(lines: [], failure: error.description, seconds: elapsed())
    }
    defer { child.end() }
    while child.hasEnded == nil, elapsed() < seconds, ProcessSignals.interruptSignal == nil {
      _ = child.lastLines
      pgp_sleep_ns(5_000_000)
    }
    let isOver = child.hasEnded != nil
    let end = child.end()
    var outcome = Outcome(lines: child.lastLines, seconds: elapsed())
    outcome.interrupted = isOver ? nil : ProcessSignals.interruptSignal
    if !isOver {
      outcome.failure = "did not end within \(Int(seconds)) s"
    } else if end != .exited(status: 0) {
      outcome.failure = end.description
    }
    return outcome
  }

  /// The path of a program in one of these folders; `nil` if none has it.
  static func find(_ name: String, in folders: [String]) -> String? {
    folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
