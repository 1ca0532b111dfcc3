import PerfGate

extension MeasuringCommand {
  /// Each kernel over the worker counts.
  func measureScaling() throws(MeasurementError) {
    let plans = try plan(
      kernels.map { WantedTable(kernel: $0, workers: counts, isCurve: true) })
    report(plans, isWholeRun: false)
    for plan in plans { try measure(plan) }
  }
}
