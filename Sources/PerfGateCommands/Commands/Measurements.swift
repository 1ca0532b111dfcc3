import PerfGate
import PerfGateStatistics

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

  /// Measures for tables what the claims' rounds do not tell already.
  private func measureRest(_ plan: TablePlan) throws(MeasurementError) {
    let (kernel, workers, isCurve) = (plan.survey.kernel, plan.survey.workers, plan.isCurve)
    let group = GroupKey.claims(of: kernel.name)
    // On a busy machine most of a claim's rounds are dropped: a table wants some all the same.
    let known =
      options.namesTables
      ? []
      : session.record.series.filter {
        $0.group == group && $0.executor == options.executor
          && $0.seconds.count >= Survey.slowRounds
      }
    var rest = Self.selectedVariants(kernel, options)
    rest.removeAll { variant in
      workers.allSatisfy { count in
        known.contains {
          $0.variant == variant.name && $0.workers == count && $0.key.isPlain
        }
      }
    }
    if rest.count < kernel.supportedVariants.count, !known.isEmpty {
      finish(kernel, groups: [group], isCurve: isCurve && rest.isEmpty)
    }
    // A curve needs its variants side by side.
    if isCurve, !rest.isEmpty { rest = Self.selectedVariants(kernel, options) }
    var plan = plan
    plan.survey.variants.removeAll { !rest.contains($0) }
    if !plan.survey.variants.isEmpty { try measure(plan) }
  }

  /// Each kernel over the worker counts.
  func measureScaling() throws(MeasurementError) {
    let plans = try plan(
      kernels.map { WantedTable(kernel: $0, workers: counts, isCurve: true) })
    report(plans, isWholeRun: false)
    for plan in plans { try measure(plan) }
  }

  /// The long string handed to workers.
  func measureHandoff() throws(MeasurementError) {
    for kernel in kernels { try measureHandoff(kernel) }
  }

  /// One worker; two as well where the executor's own cost is what is measured.
  private func singleCounts(_ kernel: AnyKernel) -> [Int] {
    isExecutorCost(kernel) && environment.machine.allowed.workers >= 2 ? [1, 2] : [1]
  }

  /// A kernel of constant work without an input is measured for what the executor costs.
  private func isExecutorCost(_ kernel: AnyKernel) -> Bool {
    kernel.work.growth == .constant && (kernel.work.defaultSize ?? 1) <= 1
  }

  private func measure(_ plan: TablePlan) throws(MeasurementError) {
    let (survey, kernel) = (plan.survey, plan.survey.kernel)
    defer { session.runner.releaseInputs(of: kernel.name) }
    try describe(plan)
    var groups = plan.groups
    if isExecutorCost(kernel), !groups.isEmpty {
      let dispatched = groups[0].arms
      for count in survey.workers {
        for index in dispatched.indices where dispatched[index].workers == count {
          groups[0].pairs.append(.init(index, groups[0].arms.count))
        }
        groups[0].arms.append(
          Arm(
            kernel: kernel.name, variant: "counter", executor: ExecutorName.tickets, workers: count,
            tasks: survey.tasks, size: survey.size))
      }
    }
    markSpecial(&groups)
    defer { finish(kernel, groups: groups.map(\.id), isCurve: plan.isCurve) }
    for group in groups { try session.measure(group) }
  }

  /// Two series of one run have two ids, also when an arm is measured for claims and for a table.
  private func markSpecial(_ groups: inout [RoundGroup]) {
    let taken = Set(session.record.series.map(\.key))
    for group in groups.indices {
      for arm in groups[group].arms.indices where taken.contains(groups[group].arms[arm].key) {
        groups[group].arms[arm].isSpecial = true
      }
    }
  }

  /// Tables are made of whatever was measured, also after an interruption.
  private func finish(_ kernel: AnyKernel, groups: [GroupKey], isCurve: Bool) {
    let series = session.record.series.filter { groups.contains($0.group) }
    let tables = Tables(session.record)
    session.record.comparisons += tables.twinComparisons(series, of: kernel)
    if isExecutorCost(kernel) {
      session.record.comparisons += tables.executorCosts(series, of: kernel)
    }
    guard isCurve, let group = groups.first else { return }
    session.record.scaling += tables.curves(series, of: kernel, group: group)
  }

  /// Puts what one task is into the record.
  private func describe(_ plan: TablePlan) throws(MeasurementError) {
    let (survey, kernel) = (plan.survey, plan.survey.kernel)
    let arm = Arm(
      kernel: kernel.name, variant: survey.variants[0].name, workers: 1, tasks: 1,
      size: survey.size)
    let isKnown = session.record.workloads.contains {
      $0.kernel == kernel.name && $0.size == survey.size
    }
    if !isKnown {
      session.record.workloads.append(
        Record.Workload(
          kernel: kernel.name, work: kernel.work, size: survey.size, tasks: survey.tasks,
          calibration: plan.calibration, inputSeconds: try session.runner.inputSeconds(arm)))
    }
    if let calibration = plan.calibration, !calibration.isWithinTolerance {
      session.record.notes.append(
        Record.Note(
          code: "calibration",
          text: "the size of \(kernel.name) is off: one task lasts \(calibration.taskSeconds) s, "
            + "\(calibration.wantedSeconds) s were wanted; give --size"))
    }
  }

  /// What the tables of handing over will measure.
  func handoff(_ kernel: AnyKernel, _ variants: [AnyKernel.VariantInfo]) -> HandoffSurvey {
    HandoffSurvey(
      kernel: kernel, variants: variants, executor: options.executor, workers: counts,
      tasks: options.tasks ?? Options.defaultTasks,
      size: options.size ?? kernel.work.defaultSize ?? 1,
      rounds: options.rounds ?? Options.defaultRounds)
  }

  private func measureHandoff(_ kernel: AnyKernel) throws(MeasurementError) {
    defer { session.runner.releaseInputs(of: kernel.name) }
    let size = options.size ?? kernel.work.defaultSize ?? 1
    let proven = try session.prove(
      kernel, variants: Self.selectedVariants(kernel, options), size: size)
    guard !proven.isEmpty else { return }
    let survey = handoff(kernel, proven)
    let startup = try session.runner.inputSeconds(survey.table.arms[0])
    if !session.record.workloads.contains(where: { $0.kernel == kernel.name && $0.size == size }) {
      session.record.workloads.append(
        Record.Workload(
          kernel: kernel.name, work: kernel.work, size: size, tasks: survey.tasks,
          calibration: nil, inputSeconds: startup))
    }
    // Tables are made of whatever was measured, also after an interruption.
    defer {
      let series = session.record.series
      session.record.handoff = survey.rows(
        series.filter { $0.group == survey.table.id }, startupSeconds: startup)
      session.record.comparisons += survey.comparisons(
        series.filter { $0.group == survey.constantCost.id }, Tables(session.record))
    }
    try session.measure(survey.table)
    try session.measure(survey.constantCost)
  }
}
