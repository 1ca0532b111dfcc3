import PerfGateModel

extension ConsoleReport {
  /// The article's first table, for each variant: size, time of a task, and time per unit or GB/s.
  static func singleThreadTables(_ index: RecordIndex) -> [TextTable] {
    let record = index.record
    var tables: [TextTable] = []
    // Two revisions have two times, in a table of their own.
    guard record.revisions == nil else { return [] }
    for (place, workload) in record.workloads.enumerated() {
      // Claims and tables may have measured different sizes; the table's comes last.
      let later = record.workloads[(place + 1)...]
      if later.contains(where: { $0.kernel == workload.kernel }) { continue }
      let series = singleThreadSeries(index, workload)
      guard !series.isEmpty else { continue }
      let speed = workload.bytesPerUnit > 0 ? "GB/s" : "ns per \(workload.unit)"
      // What a task asks for, where that was counted.
      let counted: [Counter] =
        series.contains { index.counts(of: $0.variant, in: $0.kernel) != nil }
        ? Counter.requests : []
      let hasLimits = series.contains { index.shareOfLimit($0) != nil }
      var columns: [(String, TextTable.Alignment)] = [
        ("\(workload.kernel)", .left), ("\(workload.unit)s", .right), ("time", .right),
        (workload.isConstant ? "ns per task" : speed, .right),
      ]
      if hasLimits { columns.append(("of limit", .right)) }
      columns += [("tasks", .right), ("rounds", .right)]
      columns += counted.map { ($0.noun, .right) }
      var table = TextTable(
        columns,
        expendable: ["rounds", "tasks", "\(workload.unit)s"] + counted.reversed().map(\.noun))
      for one in series {
        guard let seconds = Tables.secondsPerTask(one) else { continue }
        let units = Double(max(one.size, 1))
        let figure =
          workload.isConstant
          ? Format.shown(seconds * 1e9, 2)
          : workload.bytesPerUnit > 0
            ? Format.shown(units * Double(workload.bytesPerUnit) / seconds * 1e-9, 2)
            : Format.shown(seconds / units * 1e9, 3)
        let counts = index.counts(of: one.variant, in: one.kernel)
        var cells = [
          index.name(one), Format.count(one.size), Format.seconds(seconds), figure,
        ]
        if hasLimits {
          cells.append(index.shareOfLimit(one).map { Format.percent($0) } ?? "–")
        }
        cells += [Format.count(one.tasks), "\(one.seconds.count)"]
        cells += counted.map { counter in
          counts.map {
            Format.counted(Double($0.most[counter]), [Double($0.least[counter])])
          } ?? "–"
        }
        table.add(cells)
      }
      tables.append(table)
    }
    return tables
  }

  /// One series for each variant on one worker, preferably at the workload's size, and preferably a
  /// table's own.
  private static func singleThreadSeries(
    _ index: RecordIndex, _ workload: Record.Workload
  ) -> [Series] {
    let all = index.series(ofKernel: workload.kernel).filter {
      $0.workers == 1 && $0.executor != ExecutorName.tickets
        && $0.key.stage == .first && $0.counts == nil && $0.group.purpose != .handoff
        && $0.group.purpose != .peers
        && !$0.seconds.isEmpty
    }
    let same = all.filter { $0.size == workload.size }
    let own = same.filter(\.key.isPlain)
    var chosen: [Series] = []
    for series in own + same + all.filter(\.key.isPlain)
    where !chosen.contains(where: {
      $0.variant == series.variant && $0.executor == series.executor
    }) {
      chosen.append(series)
    }
    // In the order of a table's own rounds, which is that of the kernel; claims measure some of them.
    var places: [String: Int] = [:]
    for series in all where series.group.purpose != .claims {
      places[series.variant] = places[series.variant] ?? places.count
    }
    return chosen.enumerated().sorted {
      (places[$0.element.variant] ?? .max, $0.offset)
        < (places[$1.element.variant] ?? .max, $1.offset)
    }.map(\.element)
  }

