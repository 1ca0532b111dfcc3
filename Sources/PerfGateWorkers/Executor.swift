import CPerfGateSystem
import PerfGateMachine

/// One task's work: takes the task's number, returns what the task computed, as 64 bits.
///
/// Called by many workers at once; what it returns is compared bit for bit with the reference.
package typealias TaskBody = @Sendable (_ task: Int) -> UInt64

/// The tasks of one round.
package struct TaskBatch: Sendable {
  /// How many tasks, from 1; they are numbered from 0.
  package var tasks: Int
  /// How many workers share them, from 1.
  package var workers: Int
  /// What runs, for error messages: a series id.
  package var label: String
  /// How many seconds may pass without one task ending.
  package var timeout: Double
  /// The work of one task.
  package var body: TaskBody
  /// The work of one task if it is asynchronous; only executors of tasks run it.
  package var asynchronousBody: (@Sendable (_ task: Int) async -> UInt64)?
  /// Where the work comes from; executors in other processes need it. `nil`: a closure of this process.
  package var origin: TaskOrigin?
  /// What each task is sent instead of its number alone, in other processes.
  package var message: TaskMessage?
  /// How long worker processes may be silent; `nil`: as long as no task may end.
  package var processBounds: ProcessBounds?
  /// Whether to measure the CPU time of the whole program, which takes a microsecond at both ends.
  package var countsProgram = false

  /// Tasks of a round.
  package init(
    tasks: Int, workers: Int, label: String, timeout: Double = 600, body: @escaping TaskBody
  ) {
    self.tasks = tasks
    self.workers = workers
    self.label = label
    self.timeout = timeout
    self.body = body
  }
}

/// What another process of this program needs to find the code of a task.
package struct TaskOrigin: Hashable, Sendable {
  /// The kernel's name.
  package var kernel: String
  /// The variant's name.
  package var variant: String
  /// The size of each task, in the kernel's units.
  package var size: Int
  /// The seed of the input.
  package var seed: UInt64
  /// Which tasks of the kernel each task of the executor does; `nil`: the one of its number.
  package var groups: TaskGroups?

  package init(kernel: String, variant: String, size: Int, seed: UInt64) {
    self.kernel = kernel
    self.variant = variant
    self.size = size
    self.seed = seed
  }
}

/// How long worker processes may be silent, in seconds.
package struct ProcessBounds: Hashable, Sendable {
  /// While no task of a round ends.
  package var round: Double
  /// While they make their inputs, before a round.
  package var input: Double

  package init(round: Double, input: Double) {
    self.round = round
    self.input = input
  }
}

/// How tasks reach workers; each kind has a row in ``Executors/all``.
///
/// Started once, used for many rounds, one round at a time, by one caller.
package protocol Executor: AnyObject {
  /// Where the workers run; a round of `w` workers uses the first `w`.
  var slots: [WorkerSlot] { get }
  /// The kernel's thread numbers of the workers, in the order of `slots`; empty where they are not
  /// known, so that neither their run delay nor other threads of this process can be watched.
  var threadIDs: [Int32] { get }
  /// How long the threads that took part in the last round waited for their CPUs; empty where the
  /// threads of the workers are known.
  var runDelays: [RunDelay] { get }
  /// What disturbed the last round, by executors that watch their workers themselves.
  var disturbances: [WorkerDisturbance] { get }
  /// What readers of a record should know about its workers.
  var notes: [String] { get }
  /// The CPU time that processes of this executor, other than this one, used in the last round, in ns.
  var otherProcessNanoseconds: UInt64 { get }
  /// The time from the start of the first worker until all were ready.
  var startupSeconds: Double { get }
  /// Runs each task of the batch once, on the first `workers` slots, and waits until all are done.
  func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound
  /// Starts the first `workers` workers, if they start only when they are needed.
  func start(workers: Int) throws(WorkerError)
  /// Calls `visit` for every block of tasks of the last round: its first task and the results, which
  /// stay where they are until the next round.
  func forEachResult(_ visit: (_ firstTask: Int, _ results: UnsafeBufferPointer<UInt64>) -> Void)
  /// Lets the workers run before all threads of ordinary priority from now on, as far as that is allowed.
  func runFirst() -> Bool
  /// Has every worker look where it is, at the begin of a run.
  func beginObservation() throws(WorkerError)
  /// Has every worker look again, with the memory it used in between.
  ///
  /// - Returns: what each saw, to be compared with the plan.
  func endObservation() throws(WorkerError) -> [PlacementObservation]
}

/// How long a thread was ready to run in a round, but waited for its CPU.
package struct RunDelay: Hashable, Sendable {
  /// The thread's number.
  package var thread: Int32
  /// The time, in seconds.
  package var seconds: Double

  package init(thread: Int32, seconds: Double) {
    self.thread = thread
    self.seconds = seconds
  }
}

/// What disturbed a worker in a round.
package struct WorkerDisturbance: Hashable, Sendable {
  /// The kind of disturbance, for programs: `steal`.
  package var kind: String
  /// The worker, and what its counters showed.
  package var text: String

  package init(kind: String, text: String) {
    self.kind = kind
    self.text = text
  }
}

extension Executor {
  /// The default: whoever runs the round watches the workers.
  package var disturbances: [WorkerDisturbance] { [] }

  /// The default: nothing.
  package var notes: [String] { [] }

  /// The default: the threads are known, so that whoever runs the round reads that.
  package var runDelays: [RunDelay] { [] }

  /// The default: there are no other processes.
  package var otherProcessNanoseconds: UInt64 { 0 }

  /// The default: the threads of the workers, if they are known.
  package func runFirst() -> Bool { threadIDs.allSatisfy { pgp_run_first($0) == 0 } }

  /// The default: all workers have started.
  package func start(workers: Int) throws(WorkerError) {}

  /// Runs tasks 0 to `tasks - 1` as one batch.
  package func run(
    tasks: Int, workers: Int, label: String, timeout: Double = 600, body: @escaping TaskBody
  ) throws(WorkerError) -> ExecutedRound {
    try run(
      TaskBatch(tasks: tasks, workers: workers, label: label, timeout: timeout, body: body))
  }
}

/// What one round measured, besides the results of its tasks.
package struct ExecutedRound: Hashable, Sendable {
  /// From the release of the start barrier to the last worker's end.
  package var seconds: Double
  /// One entry for each worker that took part.
  package var workers: [WorkerRound]
  /// CPU time of the whole program meanwhile, without the caller's; `nil` if it was not measured.
  package var programCPUSeconds: Double?

  /// A round of an executor.
  package init(seconds: Double, workers: [WorkerRound], programCPUSeconds: Double? = nil) {
    self.seconds = seconds
    self.workers = workers
    self.programCPUSeconds = programCPUSeconds
  }
}

/// One worker's part of a round.
package struct WorkerRound: Hashable, Sendable {
  /// How many tasks it did.
  package var tasks: Int
  /// CPU time of its thread, from its arrival at the start barrier to its end.
  package var cpuSeconds: Double
  /// Wall time between the same two moments.
  package var wallSeconds: Double
  /// How often it gave up its CPU between the same two moments, to sleep or for a lock; below 0:
  /// unknown.
  package var waits: Int
  /// The CPU it was on when it arrived; below 0: unknown.
  package var cpuBefore: Int
  /// The CPU it was on at its end; below 0: unknown.
  package var cpuAfter: Int

  /// One worker's part of a round.
  package init(
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
