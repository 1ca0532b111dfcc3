/// One execution of an arm, its results already checked.
public struct ArmSample: Hashable, Sendable {
  /// From the release of the start barrier to the last worker's end.
  public var seconds: Double
  /// CPU time of all workers.
  public var cpuSeconds: Double
  /// The share of the workers' time in which they did not run, 0 to 1; time in which they waited for a
  /// CPU is left out.
  public var sleepShare: Double
  /// How many workers ended on another CPU than they began.
  public var migrations: Int
  /// What disturbed it, judged from counters and never from its time; one short text each.
  public var disturbances: [String]
  /// How long the worker that waited the longest could have run and had no CPU.
  public var delaySeconds: Double

  /// A sample.
  public init(
    seconds: Double, cpuSeconds: Double, sleepShare: Double = 0, migrations: Int = 0,
    disturbances: [String] = [], delaySeconds: Double = 0
  ) {
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
    self.sleepShare = sleepShare
    self.migrations = migrations
    self.disturbances = disturbances
    self.delaySeconds = delaySeconds
  }
}

/// What runs arms: the real one runs them on pinned workers, tests make samples up.
public protocol ArmRunner: AnyObject {
  /// Runs the arm once and checks the result of every task.
  func run(_ arm: Arm) throws(MeasurementError) -> ArmSample
}
