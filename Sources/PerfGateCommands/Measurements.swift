import PerfGate
import PerfGateStatistics

extension MeasuringCommand {
  /// The whole catalog: its claims, curves of compute kernels, comparisons of all, handing over.
  func measureAll() throws(MeasurementError) {
    try judgeClaims()
    for kernel in kernels {
      let isCurve = kernel.work.bytesPerUnit == 0 && kernel.work.growth == .linear
      try measureRest(kernel, workers: isCurve ? counts : singleCounts(kernel), isCurve: isCurve)
    }
    for kernel in Command.handoff.kernels(among: kernels, named: false) {
      try measureHandoff(kernel, workers: counts)
    }
  }

  /// Each kernel on one worker, variant beside variant, and the claims about that.
  func measureComparisons() throws(MeasurementError) {
    try judgeClaims()
    for kernel in kernels {
      try measureRest(kernel, workers: options.workers ?? singleCounts(kernel), isCurve: false)
    }
  }

  /// The claims that were selected, nothing else.
  func judgeClaims() throws(MeasurementError) {
    guard !claims.isEmpty else { return }
    var gate = workplace.gateOptions(options)
    gate.baselines = baselines
    try session.judge(claims, catalog: catalog, machine: workplace.machine, options: gate)
  }

  /// Measures for tables what the claims' rounds do not tell already.
  private func measureRest(
    _ kernel: AnyKernel, workers: [Int], isCurve: Bool
  ) throws(MeasurementError) {
    let group = "claims \(kernel.name)"
    // On a busy machine most of a claim's rounds are dropped: a table wants some all the same.
    let known =
      options.namesTables
      ? []
      : session.record.series.filter {
        $0.group == group && $0.seconds.count >= Survey.slowRounds
      }
    var rest = Self.selectedVariants(kernel, options)
    rest.removeAll { variant in
      workers.allSatisfy { count in
        known.contains {
          $0.variant == variant.name && $0.workers == count && !$0.id.contains("@")
        }
      }
    }
    if rest.count < kernel.variants.count, !known.isEmpty {
      finish(kernel, groups: [group], isCurve: isCurve && rest.isEmpty)
    }
    // A curve needs its variants side by side.
    if isCurve, !rest.isEmpty { rest = Self.selectedVariants(kernel, options) }
    if !rest.isEmpty { try measure(kernel, rest, workers: workers, isCurve: isCurve) }
  }

  /// Each kernel over the worker counts.
  func measureScaling() throws(MeasurementError) {
    for kernel in kernels {
      try measure(kernel, Self.selectedVariants(kernel, options), workers: counts, isCurve: true)
    }
  }

  /// The long string handed to workers.
  func measureHandoff() throws(MeasurementError) {
    for kernel in kernels { try measureHandoff(kernel, workers: counts) }
  }

  /// One worker; two as well where the executor's own cost is what is measured.
  private func singleCounts(_ kernel: AnyKernel) -> [Int] {
    isExecutorCost(kernel) && workplace.machine.allowed.workers >= 2 ? [1, 2] : [1]
  }

  /// A kernel of constant work without an input is measured for what the executor costs.
  private func isExecutorCost(_ kernel: AnyKernel) -> Bool {
    kernel.work.growth == .constant && (kernel.work.defaultSize ?? 1) <= 1
  }

  private func measure(
    _ kernel: AnyKernel, _ variants: [AnyKernel.VariantInfo], workers: [Int], isCurve: Bool
  ) throws(MeasurementError) {
    defer { session.runner.releaseInputs(of: kernel.name) }
    guard let survey = try survey(kernel, variants, workers: workers) else { return }
    var groups = survey.groups(isCurve ? "scale" : "compare")
    if isExecutorCost(kernel), !groups.isEmpty {
      groups[0].arms += workers.map {
        Arm(
          kernel: kernel.name, variant: "counter", executor: PoolRunner.tickets, workers: $0,
          tasks: survey.tasks, size: survey.size)
      }
    }
    let cpus = max(1, Set(session.record.plan.cpus).count)
    announce(survey.estimatedSeconds(groups, cpus: cpus), groups[0].id)
    markSpecial(&groups)
    defer { finish(kernel, groups: groups.map(\.id), isCurve: isCurve) }
    for group in groups { try session.measure(group) }
  }

