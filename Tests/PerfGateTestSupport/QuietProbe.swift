import PerfGate
import PerfGateWorkers

/// A probe that sees no disturbance: for tests whose subject is not the machine they run on.
package final class QuietProbe: RoundProbe, ArmWatch {
  package init() {}
  package func begin(on executor: any Executor, workers: Int) {}
  package func end() -> [DropCause] { [] }
  package func beginRound() {}
  package func endRound() -> [DropCause] { [] }
  package func waitUntilQuiet(seconds: Double) -> String? { nil }
  package func neighbors() -> [String] { [] }
}

extension DropCause: ExpressibleByStringInterpolation {
  /// A made-up cause whose kind is its text.
  public init(stringLiteral text: String) { self.init(kind: text, text: text) }
}
