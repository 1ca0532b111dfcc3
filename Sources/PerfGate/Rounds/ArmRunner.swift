/// One execution of an arm, its results already checked.
package struct ArmSample: Hashable, Sendable {
  /// From the release of the start barrier to the last worker's end.
  package var seconds: Double
  /// CPU time of all workers.
  package var cpuSeconds: Double
  /// The share of the workers' time in which they did not run, 0 to 1; time in which they waited for a
  /// CPU is left out.
  package var sleepShare: Double
  /// How many workers ended on another CPU than they began.
  package var migrations: Int
  /// What disturbed it, judged from counters and never from its time.
  package var disturbances: [DropCause]
  /// How long the worker that waited the longest could have run and had no CPU.
  package var delaySeconds: Double

  /// A sample.
  package init(
    seconds: Double, cpuSeconds: Double, sleepShare: Double = 0, migrations: Int = 0,
    disturbances: [DropCause] = [], delaySeconds: Double = 0
  ) {
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
    self.sleepShare = sleepShare
    self.migrations = migrations
    self.disturbances = disturbances
    self.delaySeconds = delaySeconds
  }
}

/// What runs arms: the real one runs them in this process, tests make samples up.
///
/// Proofs, sizes, rounds and claims are built on this alone. What a runner does not know of has a
/// default.
package protocol ArmRunner: AnyObject {
  /// Runs the arm once and checks the result of every task.
  func run(_ arm: Arm) throws(MeasurementError) -> ArmSample
  /// Has the workers of each arm watched; `nil`: by nobody.
  func watch(with watch: (any ArmWatch)?)
  /// Waits for tasks of this length as well.
  func allow(taskSeconds: Double)
  /// How long the making of an arm's input took, in seconds; makes it if need be.
  func inputSeconds(_ arm: Arm) throws(MeasurementError) -> Double
  /// A number that stands for all results of the arm's tasks.
  func checksum(of arm: Arm) throws(MeasurementError) -> UInt64
  /// Frees all inputs of a kernel.
  func releaseInputs(of kernel: String)
  /// What the inputs of a kernel's calls take; `nil`: there are none.
  func callMemory(_ kernel: AnyKernel) throws(MeasurementError) -> CallMemory?
  /// What the inputs of an arm's calls may take together, in bytes.
  var inputBudget: Int { get }
}

extension ArmRunner {
  package func watch(with watch: (any ArmWatch)?) {}
  package func allow(taskSeconds: Double) {}
  package func inputSeconds(_ arm: Arm) throws(MeasurementError) -> Double { 0 }
  package func checksum(of arm: Arm) throws(MeasurementError) -> UInt64 { 0 }
  package func releaseInputs(of kernel: String) {}
  package func callMemory(_ kernel: AnyKernel) throws(MeasurementError) -> CallMemory? { nil }
  package var inputBudget: Int { 0 }

  /// How many calls of a kernel may have their inputs at once; `nil`: as many as are wanted.
  func mostCalls(_ kernel: AnyKernel) throws(MeasurementError) -> Int? {
    try callMemory(kernel).map { inputBudget / $0.bytes }
  }
}
