import PerfGate

extension MeasuringCommand {
  /// Whether allocations can be counted here.
  var canCount: Bool {
    Counting.refusal(.allocations) == nil
      && gateOptions.instrumentation == nil
  }

  /// Compares the variants of each kernel on one worker, and judges the claims about that.
  func measureComparisons() throws(MeasurementError) {
    let plans = try plan(
      kernels.map {
        WantedTable(
          kernel: $0, workers: options.workers ?? singleCounts($0), part: .all)
      })
    report(plans, isWholeRun: false)
    try judgeClaims()
    for plan in plans { try measureRest(plan) }
    guard canCount else { return }
    for kernel in kernels { try session.count(kernel, Self.selectedVariants(kernel, options)) }
  }
}
