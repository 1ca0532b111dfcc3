import PerfGate

extension MeasuringCommand {
  /// The whole catalog: its claims, the curves of compute kernels, all comparisons, and hand-offs.
  func measureAll() throws(MeasurementError) {
    let plans = try plan(
      kernels.map { kernel in
        let isCurve = kernel.work.bytesPerUnit == 0 && kernel.work.growth == .linear
        return WantedTable(
          kernel: kernel, workers: isCurve ? counts : singleCounts(kernel), isCurve: isCurve)
      })
    report(plans, isWholeRun: true)
    try judgeClaims()
    for plan in plans {
      try unlessUnproven { () throws(MeasurementError) in try measureRest(plan) }
    }
    for kernel in Command.handoff.kernels(among: kernels, named: false) {
      try unlessUnproven { () throws(MeasurementError) in try measureHandoff(kernel) }
    }
  }

  /// Runs a part of a whole run. A variant that turns out to be wrong ends this part; the record
  /// names it, and the exit status tells.
  func unlessUnproven(
    _ part: () throws(MeasurementError) -> Void
  ) throws(MeasurementError) {
    do { try part() } catch {
      guard case .wrongResult(let unproven) = error else { throw error }
      session.forget(unproven)
    }
  }

  /// Judges the selected claims, nothing else.
  func judgeClaims() throws(MeasurementError) {
    guard !claims.isEmpty else { return }
    try session.judge(claims, catalog: catalog, options: gateOptions)
    keepRecord()
  }

  /// The time of the shortest arm where each round has a layout of its own, in seconds.
  private static let revisionArmSeconds = 0.06

  /// The settings for judging claims on this machine.
  var gateOptions: GateOptions {
    var gate = environment.gateOptions(options)
    gate.baselines = baselines
    gate.hasWorkerProgram = workerProgram != nil
    if revisions != nil {
      // Their programs are release builds, however this one was built.
      gate.instrumentation = nil
      // What layouts and starts cost or win is more than what longer arms would even out.
      gate.armSeconds = Self.revisionArmSeconds
    }
    return gate
  }
}
