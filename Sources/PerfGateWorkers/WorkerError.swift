/// Why workers could not start or finish.
package enum WorkerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The number of workers is out of range.
  case workerCount(Int, allowed: ClosedRange<Int>)
  /// The number of tasks is out of range.
  case taskCount(Int)
  /// A thread or its memory could not be made; with the operating system's reason and the limits that
  /// were found.
  case cannotStart(worker: Int, error: String, limits: String)
  /// A worker is not on its CPU.
  case cannotPin(worker: Int, reason: String)
  /// There is not enough memory for the results of so many tasks.
  case noMemory(worker: Int, tasks: Int)
  /// A worker's thread ended in the middle of a round; the task is `nil` between tasks.
  case died(worker: Int, task: Int?, label: String)
  /// A worker's process ended in a round; the task is `nil` between tasks.
  case processEnded(worker: Int, task: Int?, label: String, how: String)
  /// A worker's process cannot get the code of a round ready, or refused what it was sent.
  case cannotPrepare(worker: Int, label: String, reason: String)
  /// A worker's process answered something that it should not.
  case strangeAnswer(worker: Int, task: Int?, label: String, finding: String)
  /// The code of a round exists in this process only.
  case noOrigin(label: String)
  /// This program cannot be started as a worker.
  case noWorkerProgram
  /// No launcher of ranks has started this program.
  case noRanks
  /// What goes wrong between ranks.
  case ranks(String)
  /// The process of a rank has ended.
  case rankEnded(rank: Int, host: String, process: Int, label: String)
  /// A rank has not answered within the bound.
  case rankSilent(rank: Int, host: String, label: String, seconds: Double)
  /// No task ended within the timeout of the round.
  case stuck(worker: Int, task: Int?, label: String, seconds: Double)
  /// The program was asked to stop.
  case interrupted(signal: Int32)
  /// The caller is a task, whose thread the tasks of the round might need.
  case insideTask
  /// An earlier round failed, and its workers may still run.
  case unusable

  /// One line: what failed, what was found, what to do.
  package var description: String {
    switch self {
    case .workerCount(let count, let allowed):
      return
        "cannot run \(count) workers: the executor has \(allowed.upperBound); "
        + "ask for \(allowed.lowerBound) to \(allowed.upperBound)"
    case .taskCount(let count):
      return "cannot run \(count) tasks: need 1 to \(Executors.maximumTasks)"
    case .cannotStart(let worker, let error, let limits):
      let fewer = worker > 0 ? "; or ask for at most \(worker) workers" : ""
      return "cannot start worker \(worker): \(error): \(limits)\(fewer)"
    case .cannotPin(_, let reason):
      return reason
    case .noMemory(let worker, let tasks):
      return "worker \(worker) has no memory for the results of \(tasks) tasks; use fewer tasks"
    case .died(let worker, let task, let label):
      return "worker \(worker) died \(Self.place(task)) of \(label): its thread ended"
    case .processEnded(let worker, let task, let label, let how):
      return "worker \(worker) died \(Self.place(task)) of \(label): \(how)"
    case .cannotPrepare(let worker, let label, let reason):
      return "worker \(worker) cannot run \(label): \(reason)"
    case .strangeAnswer(let worker, let task, let label, let finding):
      return "worker \(worker) answered \(finding) \(Self.place(task)) of \(label)"
    case .noOrigin(let label):
      return
        "cannot run \(label) in other processes: its code is a closure of this one; claim about a "
        + "kernel instead"
    case .noWorkerProgram:
      return
        "cannot start worker processes: they are this program started again, which only one that "
        + "calls perfGateMain can be; measure there"
    case .noRanks:
      return
        "cannot run on ranks: no launcher has started this program; start it as mpirun -n N or "
        + "srun -n N, or choose another executor"
    case .ranks(let problem):
      return problem
    case .rankEnded(let rank, let host, let process, let label):
      return
        "rank \(rank) on host \(host) died in \(label): its process \(process) has ended; the "
        + "launcher's own message says how"
    case .rankSilent(let rank, let host, let label, let seconds):
      return
        "rank \(rank) on host \(host) is silent in \(label): it said nothing for \(Int(seconds)) s; "
        + "make tasks shorter, or look for a deadlock, a stopped process or a dead link"
    case .stuck(let worker, let task, let label, let seconds):
      return
        "worker \(worker) is stuck \(Self.place(task)) of \(label): "
        + "no task ended for \(Int(seconds)) s; make tasks shorter or look for a deadlock"
    case .interrupted(let signal):
      return "interrupted by signal \(signal)"
    case .insideTask:
      return
        "cannot run a task group from within a task: it would wait on a thread that its own tasks "
        + "need; call it from a thread that is no task's, such as in a test that is not async"
    case .unusable:
      return "cannot run tasks: an earlier round of this executor failed; make a new one"
    }
  }

  private static func place(_ task: Int?) -> String {
    task.map { "in task \($0)" } ?? "between tasks"
  }
}