  /// Two series of one run have two ids, also when an arm is measured for claims and for a table.
  private func markSpecial(_ groups: inout [RoundGroup]) {
    let taken = Set(session.record.series.map(\.id))
    for group in groups.indices {
      for arm in groups[group].arms.indices where taken.contains(groups[group].arms[arm].id) {
        groups[group].arms[arm].isSpecial = true
      }
    }
  }

  /// Tables are made of whatever was measured, also after an interruption.
  private func finish(_ kernel: AnyKernel, groups: [String], isCurve: Bool) {
    let series = session.record.series.filter { groups.contains($0.group) }
    session.record.comparisons += Tables.twinComparisons(series, of: kernel)
    if isExecutorCost(kernel) {
      session.record.comparisons += Tables.executorCosts(series, of: kernel)
    }
    guard isCurve, let group = groups.first else { return }
    session.record.scaling += Tables.curves(series, of: kernel, group: group)
  }

  /// Proves the variants, finds the size, and takes the pace of each variant.
  private func survey(
    _ kernel: AnyKernel, _ variants: [AnyKernel.VariantInfo], workers: [Int]
  ) throws(MeasurementError) -> Survey? {
    let tasks = options.tasks ?? defaultTasks(kernel)
    var calibration: Calibration?
    var size = options.size ?? kernel.work.defaultSize ?? 1
    if options.size == nil, kernel.work.growth == .linear,
      kernel.work.defaultSize == nil || options.taskSeconds != nil
    {
      let wanted = options.taskSeconds ?? Options.defaultTaskSeconds
      let found = try session.calibrate(
        kernel, seconds: wanted, maximumSize: largestSize(kernel))
      calibration = found
      size = found.size
    }
    // Who is slow, is so beside all that were asked for.
    let proven = try session.prove(
      kernel, variants: Self.selectedVariants(kernel, options), size: size)
    let measured = variants.filter(proven.contains)
    guard !measured.isEmpty else { return nil }
    var pace: [String: Double] = [:]
    for variant in proven {
      pace[variant.name] = try session.pace(kernel, variant, size: size)
    }
    let arm = Arm(
      kernel: kernel.name, variant: proven[0].name, workers: 1, tasks: 1, size: size)
    if !session.record.workloads.contains(where: { $0.kernel == kernel.name && $0.size == size }) {
      session.record.workloads.append(
        Record.Workload(
          kernel: kernel.name, work: kernel.work, size: size, tasks: tasks,
          calibration: calibration, inputSeconds: try session.runner.inputSeconds(arm)))
    }
    if let calibration, !calibration.isWithinTolerance {
      session.record.notes.append(
        Record.Note(
          code: "calibration",
          text: "the size of \(kernel.name) is off: one task lasts \(calibration.taskSeconds) s, "
            + "\(calibration.wantedSeconds) s were wanted; give --size"))
    }
    return Survey(
      kernel: kernel, variants: measured, workers: workers, tasks: tasks, size: size,
      rounds: options.rounds ?? Options.defaultRounds, taskSeconds: pace)
  }

  private func defaultTasks(_ kernel: AnyKernel) -> Int {
    kernel.work.growth == .constant ? Options.manyTasks : Options.defaultTasks
  }

  /// The largest size whose input takes no more than half of the memory.
  private func largestSize(_ kernel: AnyKernel) -> Int {
    let perUnit = kernel.inputBytes(1 << 20) >> 20
    guard perUnit > 0, let available = AvailableMemory.bytes() else { return 1 << 45 }
    return available / 2 / perUnit
  }

  private func measureHandoff(
    _ kernel: AnyKernel, workers: [Int]
  ) throws(MeasurementError) {
    defer { session.runner.releaseInputs(of: kernel.name) }
    let size = options.size ?? kernel.work.defaultSize ?? 1
    let proven = try session.prove(
      kernel, variants: Self.selectedVariants(kernel, options), size: size)
    guard !proven.isEmpty else { return }
    let survey = HandoffSurvey(
      kernel: kernel, variants: proven, workers: workers,
      tasks: options.tasks ?? Options.defaultTasks, size: size,
      rounds: options.rounds ?? Options.defaultRounds)
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
        series.filter { $0.group == survey.flatness.id })
    }
    try session.measure(survey.table)
    try session.measure(survey.flatness)
  }
}
