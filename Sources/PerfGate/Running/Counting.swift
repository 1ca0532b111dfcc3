import CPerfGateSystem
import PerfGateWorkers

/// What this program can count.
package enum Counting {
  /// Why it cannot count something; `nil`: it can.
  package static func refusal(_ counter: Counter) -> Reason.NotCounted? {
    guard pgp_counts_allocations() != 0 else { return .unknownSystem }
    if let file = pgp_other_allocator() { return .otherAllocator(String(cString: file)) }
    return counter == .retains && pgp_counts_retains() == 0 ? .noReferences : nil
  }
}

extension CallCounts {
  init(_ counts: pgp_counts) {
    self.init(
      allocations: Int(clamping: counts.allocations), allocatedBytes: Int(clamping: counts.bytes),
      retains: Int(clamping: counts.retains), releases: Int(clamping: counts.releases))
  }
}

extension LocalRunner {
  /// Counts calls of an arm's code on the calling thread, after some that are not counted; their results
  /// are compared with nothing. `nil`: nothing can be counted here.
  package func counts(of arm: Arm, calls: Int) throws(MeasurementError) -> StartCounts? {
    guard Counting.refusal(.allocations) == nil, calls > 0 else { return nil }
    let code = try code(of: arm)
    let kernel = catalog.measurable(arm.kernel)
    let tasks = calls + CountedCalls.warmUps
    lastRound = nil
    if let body = code.asynchronous {
      return StartCounts(try counts(of: body, calls, kernel, arm).map(CallCounts.init))
    }
    try makeInputs(of: kernel?.calls, on: pool, tasks: tasks, workers: 1, label: arm.id)
    // The calling thread may have made calls for others.
    _ = ThrownErrors.take(of: [pgp_thread_id()])
    pgp_set_activity(Int32(PGP_RUNS_TASK))
    let counts = CountedCalls.run(
      calls: calls, empty: kernel?.calls?.empty?.run ?? Self.nothing, code.run)
    pgp_set_activity(Int32(PGP_RUNS_NOTHING))
    try endCalls(
      kernel?.calls, on: pool, closure: arm.variant, tasks: tasks, workers: 1, label: arm.id,
      callers: [pgp_thread_id()])
    return StartCounts(counts.map(CallCounts.init))
  }

  /// A task that does nothing.
  private static let nothing: TaskBody = { UInt64(truncatingIfNeeded: $0) }

  /// The same for asynchronous code, on a worker of the task executor.
  private func counts(
    of body: @escaping AsynchronousTaskBody, _ calls: Int, _ kernel: AnyKernel?, _ arm: Arm
  ) throws(MeasurementError) -> [pgp_counts] {
    let executor = try executor(named: ExecutorName.taskExecutor)
    let nothing: AsynchronousTaskBody = { UInt64(truncatingIfNeeded: $0) }
    let empty = kernel?.calls?.empty?.asynchronous ?? nothing
    let counts = try CountedCalls.run(
      calls: calls, empty: empty, asynchronous: body
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
