import PerfGate

extension MeasuringCommand {
  /// Measures each kernel at each worker count.
  func measureScaling() throws(MeasurementError) {
    let plans = try plan(
      kernels.map { WantedTable(kernel: $0, workers: counts, part: .curve) })
    report(plans, isWholeRun: false)
    for plan in plans { try measure(plan) }
  }
}
