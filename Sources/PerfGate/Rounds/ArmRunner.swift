import CPerfGateSystem

/// One execution of an arm, with results already checked.
package struct ArmSample: Hashable, Sendable {
  /// The time from the release of the start barrier to the end of the last worker.
  package var seconds: Double
  /// The CPU time of all workers together.
  package var cpuSeconds: Double
  /// The share of the workers' time in which they slept, 0 to 1; time spent waiting for a CPU is
  /// excluded.
  package var sleepShare: Double
  /// How many workers ended on a different CPU than they began on.
  package var migrations: Int
  /// What disturbed it, according to counters, never to its time.
  package var disturbances: [DropCause]
  /// The longest time, in seconds, that one of the workers was ready to run but waited for a CPU.
  package var delaySeconds: Double

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

/// Runs arms: ``LocalRunner`` in this process, test runners with made-up samples.
///
/// Proofs, sizes, rounds and claims use only this protocol. What a runner may lack has a default.
package protocol ArmRunner: AnyObject {
  /// Runs the arm once and checks the result of every task.
  func run(_ arm: Arm) throws(MeasurementError) -> ArmSample
  /// Computes what is expected of the tasks of these arms, so that the first time of each is that of its
  /// own work: the reference may take many times as long.
  func expect(_ arms: [Arm]) throws(MeasurementError)
  /// Sets what watches the workers of each arm; `nil` for nothing.
  func watch(with watch: (any ArmWatch)?)
  /// Raises the timeout, if necessary, so that tasks of this length can end.
  func allow(taskSeconds: Double)
  /// How long creating an arm's input took, in seconds; creates it if necessary.
  func inputSeconds(_ arm: Arm) throws(MeasurementError) -> Double
  /// A checksum of the results of all the arm's tasks.
  func checksum(of arm: Arm) throws(MeasurementError) -> UInt64
  /// Frees all inputs of a kernel.
  func releaseInputs(of kernel: String)
  /// The memory that inputs of a kernel's calls take; `nil` if calls have no inputs.
  func callMemory(_ kernel: AnyKernel) throws(MeasurementError) -> CallMemory?
  /// How much memory the inputs of all calls of an arm may take together, in bytes.
  var inputBudget: Int { get }
  /// Whether ``start(_:)`` starts a new process.
  var startsProcesses: Bool { get }
  /// Ends the process of the last round and starts a new one that is ready to run these arms: their
  /// inputs are made, and each has run for a moment.
  func start(_ arms: [Arm]) throws(MeasurementError)
  /// Lets the workers run before those of other programs, from now on; `false` if that is not
  /// allowed, or is so already.
  func raisePriority() -> Bool
  /// The peak memory of the processes that ran arms, in bytes; 0 if unknown.
  var peakBytes: Int { get }
  /// The same for the processes that ran this arm.
  func peakBytes(of arm: Arm) -> Int
  /// Runs an arm in a new process, and reads the peak memory of that and of all that it has started, in
  /// bytes; pages that they share count once. `nil`: this runner starts none, or it cannot be read.
  func memory(of arm: Arm) throws(MeasurementError) -> (sample: ArmSample, bytes: Int)?
  /// Runs an arm in a new process, which proves its work, and then counts this many calls of its code
  /// there, for one counter at least. `nil`: this runner starts none, or they cannot count.
  func counts(
    of arm: Arm, calls: Int, _ counter: Counter
  ) throws(MeasurementError) -> (sample: ArmSample, counts: StartCounts)?
  /// The samples of an arm that runs several times in a new process, in which nothing has run before; `nil`:
  /// this runner starts none.
  func firstRuns(of arm: Arm, _ times: Int) throws(MeasurementError) -> [ArmSample]?
  /// How long an executor with this many workers takes to start in a new process, in seconds; `nil`: not
  /// known.
  func startupSeconds(
    ofExecutor name: String, workers: Int
  ) throws(MeasurementError) -> Double?
  /// Whether the arm runs in a new process after ``start(_:)``.
  func startsAnew(_ arm: Arm) -> Bool
  /// Whether rounds must not share a process, however long starts take.
  var mustStart: Bool { get }
  /// Whether each start has programs of which the linker has drawn a new layout.
  var drawsLayouts: Bool { get }
  /// Whether what a program does besides the tasks of this arm would be a large part of a short one.
  func staysWhole(_ arm: Arm) -> Bool
  /// How many tasks of the arm are done at a time: 1 unless its variant does batches.
  func tasksAtOnce(_ arm: Arm) -> Int
}

extension ArmRunner {
  package func expect(_ arms: [Arm]) throws(MeasurementError) {}
  package func watch(with watch: (any ArmWatch)?) {}
  package func allow(taskSeconds: Double) {}
  package func inputSeconds(_ arm: Arm) throws(MeasurementError) -> Double { 0 }
  package func checksum(of arm: Arm) throws(MeasurementError) -> UInt64 { 0 }
  package func releaseInputs(of kernel: String) {}
  package func callMemory(_ kernel: AnyKernel) throws(MeasurementError) -> CallMemory? { nil }
  package var inputBudget: Int { 0 }
  package var startsProcesses: Bool { false }
  package func start(_ arms: [Arm]) throws(MeasurementError) {}
  package func raisePriority() -> Bool { false }
  package var peakBytes: Int { Int(pgp_peak_bytes()) }
  package func peakBytes(of arm: Arm) -> Int { peakBytes }
  package func memory(
    of arm: Arm
  ) throws(MeasurementError) -> (sample: ArmSample, bytes: Int)? { nil }
  package func counts(
    of arm: Arm, calls: Int, _ counter: Counter
  ) throws(MeasurementError) -> (sample: ArmSample, counts: StartCounts)? { nil }
  package func firstRuns(
    of arm: Arm, _ times: Int
  ) throws(MeasurementError) -> [ArmSample]? { nil }
  package func startupSeconds(
    ofExecutor name: String, workers: Int
  ) throws(MeasurementError) -> Double? { nil }
  package func startsAnew(_ arm: Arm) -> Bool { startsProcesses }
  package var mustStart: Bool { false }
  package var drawsLayouts: Bool { false }
  package func staysWhole(_ arm: Arm) -> Bool { arm.program != SeriesKey.ownProgram }
  package func tasksAtOnce(_ arm: Arm) -> Int { 1 }

  /// The most calls of a kernel whose inputs fit into memory at once; `nil` without a limit.
  func mostCalls(_ kernel: AnyKernel) throws(MeasurementError) -> Int? {
    try callMemory(kernel).map { inputBudget / $0.bytes }
  }
}
