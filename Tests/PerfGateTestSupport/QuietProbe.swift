import PerfGate

/// A probe that sees no disturbance: for tests whose subject is not the machine they run on.
public final class QuietProbe: RoundProbe, ArmWatch {
  public init() {}
  public func begin(workers: Int) {}
  public func end() -> [String] { [] }
  public func beginRound() {}
  public func endRound() -> [String] { [] }
  public func waitUntilQuiet(seconds: Double) -> String? { nil }
  public func neighbors() -> [String] { [] }
}
