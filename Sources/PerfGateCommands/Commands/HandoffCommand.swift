import PerfGate

extension MeasuringCommand {
  /// Measures handing the long string to workers.
  func measureHandoff() throws(MeasurementError) {
    for kernel in kernels { try measureHandoff(kernel) }
  }

  /// What the hand-off tables will measure.
  func handoff(_ kernel: AnyKernel, _ variants: [AnyKernel.VariantInfo]) -> HandoffSurvey {
    HandoffSurvey(
      kernel: kernel, variants: variants, executors: handoffExecutors, workers: counts,
      tasks: options.tasks ?? Options.defaultTasks,
      size: options.size ?? kernel.work.defaultSize ?? 1,
      rounds: options.rounds ?? Options.defaultRounds)
  }

  func measureHandoff(_ kernel: AnyKernel) throws(MeasurementError) {
    defer { session.runner.releaseInputs(of: kernel.name) }
    let size = options.size ?? kernel.work.defaultSize ?? 1
    // Without a program that can be a worker, there are no processes to send messages to.
    let variants = Self.selectedVariants(kernel, options).filter { variant in
      variant.messageWay == nil || handoffExecutors.contains(ExecutorName.process)
    }
    let proven = try session.prove(kernel, variants: variants, size: size)
    guard !proven.isEmpty else { return }
    let survey = handoff(kernel, proven)
    let startup = try session.runner.inputSeconds(survey.tables[0].arms[0])
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
        series.filter { one in survey.tables.contains { $0.id == one.group } },
        startupSeconds: startup)
      session.record.comparisons += survey.comparisons(
        series.filter { $0.group == survey.constantCost.id }, Tables(session.record))
    }
    for table in survey.tables {
      announce(survey.estimatedSeconds(ofCopiesIn: table), "handing over copies")
      try session.measure(table)
    }
    try session.measure(survey.constantCost)
    try session.measureMemory(of: survey.tables)
  }

  /// The executors that hand the string over: in this command also processes, unless some were chosen.
  private var handoffExecutors: [String] {
    let isChosen = options.namesExecutors || command != .handoff || workerProgram == nil
    return isChosen ? options.executors : options.executors + [ExecutorName.process]
  }
}