  /// How much of what the machine can do at most a variant reaches, or how many times as fast it is as
  /// another, in words; empty where the ratio says enough.
  private static func meaning(_ one: Comparison, _ subject: Series) -> String {
    guard one.isOfLimit == true else {
      return fastRatios.contains(one.ratio) ? "\(Format.fixed(1 / one.ratio, 1)) times as fast" : ""
    }
    let cores = subject.workers == 1 ? "this core" : "these cores"
    return "\(Format.percent(1 / one.ratio, 0)) of what \(cores) can do"
  }

  /// Ratios that are easier to read the other way round.
  private static let fastRatios = 0.001...0.5

  /// The comparison of each variant with its twin, its limit and the reference.
  static func comparisonTable(_ index: RecordIndex) -> TextTable? {
    let record = index.record
    var table = TextTable(
      [
        ("subject", .left), ("reference", .left), ("workers", .right), ("ratio", .left),
        ("rounds", .right), ("", .left),
      ], sentence: 5, expendable: ["rounds", "reference", "workers"])
    // Those of two revisions have a table of their own.
    for one in record.comparisons where record.revisions == nil && !index.isRepeated(one) {
      guard let subject = index.series(one.subject), let reference = index.series(one.reference),
        subject.size == reference.size
      else { continue }
      // One round has no interval.
      let interval = one.coverage > 0 ? one.interval : nil
      let sure =
        one.coverage > 0 && one.coverage < Tables.confidence
        ? "\(Format.percent(one.coverage, 1)) interval" : ""
      let words = [meaning(one, subject), sure].filter { !$0.isEmpty }.joined(separator: ", ")
      table.add(
        "\(subject.kernel)/\(index.name(subject))", index.name(reference), "\(subject.workers)",
        Format.value(one.ratio, interval, (3, 3)), "\(one.rounds)", words)
    }
    return table.isEmpty ? nil : table
  }

  /// The time for the long string over that for the short one; 1 if handing it over copies nothing.
  static func flatnessTable(_ index: RecordIndex) -> TextTable? {
    var table = TextTable(
      [
        ("hand-off", .left), ("workers", .right), ("task at", .right), ("over task at", .right),
        ("ratio", .left),
      ], expendable: ["over task at", "task at", "workers"])
    for one in index.record.comparisons {
      guard let long = index.series(one.subject), let short = index.series(one.reference),
        long.variant == short.variant, long.size != short.size
      else { continue }
      table.add(
        "\(long.kernel)/\(index.name(long))", "\(long.workers)", Format.count(long.size),
        Format.count(short.size),
        Format.value(one.ratio, one.interval, (3, 3)))
    }
    return table.isEmpty ? nil : table
  }

  /// The article's third table: case, start-up, total and task time.
  static func handoffTable(_ record: Record) -> TextTable? {
    guard !record.handoff.isEmpty else { return nil }
    let hasMemory = record.handoff.contains { $0.peakBytes != nil }
    let executors = Set(record.handoff.compactMap(\.executor).filter(ExecutorName.handsOut))
    let isOfOneProgram = record.peers.isEmpty
    let hasExecutors = isOfOneProgram && executors.count > 1
    var table = TextTable(
      [("case", .left)] + (hasExecutors ? [("executor", .left)] : []) + [
        ("workers", .right), ("start-up (s)", .right), ("total (s)", .right),
        ("task (s)", .right),
      ] + (hasMemory ? [("memory (MB)", .right)] : []),
      expendable: ["memory (MB)", "start-up (s)", "total (s)"])
    let (startup, total, task) = (
      Format.digits(record.handoff.map(\.startupSeconds), atLeast: 6),
      Format.digits(record.handoff.map(\.totalSeconds), atLeast: 6),
      Format.digits(record.handoff.map(\.taskSeconds), atLeast: 9)
    )
    for row in record.handoff {
      let executor = row.executor.flatMap { ExecutorName.handsOut($0) ? $0 : nil } ?? "-"
      let cells =
        [row.case] + (hasExecutors ? [executor] : []) + [
          row.workers == 0 ? "-" : "\(row.workers)",
          Format.shown(row.startupSeconds, startup), Format.shown(row.totalSeconds, total),
          Format.shown(row.taskSeconds, task),
        ]
      let memory = row.peakBytes.map { Format.count($0 / 1_000_000) } ?? "-"
      table.add(cells + (hasMemory ? [memory] : []))
    }
    return table
  }
}
