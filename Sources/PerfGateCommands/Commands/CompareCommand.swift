import PerfGate

extension MeasuringCommand {
  /// Each kernel on one worker, variant beside variant, and the claims about that.
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
