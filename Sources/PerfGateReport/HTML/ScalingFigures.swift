import PerfGateModel

/// Curves over numbers of workers: the article's time and improvement, speedup, and what explains it.
struct ScalingFigures {
  /// More lines than this are not told apart.
  private static let mostLines = 6
  /// More kernels than this are left out.
  private static let mostKernels = 12
  /// Times that differ by more than this are shown relative to the first point.
  private static let comparable = 3.0

  let pair: ReportedPair

  static func figures(_ pair: ReportedPair) -> [Figure] {
    let own = Dictionary(grouping: pair.own.record.scaling, by: \.kernel)
    let others = Dictionary(
      grouping: pair.others.flatMap { other in other.record.scaling.map { (other, $0) } },
      by: \.1.kernel)
    var kernels: [String] = []
    var seen: Set<String> = []
    for curve in pair.own.record.scaling where seen.insert(curve.kernel).inserted {
      kernels.append(curve.kernel)
    }
    let ceiling = pair.own.record.ceilingCurve
    let figures = kernels.prefix(mostKernels).flatMap { kernel in
      ScalingFigures(pair: pair).figures(
        kernel, own[kernel] ?? [], others[kernel] ?? [], ceiling)
    }
    return Figure.leavingOut(
      kernels.count - mostKernels, "kernels", of: kernels.count, figures)
  }

  /// A curve with its name and its place among the colors.
  private struct Named {
    var curve: ScalingCurve
    var label: String
    var index: Int
    var isOther: Bool
  }

  private func figures(
    _ kernel: String, _ own: [ScalingCurve], _ others: [(ReportedRecord, ScalingCurve)],
    _ ceiling: ScalingCurve?
  ) -> [Figure] {
    var curves = own.prefix(Self.mostLines).enumerated().map { index, curve in
      Named(
        curve: curve, label: pair.own.index.variant(curve.variant, of: kernel, on: curve.executor),
        index: index, isOther: false)
    }
    for (offset, (report, curve)) in others.prefix(Self.mostLines).enumerated() {
      let name = report.index.variant(curve.variant, of: kernel, on: curve.executor)
      let same = curves.first { !$0.isOther && $0.label == name }
      curves.append(
        Named(
          curve: curve, label: "\(name) · \(report.label(beside: pair.own))",
          index: same?.index ?? own.count + offset, isOther: true))
    }
    let rest = Figure.leftOut(own.count - Self.mostLines, "curves", of: own.count)
    return [time(kernel, curves, rest)] + [speedup(kernel, curves, ceiling, rest)]
      + serialPart(kernel, curves, rest)
  }

  // MARK: - Time

  private func time(_ kernel: String, _ curves: [Named], _ rest: String) -> Figure {
    let seconds = curves.flatMap { $0.curve.points.map(\.seconds) }
    let firsts = curves.compactMap { $0.curve.points.first?.seconds }
    let isRelative =
      curves.contains(where: \.isOther)
      && (firsts.max() ?? 1) > Self.comparable * (firsts.min() ?? 1)
    let isWeak = curves.contains(where: \.curve.isWeak)
    var lines: [LineChart.Line] = []
    for one in curves {
      let unit = isRelative ? (one.curve.points.first?.seconds ?? 1) / 100 : 1
      lines.append(
        LineChart.Line(
          label: one.label,
          points: one.curve.points.map {
            LineChart.Point(
              x: Double($0.workers), y: $0.seconds / unit,
              hover: "\(one.label), \(workers($0)): \(Format.seconds($0.seconds))")
          }, index: one.index, isOther: one.isOther))
      let improved = one.curve.points.filter { $0.improvementPercent != nil }
      guard !improved.isEmpty else { continue }
      lines.append(
        LineChart.Line(
          label: "\(one.label): improvement",
          points: improved.map {
            let percent = $0.improvementPercent ?? 0
            return LineChart.Point(
              x: Double($0.workers), y: percent,
              hover: "\(one.label), \(workers($0)): improved by \(Format.fixed(percent, 1)) %")
          }, stroke: .dashed, index: one.index, isOther: one.isOther, isOnRight: true))
    }
    let chart = LineChart(
      title: "\(kernel): time over workers",
      summary: "from \(Format.seconds(seconds.max() ?? 0)) to "
        + Format.seconds(seconds.min() ?? 0),
      lines: lines, yTitle: isRelative ? "time, first = 100 %" : "time",
      rightTitle: "improvement", unit: isRelative ? .percent : .seconds, rightUnit: .percent)
    return Figure(
      title: chart.title,
      note: isWeak
        ? "Each worker brought its own tasks: a flat line is the ideal."
        : "Dashed, on the right axis: how much shorter than with fewer workers.",
      legend: lines.filter { !$0.isOnRight }.map(LegendItem.init), picture: chart.picture(),
      rest: rest)
  }

