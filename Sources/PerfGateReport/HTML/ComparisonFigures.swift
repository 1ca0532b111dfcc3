import PerfGateModel

/// Ratios of two times: variants and their twins, executors, long and short inputs, revisions.
enum ComparisonFigures {
  static func variants(_ pair: ReportedPair) -> [Figure] {
    let report = pair.own
    guard report.record.revisions == nil else { return [] }
    var twins: [IntervalChart.Row] = []
    var sizes: [IntervalChart.Row] = []
    var shares: [IntervalChart.Row] = []
    for one in report.record.comparisons {
      guard let subject = report.index.series(one.subject),
        let reference = report.index.series(one.reference)
      else { continue }
      let interval = one.coverage > 0 ? one.interval : nil
      let workers = Format.workers(subject.workers)
      let name = "\(subject.kernel)/\(report.index.name(subject))"
      let text = Format.value(one.ratio, interval, (3, 3))
      if one.isOfLimit == true, one.ratio > 0 {
        shares.append(
          IntervalChart.Row(
            label: "\(name) of \(report.index.name(reference)) · \(workers)",
            estimate: 1 / one.ratio, interval: interval.map { [1 / $0[1], 1 / $0[0]] },
            text: Format.percent(1 / one.ratio)))
      } else if subject.size == reference.size {
        twins.append(
          IntervalChart.Row(
            label: "\(name) over \(report.index.name(reference)) · \(workers)", estimate: one.ratio,
            interval: interval, text: text))
      } else if subject.variant == reference.variant {
        sizes.append(
          IntervalChart.Row(
            label: "\(name): \(Format.count(subject.size)) over "
              + "\(Format.count(reference.size)) · \(workers)", estimate: one.ratio,
            interval: interval, text: text))
      }
    }
    return figure("Variants side by side", "Above 1 the first one is slower.", twins)
      + figure("Share of the limit", "1: all that the machine can do.", shares)
      + figure("A large task over a small one", "1: the size costs nothing.", sizes)
  }

  private static func figure(
    _ title: String, _ note: String, _ rows: [IntervalChart.Row]
  ) -> [Figure] {
    guard !rows.isEmpty else { return [] }
    let shown = Array(rows.prefix(BarFigures.most))
    let chart = IntervalChart(
      title: title,
      summary: shown.prefix(8).map { "\($0.label): \($0.text)" }.joined(separator: "; "),
      rows: shown)
    return [
      Figure(
        title: title, note: note, picture: chart.picture(),
        rest: Figure.leftOut(rows.count - shown.count, "comparisons", of: rows.count))
    ]
  }

  /// Each variant before and after, with the spread over layouts.
  static func revisions(_ record: Record) -> [Figure] {
    guard let both = record.revisions, !record.claims.isEmpty else { return [] }
    struct Sides: Hashable { var subject, reference: SeriesKey }
    let known = Dictionary(
      record.comparisons.map { (Sides(subject: $0.subject, reference: $0.reference), $0) },
      uniquingKeysWith: { first, _ in first })
    let rows = record.claims.compactMap { claim -> IntervalChart.Row? in
      guard let estimate = claim.estimate, let subject = claim.subject,
        let reference = claim.reference
      else { return nil }
      let spread = known[Sides(subject: subject, reference: reference)]?.layoutSpread
      let range = spread.map { spread in
        [estimate * exponential(-spread), estimate * exponential(spread)]
      }
      let layouts = spread.map { ", layouts ±\(Format.percent($0, 1))" } ?? ""
      return IntervalChart.Row(
        label: claim.id, estimate: estimate, interval: claim.interval, range: range,
        limit: claim.limit, text: Format.value(estimate, claim.interval, (3, 3)) + layouts,
        verdict: VerdictMark(claim.verdict.word))
    }
    guard !rows.isEmpty else { return [] }
    let shown = Array(rows.prefix(2 * BarFigures.most))
    let chart = IntervalChart(
      title: "Time after over time before", summary: "\(both.new.name) over \(both.old.name)",
      rows: shown)
    return [
      Figure(
        title: "\(both.new.name) over \(both.old.name)",
        note: "Dot and bar: the ratio and its interval. Pale box: one standard deviation over "
          + "layouts of the program. Red line: the limit.",
        picture: chart.picture(),
        rest: Figure.leftOut(rows.count - shown.count, "variants", of: rows.count))
    ]
  }
}

/// Executors side by side: how long they take to start, and a task on each of them.
enum ExecutorFigures {
  private static let mostCharts = 8

  static func figures(_ pair: ReportedPair) -> [Figure] {
    let record = pair.own.record
    let starts = record.executors.map { row in
      let workers = Format.workers(row.workers)
      return NamedValue(
        key: "\(row.executor) \(row.workers)", label: "\(row.executor) · \(workers)",
        value: row.startupSeconds, text: Format.seconds(row.startupSeconds))
    }
    let startup = BarFigures(
      title: "Executors: start-up", note: "Until all workers are ready. Logarithmic scale.",
      unit: .seconds, largest: "the slowest", isLogarithmic: true)
    return startup.figures(starts, beside: [], pair) + tasks(pair)
  }

  private static func tasks(_ pair: ReportedPair) -> [Figure] {
    struct Arm: Hashable {
      var kernel, variant: String
      var size: Int
    }
    let tables: [GroupKey.Purpose?] = [.scale, .compare, .handoff]
    var order: [Arm] = []
    var known: [Arm: [Series]] = [:]
    for one in pair.own.record.series
    where tables.contains(one.group.purpose) && one.key.stage == .first
      && ExecutorName.handsOut(one.executor) && one.counts == nil && !one.seconds.isEmpty
    {
      let arm = Arm(kernel: one.kernel, variant: one.variant, size: one.size)
      if known[arm] == nil { order.append(arm) }
      known[arm, default: []].append(one)
    }
    let charts = order.lazy.compactMap { arm -> Figure? in
      let series = known[arm] ?? []
      let byWorkers = Dictionary(grouping: series, by: \.workers).filter {
        Set($0.value.map(\.executor)).count > 1
      }
      guard let most = byWorkers.keys.max(), let shown = byWorkers[most] else { return nil }
      var taken: Set<String> = []
      let values = shown.filter { taken.insert($0.executor).inserted }.compactMap { one in
        one.taskTime.map {
          NamedValue(
            key: one.executor, label: one.executor, value: $0.seconds, interval: $0.interval,
            text: Format.seconds($0.seconds))
        }
      }
      let workers = Format.workers(most)
      let isWide =
        (values.map(\.value).max() ?? 1) > 20 * (values.map(\.value).min() ?? 1)
      let bars = BarFigures(
        title: "\(arm.kernel)/\(arm.variant) by executor",
        note: "Time of a task of size \(Format.count(arm.size)), \(workers)."
          + (isWide ? " Logarithmic scale." : ""),
        unit: .seconds, largest: "the slowest", isLogarithmic: isWide)
      return bars.figures(values, beside: [], pair).first
    }
    return Array(charts.prefix(mostCharts))
  }
}
