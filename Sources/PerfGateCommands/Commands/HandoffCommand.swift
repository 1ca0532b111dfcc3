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
    guard let first = survey.tables.first?.arms.first else {
      return noteNothing(
        "handed over of \(kernel.name): messages go to executor process only, and all else to others"
      )
    }
    let startup = try session.runner.inputSeconds(first)
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
    if options.firstAndRest { try measureFirst(of: survey.firstMessages) }
  }

  /// Measures the first message of new processes against those after it.
  func measureFirst(of arms: [(case: String, arm: Arm)]) throws(MeasurementError) {
    let starts = options.rounds ?? Options.defaultRounds
    for (name, arm) in arms {
      say("the first of \(Self.messages) messages, \(name) on \(arm.executor), \(starts) times")
      var messages: [[Double]] = []
      for _ in 0..<starts {
        guard let samples = try session.runner.firstRuns(of: arm, Self.messages) else {
          session.record.notes.append(
            Record.Note(
              code: "one-process",
              text: "no first messages: all rounds are of one process, where it has long passed"))
          return
        }
        messages.append(samples.map(\.seconds))
      }
      let row = FirstMessageRow(
        case: name, executor: arm.executor, size: arm.size, messages: messages)
      if let row { session.record.firstMessages.append(row) }
    }
  }

  /// Notes why a table is empty that was asked for.
  func noteNothing(_ what: String) {
    session.record.notes.append(Record.Note(code: "nothing", text: "nothing is \(what)"))
  }

  /// How many messages are sent to show the first of them.
  private static let messages = 8

  /// The executors that hand the string over: in this command also processes, unless some were chosen.
  private var handoffExecutors: [String] {
    let isChosen = options.namesExecutors || command != .handoff || workerProgram == nil
    return isChosen ? options.executors : options.executors + [ExecutorName.process]
  }
}
