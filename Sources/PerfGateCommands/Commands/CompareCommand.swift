import PerfGate

extension MeasuringCommand {
  /// Compares the variants of each kernel on one worker, and judges the claims about that.
  func measureComparisons() throws(MeasurementError) {
    let plans = try plan(
      kernels.map {
        WantedTable(
          kernel: $0, workers: options.workers ?? singleCounts($0), isCurve: false)
      })
    report(plans, isWholeRun: false)
    try judgeClaims()
    for plan in plans { try measureRest(plan) }
  }
}
