import PerfGateMachine

/// One task's work: takes the task's number, returns what the task computed, as 64 bits.
///
/// Called by many workers at once; what it returns is compared bit for bit with the reference.
public typealias TaskBody = @Sendable (_ task: Int) -> UInt64

/// How tasks reach workers.
public protocol Executor: AnyObject {
  /// The name in a series id: `pool`.
  var name: String { get }
  /// Where the workers run; a round of `w` workers uses the first `w`.
  var slots: [WorkerSlot] { get }
  /// The kernel's thread numbers of the workers, in the order of `slots`.
  var threadIDs: [Int32] { get }
  /// Runs tasks 0 to `tasks - 1` on the first `workers` slots and waits until all are done.
  ///
  /// - Parameters:
  ///   - label: what runs, for error messages: a series id.
  ///   - patience: how many seconds may pass without one task ending.
  func run(tasks: Int, workers: Int, label: String, patience: Double, body: @escaping TaskBody)
    throws(WorkerError) -> ExecutedRound
  /// Calls `visit` for every block of tasks of the last round: its first task and the results.
  func forEachResult(_ visit: (_ firstTask: Int, _ results: UnsafeBufferPointer<UInt64>) -> Void)
}

/// What one round told, besides the results of its tasks.
public struct ExecutedRound: Hashable, Sendable {
  /// From the release of the start barrier to the last worker's end.
  public var seconds: Double
  /// What each worker that took part tells.
  public var workers: [WorkerRound]

  /// A round of an executor.
  public init(seconds: Double, workers: [WorkerRound]) {
    self.seconds = seconds
    self.workers = workers
  }

  /// CPU time of all workers over the time that they had: 1 when none of them waited.
  ///
  /// Below 0.9 a compute kernel slept, or its CPUs were taken away.
  public var cpuShare: Double {
    let wall = workers.reduce(0) { $0 + $1.wallSeconds }
    return wall > 0 ? workers.reduce(0) { $0 + $1.cpuSeconds } / wall : 1
  }
}

/// One worker's part of a round.
public struct WorkerRound: Hashable, Sendable {
  /// How many tasks it did.
  public var tasks: Int
  /// CPU time of its thread, from its arrival at the start barrier to its end.
  public var cpuSeconds: Double
  /// The time between the same two moments.
  public var wallSeconds: Double
  /// How often it gave up its CPU between the same two moments, to sleep or for a lock; below 0:
  /// unknown.
  public var waits: Int
  /// The CPU it was on when it arrived; below 0: unknown.
  public var cpuBefore: Int
  /// The CPU it was on at its end; below 0: unknown.
  public var cpuAfter: Int

  /// One worker's part of a round.
  public init(
    tasks: Int, cpuSeconds: Double, wallSeconds: Double, waits: Int, cpuBefore: Int,
    cpuAfter: Int
  ) {
    self.tasks = tasks
    self.cpuSeconds = cpuSeconds
    self.wallSeconds = wallSeconds
    self.waits = waits
    self.cpuBefore = cpuBefore
    self.cpuAfter = cpuAfter
  }
}
