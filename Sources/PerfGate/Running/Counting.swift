import CPerfGateSystem
import Foundation
import PerfGateMachine
import PerfGateWorkers

/// What this program can count.
package enum Counting {
  /// Why it cannot count something; `nil`: it can.
  package static func refusal(_ counter: Counter) -> Reason.NotCounted? {
    switch counter {
    case .instructions: return instructionRefusal()
    case .valgrindInstructions:
      do throws(ValgrindError) { _ = try Valgrind.found() } catch { return .noValgrind(error.why) }
      return nil
    case .allocations, .allocatedBytes, .retains: break
    }
    guard pgp_counts_allocations() != 0 else { return .unknownSystem }
    if let file = pgp_other_allocator() { return .otherAllocator(String(cString: file)) }
    return counter == .retains && pgp_counts_retains() == 0 ? .noReferences : nil
  }

  /// Why the processor's counter cannot be had; `nil`: it can.
  private static func instructionRefusal() -> Reason.NotCounted? {
    let error = pgp_instructions_error()
    guard error != 0 else { return nil }
    switch error {
    case EACCES, EPERM:
      return .noInstructionCounter(.forbidden(paranoid: PerformanceEvents.paranoia(root: "/")))
    case ENOSYS: return .noInstructionCounter(.noPerfEvents)
    case EBUSY, EMFILE: return .noInstructionCounter(.taken)
    default: return .noInstructionCounter(.noCounter(error: Int(error)))
    }
  }
}

extension CallCounts {
  init(_ counts: pgp_counts) {
    self.init(
      allocations: Int(clamping: counts.allocations), allocatedBytes: Int(clamping: counts.bytes),
      retains: Int(clamping: counts.retains), releases: Int(clamping: counts.releases))
  }

  /// The same with the instructions that were counted of another call.
  fileprivate func with(_ counts: pgp_counts) -> CallCounts {
    var all = self
    all.instructions = Int(clamping: counts.instructions)
    return all
  }
}

extension LocalRunner {
  /// Counts calls of an arm's code on the calling thread, after some that are not counted; their results
  /// are compared with nothing. `nil`: nothing can be counted here.
  ///
  /// - Parameter instructions: whether to count instructions too, in further calls.
  package func counts(
    of arm: Arm, calls: Int, instructions: Bool = false
  ) throws(MeasurementError) -> StartCounts? {
    guard Counting.refusal(.allocations) == nil, calls > 0 else { return nil }
    guard let requests = try counts(.requests, of: arm, calls) else { return nil }
    guard instructions else { return StartCounts(requests.map(CallCounts.init)) }
    guard let executed = try counts(.instructions, of: arm, calls) else { return nil }
    return StartCounts(zip(requests, executed).map { CallCounts($0).with($1) })
  }

  private func counts(
    _ what: CountedCalls.What, of arm: Arm, _ calls: Int
  ) throws(MeasurementError) -> [pgp_counts]? {
    let code = try code(of: arm)
    let kernel = catalog.measurable(arm.kernel)
    let tasks = calls + CountedCalls.warmUps
    lastRound = nil
    if let body = code.asynchronous {
      return try counts(what, of: body, calls, kernel, arm)
    }
    try makeInputs(of: kernel?.calls, on: pool, tasks: tasks, workers: 1, label: arm.id)
    // The calling thread may have made calls for others.
    _ = ThrownErrors.take(of: [pgp_thread_id()])
    var body = code.run
    if let batch = code.batch {
      // A call is a task of an executor: a full batch.
      let one = TaskGroups(tasks: batch.most, workers: 1, most: batch.most)
      let full = GroupedResults(one).body(batch.run)
      body = { _ in full(0) }
    }
    pgp_set_activity(Int32(PGP_RUNS_TASK))
    let counts = CountedCalls.run(
      what, calls: calls, empty: kernel?.calls?.empty?.run ?? Self.nothing, body)
    pgp_set_activity(Int32(PGP_RUNS_NOTHING))
    try endCalls(
      kernel?.calls, on: pool, closure: arm.variant, tasks: tasks, workers: 1, label: arm.id,
      callers: [pgp_thread_id()])
    return counts
  }

  /// A task that does nothing.
  private static let nothing: TaskBody = { UInt64(truncatingIfNeeded: $0) }

  /// The same for asynchronous code, on a worker of the task executor.
  private func counts(
    _ what: CountedCalls.What, of body: @escaping AsynchronousTaskBody, _ calls: Int,
    _ kernel: AnyKernel?, _ arm: Arm
  ) throws(MeasurementError) -> [pgp_counts]? {
    let executor = try executor(named: ExecutorName.taskExecutor)
    let nothing: AsynchronousTaskBody = { UInt64(truncatingIfNeeded: $0) }
    let empty = kernel?.calls?.empty?.asynchronous ?? nothing
    let counts = try CountedCalls.run(
      what, calls: calls, empty: empty, asynchronous: body
    ) {
      body throws(MeasurementError) in
      try untimed(
        TaskCode(asynchronous: body), on: executor, tasks: 1, workers: 1, label: arm.id)
    }
    try endCalls(
      kernel?.calls, on: executor, closure: arm.variant, tasks: calls + CountedCalls.warmUps,
      workers: 1, label: arm.id)
    return counts
  }
}
