import PerfGate
import PerfGateWorkers
import PerfGateMachine

/// What the tables of one kernel will measure, decided before any of their rounds.
struct TablePlan {
  /// The kernel's variants, its size, and how fast they are.
  var survey: Survey
  /// How the size was found; `nil` if the user gave it.
  var calibration: Calibration?
  /// Whether the table is a curve over worker counts.
  var isCurve: Bool

  var groups: [RoundGroup] { survey.groups(isCurve ? .scale : .compare) }
}

extension MeasuringCommand {
  /// A table to make.
  struct WantedTable {
    var kernel: AnyKernel
    var workers: [Int]
    var part: TablePart
    var isCurve: Bool { part == .curve }
  }

  /// Which variants a table has.
  enum TablePart {
    /// All, and the limits of those that have some.
    case all
    /// Those whose tasks are done one by one, over worker counts.
    case curve
    /// All, if some of them do several tasks at a time.
    case batches
  }

  /// Proves, sizes and times the variants of all tables, so that the command can announce how long
  /// they will take.
  ///
  /// Frees each input again: those of all kernels together may not fit into memory.
  func plan(_ tables: [WantedTable]) throws(MeasurementError) -> [TablePlan] {
    var plans: [TablePlan] = []
    for table in tables {
      defer { session.runner.releaseInputs(of: table.kernel.name) }
      let sibling = plans.first { $0.survey.kernel.name == table.kernel.name }
      try unlessUnproven { () throws(MeasurementError) in
        if let plan = try plan(table, beside: sibling) { plans.append(plan) }
      }
    }
    return plans
  }

  /// - Parameter sibling: another table of the same kernel, whose tasks have the same size.
  private func plan(
    _ table: WantedTable, beside sibling: TablePlan?
  ) throws(MeasurementError) -> TablePlan? {
    let kernel = table.kernel
    let variants = Self.tableVariants(kernel, options, table.part)
    if variants.isEmpty {
      guard sibling == nil else { return nil }
      noteNothing(
        "in the table of \(kernel.name): variants that are sent messages are in those of handoff only"
      )
      return nil
    }
    var calibration = sibling?.calibration
    var size = sibling?.survey.size ?? options.size ?? kernel.work.defaultSize ?? 1
    if sibling == nil, options.size == nil, kernel.work.growth == .linear,
      kernel.work.defaultSize == nil || options.taskSeconds != nil
    {
      let wanted = options.taskSeconds ?? Options.defaultTaskSeconds
      session.runner.allow(taskSeconds: wanted)
      announce(6 * wanted, "finding the size of \(kernel.name)")
      let found = try session.calibrate(
        kernel, seconds: wanted, maximumSize: largestSize(kernel))
      calibration = found
      size = found.size
    }
    // Which variant is slow is judged among all requested variants, not only those of this table.
    let proven = try session.prove(
      kernel, variants: variants, size: size)
    guard !proven.isEmpty else { return nil }
    var pace: [String: Double] = [:]
    for variant in proven {
      pace[variant.name] = try session.runner.pace(kernel, variant, size: size)
    }
    var survey = Survey(
      kernel: kernel, variants: proven, executors: options.executors, workers: table.workers,
      tasks: options.tasks ?? defaultTasks(table, proven), size: size,
      rounds: options.rounds ?? Options.defaultRounds, taskSeconds: pace)
    survey.isWeak = options.weak
    return TablePlan(survey: survey, calibration: calibration, isCurve: table.isCurve)
  }

  private func defaultTasks(_ table: WantedTable, _ variants: [AnyKernel.VariantInfo]) -> Int {
    let kernel = table.kernel
    // Of fewer tasks than each worker does at a time, more workers get less out of each.
    let batches = variants.compactMap(\.batch)
    if table.isCurve, batches.count == variants.count, let most = batches.max() {
      return most * (options.weak ? 1 : table.workers.max() ?? 1)
    }
    guard kernel.work.growth == .constant else { return Options.defaultTasks }
    // Other executors take up to a thousand times as long for an empty task as the pool.
    let usual =
      options.executors == [ExecutorName.pool] ? Options.manyTasks : Options.fewerTasks
    // With weak scaling each worker has as many.
    let most = options.weak ? Executors.maximumTasks / (table.workers.max() ?? 1) : usual
    return min(usual, most)
  }

  /// The largest size whose input fits into half of the available memory.
  private func largestSize(_ kernel: AnyKernel) -> Int {
    let perUnit = kernel.inputBytes(1 << 20) >> 20
    guard perUnit > 0, let available = AvailableMemory.bytes() else { return 1 << 45 }
    return available / 2 / perUnit
  }

  /// Refuses a size at which one task would take longer than an hour, and announces long tasks.
  ///
  /// - Throws: ``MeasurementError/tooLong(_:)``, before such a task is run.
  func checkTaskSeconds() throws(MeasurementError) {
    // Other languages have a size of their own each.
    guard let size = options.size, command != .peers else { return }
    for kernel in kernels where kernel.work.growth == .linear {
      defer { session.runner.releaseInputs(of: kernel.name) }
      var variants = Self.tableVariants(kernel, options)
      if let reference = kernel.reference, !variants.contains(reference) {
        variants.append(reference)
      }
      for variant in variants {
        guard let seconds = try session.expectedSeconds(kernel, variant, size: size) else {
          continue
        }
        guard seconds <= Options.mostTaskSeconds else {
          throw .tooLong(
            LongTask(
              kernel: kernel.name, variant: variant.name, size: size, seconds: seconds,
              mostSeconds: Options.mostTaskSeconds))
        }
        session.runner.allow(taskSeconds: seconds)
        announce(seconds, "one task of \(kernel.name)/\(variant.name) at size \(size)")
      }
    }
  }

  /// Announces how long the tables will take, and how long the claims can take at most.
  ///
  /// - Parameter isWholeRun: `true` always announces it; `false` only if the tables take long.
  func report(_ plans: [TablePlan], isWholeRun: Bool) {
    let cpus = max(1, Set(session.record.plan.cpus).count)
    let tables = plans.reduce(0) { $0 + $1.survey.estimatedSeconds($1.groups, cpus: cpus) }
    guard isWholeRun else {
      let name = plans.count == 1 ? plans[0].groups.first?.id.description : nil
      return announce(tables, name ?? "the tables")
    }
    let handoff = Command.handoff.kernels(among: kernels, named: false).compactMap { kernel in
      plans.first { $0.survey.kernel.name == kernel.name }?.survey
    }.reduce(0) {
      $0
        + self.handoff($1.kernel, $1.variants).estimatedSeconds(
          taskSeconds: $1.taskSeconds, cpus: cpus)
    }
    let most = gateOptions.mostSeconds(claims, catalog: catalog)
    let time = "will take about \(Self.time(tables + handoff))"
    say(
      most.claims == 0
        ? "the tables \(time)"
        : "\(most.claims) claims will take \(Self.time(most.seconds)) at most, the tables \(time)")
  }

  /// `45 s`, `12 min`, `3 h`.
  static func time(_ seconds: Double) -> String { LongTask.time(seconds) }
}
