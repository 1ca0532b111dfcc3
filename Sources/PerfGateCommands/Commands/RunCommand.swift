import PerfGate

extension MeasuringCommand {
  /// The whole catalog: its claims, curves of compute kernels, comparisons of all, handing over.
  func measureAll() throws(MeasurementError) {
    let plans = try plan(
      kernels.map { kernel in
        let isCurve = kernel.work.bytesPerUnit == 0 && kernel.work.growth == .linear
        return WantedTable(
          kernel: kernel, workers: isCurve ? counts : singleCounts(kernel), isCurve: isCurve)
      })
    report(plans, isWholeRun: true)
    try judgeClaims()
    for plan in plans { try measureRest(plan) }
    for kernel in Command.handoff.kernels(among: kernels, named: false) {
      try measureHandoff(kernel)
    }
  }

  /// The claims that were selected, nothing else.
  func judgeClaims() throws(MeasurementError) {
    guard !claims.isEmpty else { return }
    try session.judge(claims, catalog: catalog, options: gateOptions)
  }

  /// How claims are judged here.
  var gateOptions: GateOptions {
    var gate = environment.gateOptions(options)
    gate.baselines = baselines
    return gate
  }
}
