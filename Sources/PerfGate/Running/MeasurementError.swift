import PerfGateWorkers

/// Why a measurement failed.
package enum MeasurementError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is no such kernel.
  case unknownKernel(String, known: [String])
  /// The kernel has no such variant.
  case unknownVariant(String, kernel: String, known: [String])
  /// This CPU lacks the instructions that the variant needs.
  case unsupportedVariant(String, kernel: String)
  /// There is no such executor.
  case unknownExecutor(String, known: [String])
  /// The input could not be created.
  case input(kernel: String, size: Int, reason: String)
  /// A worker could not start or finish.
  case worker(WorkerError)
  /// A task's result differs from the reference's, or the variant is unproven for another reason.
  case wrongResult(Unproven)
  /// A call of a closure threw an error, described in words; calls count from 1.
  case threw(closure: String, call: Int, error: String)
  /// A worker or its memory was not where the plan put it.
  case misplaced(String)
  /// One task would take longer than allowed, according to an estimate.
  case tooLong(LongTask)
  /// A process that runs arms cannot be started; in words.
  case cannotStart(String)
  /// A revision of the program cannot be had.
  case revision(RevisionFailure)
  /// A process that runs arms failed at something else than an arm.
  case program(ProgramFailure)
  /// A task was not run exactly once.
  case lostTask(task: Int, arm: String, times: Int)

  /// Whether a signal asked this program to stop.
  var isInterruption: Bool { if case .worker(.interrupted) = self { true } else { false } }

  /// One line: what failed, what was found, what to do.
  package var description: String {
    switch self {
    case .unknownKernel(let name, let known):
      return "unknown kernel \(name): expected \(known.joined(separator: ", "))"
    case .unknownVariant(let name, let kernel, let known):
      return
        "unknown variant \(name) of kernel \(kernel): expected \(known.joined(separator: ", "))"
    case .unsupportedVariant(let name, let kernel):
      return "cannot run \(name) of kernel \(kernel): this CPU does not support it"
    case .unknownExecutor(let name, let known):
      return "unknown executor \(name): expected \(known.joined(separator: ", "))"
    case .input(let kernel, let size, let reason):
      return "cannot make the input of \(kernel) at size \(size): \(reason)"
    case .worker(let error):
      return error.description
    case .wrongResult(let unproven):
      return unproven.description
    case .threw(let closure, let call, let error):
      return "\(ClosureCalls.words(closure)) threw in call \(call): \(error)"
    case .misplaced(let finding):
      return
        "workers are not placed as planned: \(finding); free the cpus, or choose others"
    case .tooLong(let task): return task.description
    case .cannotStart(let why): return why
    case .revision(let failure): return failure.description
    case .program(let failure): return failure.description
    case .lostTask(let task, let arm, let times):
      return "task \(task) of \(arm) ran \(times) times, expected once; the executor is faulty"
    }
  }
}
