import PerfGate
import PerfGateStatistics

extension MeasuringCommand {
  /// The whole catalog: its claims, the curves of compute kernels, all comparisons, and hand-offs.
  func measureAll() throws(MeasurementError) {
    let plans = try plan(
      kernels.flatMap { kernel in
        let isCurve = kernel.work.bytesPerUnit == 0 && kernel.work.growth == .linear
        guard isCurve else {
          return [WantedTable(kernel: kernel, workers: singleCounts(kernel), part: .all)]
        }
        let curve = WantedTable(kernel: kernel, workers: counts, part: .curve)
        let batches = WantedTable(kernel: kernel, workers: [1], part: .batches)
        let hasBatches = !Self.tableVariants(kernel, options, .batches).isEmpty
        return hasBatches ? [curve, batches] : [curve]
      })
    report(plans, isWholeRun: true)
    try judgeClaims()
    for plan in plans {
      try unlessUnproven { () throws(MeasurementError) in try measureRest(plan) }
    }
    // Ranks are not sent messages, and published work is measured on the cores of a machine.
    if options.usesRanks { return }
    for kernel in Command.handoff.kernels(among: kernels, named: false) {
      try unlessUnproven { () throws(MeasurementError) in try measureHandoff(kernel) }
    }
    for published in catalog.published {
      try unlessUnproven { () throws(MeasurementError) in try measureAgain(published, plans) }
    }
  }

  /// How often published work is measured.
  private static let publishedRounds = 5

  /// Does published work with the fastest variant on all workers.
  private func measureAgain(
    _ published: PublishedWork, _ plans: [TablePlan]
  ) throws(MeasurementError) {
    let surveys = plans.map(\.survey).filter { $0.kernel.name == published.kernel }
    let known = surveys.flatMap { survey in
      survey.variants.compactMap { variant in
        survey.taskSeconds[variant.name].map { (variant: variant, seconds: $0, size: survey.size) }
      }
    }
    guard let best = known.filter({ !$0.variant.isLimit }).min(by: { $0.seconds < $1.seconds }),
      let reference = surveys[0].kernel.reference
    else { return }
    let workers = counts.max() ?? 1
    let slow = known.first { $0.variant.name == reference.name } ?? best
    let taskSeconds = slow.seconds / Double(slow.size) * Double(published.size)
    announce(
      taskSeconds * Double((published.tasks - 1) / workers + 1),
      "proving \(published.source)'s \(published.tasks) tasks")
    let arm = Arm(
      kernel: published.kernel, variant: best.variant.name, workers: workers,
      tasks: published.tasks, size: published.size, isSpecial: true)
    let group = RoundGroup(
      id: GroupKey(.compare, "\(published.kernel) (\(published.source))"), arms: [arm], pairs: [],
      rounds: Self.publishedRounds, warmups: 1)
    defer { session.runner.releaseInputs(of: published.kernel) }
    let series = try session.measure(group)
    guard let own = series.first, let seconds = median(own.seconds) else { return }
    session.record.published.append(
      Record.Published(published, series: own.key, seconds: seconds))
    keepRecord()
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
    if options.start != nil { gate.fixedRounds = SignBoundary.firstLook }
    if revisions != nil {
      // Their programs are release builds, however this one was built.
      gate.instrumentation = nil
      // What layouts and starts cost or win is more than what longer arms would even out.
      gate.armSeconds = Self.revisionArmSeconds
    }
    return gate
  }
}
