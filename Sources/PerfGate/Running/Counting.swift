import CPerfGateSystem
import PerfGateWorkers

/// What this program can count.
package enum Counting {
  /// Why it cannot count something; `nil`: it can.
  package static func refusal(_ counter: Counter) -> Reason.NotCounted? {
    #if os(Linux)
      guard let counters = pgp_counters() else { return .notLinked }
      if let file = counters.pointee.other_allocator() {
        return .otherAllocator(String(cString: file))
      }
      return counter == .retains && counters.pointee.counts_retains() == 0 ? .noReferences : nil
    #else
      return .unknownSystem
    #endif
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
  /// are compared with nothing. `nil`: this program cannot count.
  package func counts(of arm: Arm, calls: Int) throws(MeasurementError) -> StartCounts? {
    guard let counters = pgp_counters(), calls > 0 else { return nil }
    let body = try body(of: arm)
    let kernel = catalog.measurable(arm.kernel)
    let tasks = calls + CountedCalls.warmUps
    lastRound = nil
    try makeInputs(of: kernel?.calls, on: pool, tasks: tasks, workers: 1, label: arm.id)
    // The calling thread may have made calls for others.
    _ = ThrownErrors.take(of: [pgp_thread_id()])
    pgp_set_activity(Int32(PGP_RUNS_TASK))
    let counts = CountedCalls.run(counters, calls: calls, body)
    pgp_set_activity(Int32(PGP_RUNS_NOTHING))
    try endCalls(
      kernel?.calls, on: pool, closure: arm.variant, tasks: tasks, workers: 1, label: arm.id,
      callers: [pgp_thread_id()])
    return StartCounts(counts.map(CallCounts.init))
  }
}