  // MARK: - Speedup

  private func speedup(
    _ kernel: String, _ curves: [Named], _ ceiling: ScalingCurve?, _ rest: String
  ) -> Figure {
    let counts = Set(curves.flatMap { $0.curve.points.map(\.workers) }).sorted()
    let first = curves.compactMap { $0.curve.points.first?.workers }.min() ?? 1
    func plain(_ label: String, _ index: Int, _ stroke: LineChart.Line.Stroke) -> LineChart.Line {
      LineChart.Line(label: label, points: [], stroke: stroke, index: index, hasMarks: false)
    }
    var lines: [LineChart.Line] = []
    var ideal = plain("ideal", 7, .dashed)
    ideal.points = counts.map {
      LineChart.Point(x: Double($0), y: Double($0) / Double(first), hover: "")
    }
    if counts.count > 1 { lines.append(ideal) }
    for one in curves {
      lines.append(
        LineChart.Line(
          label: one.label,
          points: one.curve.points.compactMap { point($0, one.label) }, index: one.index,
          isOther: one.isOther))
      guard let law = one.curve.usl, let most = one.curve.points.map(\.workers).max() else {
        continue
      }
      var fit = plain("\(one.label): Universal Scalability Law", one.index, .dotted)
      fit.points = (1...max(1, min(most, 1024))).map {
        LineChart.Point(x: Double($0), y: law.speedup($0), hover: "")
      }
      lines.append(fit)
    }
    if let ceiling, ceiling.points.count > 1, first == 1 {
      lines.append(
        LineChart.Line(
          label: "the machine itself",
          points: ceiling.points.filter { $0.workers <= counts.last ?? 1 }.compactMap {
            point($0, "the machine itself")
          }, stroke: .dotted, index: 3))
    }
    let most = curves.flatMap { $0.curve.points.compactMap(\.speedup) }.max() ?? 1
    let name = curves.contains(where: \.curve.isWeak) ? "scaled speedup" : "speedup"
    let chart = LineChart(
      title: "\(kernel): \(name)",
      summary: "up to \(Format.fixed(most, 2)) at up to \(counts.last ?? 1) workers",
      lines: lines, yTitle: name)
    return Figure(
      title: chart.title, note: "Bars are 95 % intervals.", legend: lines.map(LegendItem.init),
      picture: chart.picture(), rest: rest)
  }

  /// A point without a speedup is left out.
  private func point(_ point: ScalingPoint, _ label: String) -> LineChart.Point? {
    guard let speedup = point.speedup else { return nil }
    let efficiency = point.efficiency.map { ", efficiency \(Format.percent($0))" } ?? ""
    return LineChart.Point(
      x: Double(point.workers), y: speedup, interval: point.interval,
      hover: "\(label), \(workers(point)): \(Format.value(speedup, point.interval, (2, 2)))"
        + efficiency)
  }

  // MARK: - The serial part

  private func serialPart(_ kernel: String, _ curves: [Named], _ rest: String) -> [Figure] {
    let lines = curves.compactMap { one -> LineChart.Line? in
      let points = one.curve.points.compactMap { point in
        point.karpFlatt.map {
          LineChart.Point(
            x: Double(point.workers), y: $0 * 100,
            hover: "\(one.label), \(workers(point)): \(Format.percent($0, 2))")
        }
      }
      return points.count < 2
        ? nil
        : LineChart.Line(
          label: one.label, points: points, index: one.index, isOther: one.isOther)
    }
    guard !lines.isEmpty else { return [] }
    let chart = LineChart(
      title: "\(kernel): serial part (Karp–Flatt)",
      summary: "the share of the work that would explain the missing speedup", lines: lines,
      yTitle: "serial part", unit: .percent)
    return [
      Figure(
        title: chart.title,
        note: "A level line is a serial part; a rising one is the cost of working together.",
        legend: lines.map(LegendItem.init), picture: chart.picture(), rest: rest)
    ]
  }

  private func workers(_ point: ScalingPoint) -> String {
    Format.workers(point.workers)
  }
}
