import PerfGate

extension MeasuringCommand {
  /// Measures handing the long string to workers.
  func measureHandoff() throws(MeasurementError) {
    for kernel in kernels { try measureHandoff(kernel) }
  }

  /// What the hand-off tables will measure.
  func handoff(_ kernel: AnyKernel, _ variants: [AnyKernel.VariantInfo]) -> HandoffSurvey {
    HandoffSurvey(
      kernel: kernel, variants: variants, executors: options.executors, workers: counts,
      tasks: options.tasks ?? Options.defaultTasks,
      size: options.size ?? kernel.work.defaultSize ?? 1,
      rounds: options.rounds ?? Options.defaultRounds)
  }

  func measureHandoff(_ kernel: AnyKernel) throws(MeasurementError) {
    defer { session.runner.releaseInputs(of: kernel.name) }
    session.runner.watchMemory()
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
    // Even after an interruption, tables are made of everything that was measured.
    defer {
      let series = session.record.series
      session.record.handoff += survey.rows(
        series.filter { $0.group == survey.table.id }, startupSeconds: startup)
      session.record.comparisons += survey.comparisons(
        series.filter { $0.group == survey.constantCost.id }, Tables(session.record))
    }
    try session.measure(survey.table)
    try session.measure(survey.constantCost)
  }
}
