import PerfGateModel

/// The article's first pictures: how much one thread does in a second, in each language or variant.
enum SingleThreadFigures {
  /// More kernels than this are left out.
  private static let mostKernels = 24

  static func figures(_ pair: ReportedPair) -> [Figure] {
    let own = values(pair.own)
    let others = pair.others.flatMap { other in
      values(other).map { group in
        var group = group
        group.values = group.values.map { $0.of(other.label(beside: pair.own)) }
        return group
      }
    }
    var figures: [Figure] = []
    for group in own.prefix(mostKernels) {
      let beside = others.filter { $0.kernel == group.kernel && $0.measure == group.measure }
        .flatMap(\.values)
      let isConstant = group.measure == constant
      let isWide = isConstant && BarFigures.areWide(group.values + beside)
      let bars = BarFigures(
        title: "\(group.kernel): one thread",
        note: group.measure + (isWide ? " Logarithmic scale." : ""), unit: group.unit,
        largest: isConstant ? "the slowest" : "the fastest", isLogarithmic: isWide)
      figures += bars.figures(group.values, beside: beside, pair)
    }
    return Figure.leavingOut(own.count - mostKernels, "kernels", of: own.count, figures)
  }

  private struct Group {
    var kernel: String
    var measure: String
    var unit: TickText.Unit
    var values: [NamedValue]
  }

  private static let constant =
    "Time of a task, which does not depend on its size; shorter is faster."

  private static func values(_ report: ReportedRecord) -> [Group] {
    peers(report) + (report.record.revisions == nil ? variants(report) : [])
  }

  private static func measure(_ unit: String) -> String {
    "\(unit.prefix(1).uppercased())\(unit.dropFirst())s in a second; longer is faster."
  }

  private static func peers(_ report: ReportedRecord) -> [Group] {
    var groups: [Group] = []
    var known: [String: Int] = [:]
    let units = Dictionary(
      report.record.workloads.map { ($0.kernel, $0.unit) }, uniquingKeysWith: { first, _ in first })
    for row in report.record.peers {
      guard let time = row.nanosecondsPerIteration, time > 0 else { continue }
      let name = row.variant.hasSuffix(".scalar") ? row.runtime : row.variant
      let value = NamedValue(
        key: name, label: row.version.isEmpty ? name : "\(name) \(row.version)",
        value: 1e9 / time, interval: nil, text: each(time))
      if let index = known[row.kernel] {
        groups[index].values.append(value)
      } else {
        known[row.kernel] = groups.count
        groups.append(
          Group(
            kernel: row.kernel, measure: measure(units[row.kernel] ?? "iteration"), unit: .number,
            values: [value]))
      }
    }
    return groups
  }

  private static func variants(_ report: ReportedRecord) -> [Group] {
    let peers = Set(report.record.peers.filter { $0.nanosecondsPerIteration != nil }.map(\.kernel))
    let byKernel = Dictionary(
      grouping: report.record.series.filter(isSingleThread), by: \.kernel)
    var groups: [Group] = []
    var seen: Set<String> = []
    // Claims and tables may have measured different sizes; the table's comes last.
    let last = report.record.workloads.reversed().filter { seen.insert($0.kernel).inserted }
    for workload in last.reversed() where !peers.contains(workload.kernel) {
      let series = chosen(byKernel[workload.kernel] ?? [], workload)
      let values = series.compactMap { value($0, workload, report) }
      guard !values.isEmpty else { continue }
      let words =
        workload.isConstant
        ? constant
        : workload.bytesPerUnit > 0
          ? "GB in a second; longer is faster." : measure(workload.unit)
      groups.append(
        Group(
          kernel: workload.kernel, measure: words, unit: workload.isConstant ? .seconds : .number,
          values: values))
    }
    return groups
  }

  /// `6.554 ns each`.
  private static func each(_ nanoseconds: Double) -> String {
    (1e-3..<1e6).contains(nanoseconds)
      ? "\(Format.shown(nanoseconds, 3)) ns each"
      : "\(TickText.text(nanoseconds * 1e-9, .seconds)) each"
  }

  private static func isSingleThread(_ one: Series) -> Bool {
    one.workers == 1 && one.executor != ExecutorName.tickets && one.key.stage == .first
      && one.counts == nil && one.group.purpose != .handoff && one.group.purpose != .peers
      && !one.seconds.isEmpty
  }

  /// One series for each variant, preferably at the workload's size, and preferably a table's own.
  private static func chosen(_ all: [Series], _ workload: Record.Workload) -> [Series] {
    struct Arm: Hashable { var variant, executor: String }
    var taken: Set<Arm> = []
    let same = all.filter { $0.size == workload.size }
    return (same.filter(\.key.isPlain) + same + all.filter(\.key.isPlain)).filter {
      taken.insert(Arm(variant: $0.variant, executor: $0.executor)).inserted
    }
  }

  private static func value(
    _ series: Series, _ workload: Record.Workload, _ report: ReportedRecord
  ) -> NamedValue? {
    guard let (seconds, interval) = series.taskTime, seconds > 0 else { return nil }
    let name = report.index.name(series)
    if workload.isConstant {
      return NamedValue(
        key: name, label: name, value: seconds, interval: interval, text: Format.seconds(seconds))
    }
    let size = Double(max(series.size, 1))
    let (amount, text) =
      workload.bytesPerUnit > 0
      ? (
        size * Double(workload.bytesPerUnit) * 1e-9,
        "\(Format.shown(size * Double(workload.bytesPerUnit) * 1e-9 / seconds, 2)) GB/s"
      )
      : (size, each(seconds / size * 1e9))
    return NamedValue(
      key: name, label: name, value: amount / seconds,
      interval: interval.map { [amount / $0[1], amount / $0[0]] }, text: text)
  }
}
