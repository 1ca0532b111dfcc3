import PerfGate
import PerfGateStatistics

extension MeasuringCommand {
  /// Measures what the tables need beyond the rounds of the claims.
  func measureRest(_ plan: TablePlan) throws(MeasurementError) {
    let (kernel, workers, isCurve) = (plan.survey.kernel, plan.survey.workers, plan.isCurve)
    let group = GroupKey.claims(of: kernel.name)
    // On a busy machine most rounds of a claim are dropped, but a table needs some rounds anyway.
    let known =
      options.namesTables
      ? []
      : session.record.series.filter {
        $0.group == group && $0.seconds.count >= Survey.slowRounds
      }
    let all = plan.survey.variants
    var rest = all
    rest.removeAll { variant in
      workers.allSatisfy { count in
        options.executors.allSatisfy { executor in
          known.contains {
            $0.variant == variant.name && $0.workers == count && $0.executor == executor
              && $0.key.isPlain
          }
        }
      }
    }
    if rest.count < all.count, !known.isEmpty {
      finish(kernel, groups: [group], isCurve: isCurve && rest.isEmpty)
    }
    // A curve needs all its variants in the same rounds, and so does a share of a limit.
    if !rest.isEmpty, isCurve || all.contains(where: \.isLimit) { rest = all }
    var plan = plan
    plan.survey.variants.removeAll { !rest.contains($0) }
    if !plan.survey.variants.isEmpty { try measure(plan) }
  }

  /// One worker, and also two if the table measures the executor's own cost.
  func singleCounts(_ kernel: AnyKernel) -> [Int] {
    kernel.isExecutorCost && environment.allowedWorkers(options) >= 2 ? [1, 2] : [1]
  }

  func measure(_ plan: TablePlan) throws(MeasurementError) {
    let (survey, kernel) = (plan.survey, plan.survey.kernel)
    defer { session.runner.releaseInputs(of: kernel.name) }
    try describe(plan)
    var groups = plan.groups
    // The price of the ranks' counter is in a note.
    if kernel.isExecutorCost, !groups.isEmpty, !options.usesRanks {
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
    if kernel.isExecutorCost { try measureStartup(workers: survey.workers.last ?? 1) }
  }

  /// How long each executor takes to start with this many workers.
  private func measureStartup(workers: Int) throws(MeasurementError) {
    for executor in options.executors {
      var seconds: [Double] = []
      for _ in 0..<Self.startups {
        if let one = try session.runner.startupSeconds(ofExecutor: executor, workers: workers) {
          seconds.append(one)
        }
      }
      guard let middle = median(seconds) else { continue }
      session.record.executors.append(
        ExecutorRow(executor: executor, workers: workers, startupSeconds: middle))
    }
  }

  /// How many processes an executor starts in to show how long that takes.
  private static let startups = 5

  /// Gives each series of a run an id of its own, even if an arm is measured for claims and for a table.
  func markSpecial(_ groups: inout [RoundGroup]) {
    let taken = Set(session.record.series.map(\.key))
    for group in groups.indices {
      for arm in groups[group].arms.indices where taken.contains(groups[group].arms[arm].key) {
        groups[group].arms[arm].isSpecial = true
      }
    }
  }

  /// Makes tables of everything that was measured, even after an interruption.
  func finish(_ kernel: AnyKernel, groups: [GroupKey], isCurve: Bool) {
    defer { keepRecord() }
    let series = session.record.series.filter { groups.contains($0.group) }
    let tables = Tables(session.record)
    session.record.comparisons += tables.variantComparisons(series, of: kernel)
    session.record.comparisons += tables.executorComparisons(
      series, of: kernel, executors: options.executors)
    if kernel.isExecutorCost {
      session.record.comparisons += tables.executorCosts(series, of: kernel)
    }
    guard isCurve, let group = groups.first else { return }
    session.record.scaling += tables.curves(series, of: kernel, group: group)
  }

  /// Adds to the record what one task of the kernel does.
  func describe(_ plan: TablePlan) throws(MeasurementError) {
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
            + "not \(calibration.wantedSeconds) s as requested; choose a size with --size"))
    }
  }
}

extension AnyKernel {
  /// Whether it measures what the executor costs: its work is constant and has no input.
  var isExecutorCost: Bool { work.growth == .constant && (work.defaultSize ?? 1) <= 1 }
}
