import PerfGateWorkers

/// Tells the time; tests use a clock of their own.
package protocol MeasurementClock: AnyObject {
  /// Seconds since an arbitrary moment.
  var seconds: Double { get }
  /// Blocks for this time, or less if the program is asked to stop.
  func sleep(seconds: Double)
}

/// Watches for disturbances of the workers while they run an arm.
package protocol ArmWatch: AnyObject {
  /// Called right before an arm runs on the first `workers` workers of an executor.
  func begin(on executor: any Executor, workers: Int)
  /// Called right after the arm; returns what disturbed it.
  func end() -> [DropCause]
}

/// Watches for disturbances of a round; tests use a probe of their own.
package protocol RoundProbe: AnyObject {
  /// Called before the first arm of a round.
  func beginRound() throws(MeasurementError)
  /// Called after the last arm of a round; returns what disturbed the whole round.
  func endRound() throws(MeasurementError) -> [DropCause]
  /// Blocks until process and machine are quiet, at most for this time.
  ///
  /// - Returns: what is still busy after that time; `nil` if it is quiet.
  func waitUntilQuiet(seconds: Double) -> String?
  /// The other processes that use CPUs now, the busiest first: `pid 123 (clang -c x.c) 98 %`.
  func neighbors() -> [String]
}
