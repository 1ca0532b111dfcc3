import PerfGateWorkers

/// What time it is; tests bring a clock of their own.
package protocol MeasurementClock: AnyObject {
  /// Seconds since some moment.
  var seconds: Double { get }
  /// Lets time pass.
  func sleep(seconds: Double)
}

/// Watches whether something disturbs the workers while they run an arm.
package protocol ArmWatch: AnyObject {
  /// Right before an arm runs on the first `workers` workers of an executor.
  func begin(on executor: any Executor, workers: Int)
  /// Right after it: what disturbed it.
  func end() -> [DropCause]
}

/// Watches whether something disturbs a round; tests bring a probe of their own.
package protocol RoundProbe: AnyObject {
  /// Before the first arm of a round.
  func beginRound() throws(MeasurementError)
  /// After the last arm of a round: what disturbed all of it.
  func endRound() throws(MeasurementError) -> [DropCause]
  /// Waits until process and machine are quiet, at most so long.
  ///
  /// - Returns: who is busy when the time is over; `nil` when it is quiet.
  func waitUntilQuiet(seconds: Double) -> String?
  /// Which other processes use CPUs now, the busiest first: `pid 123 (clang -c x.c) 98 %`.
  func neighbors() -> [String]
}
