import PerfGateModel

/// Handing a long string to workers: times on a logarithmic scale, memory, and the first message.
enum HandoffFigures {
  static func figures(_ pair: ReportedPair) -> [Figure] {
    let bars = BarFigures(
      title: "Handing over: time of all tasks", note: "Logarithmic scale; shorter is faster.",
      unit: .seconds, largest: "the slowest", isLogarithmic: true)
    let own = values(pair.own.record)
    return bars.figures(
      own,
      beside: pair.others.flatMap { other in
        values(other.record).map { $0.of(other.label(beside: pair.own)) }
      }, pair)
      + memory(pair.own.record) + firstMessages(pair.own.record)
  }

  private static func values(_ record: Record) -> [NamedValue] {
    var known: [String: Int] = [:]
    return record.handoff.map { row in
      // Another record may name neither the executor nor the workers: its row belongs to the first.
      let number = known[row.case, default: 0]
      known[row.case] = number + 1
      return NamedValue(
        key: number == 0 ? row.case : "\(row.case) \(number)", label: label(row),
        value: row.taskSeconds,
        // Shorter than any clock tells is shown with an exponent.
        text: row.taskSeconds < 1e-11 && row.taskSeconds > 0
          ? TickText.text(row.taskSeconds, .seconds) : Format.seconds(row.taskSeconds))
    }
  }

  private static func label(_ row: HandoffRow) -> String {
    var parts = [row.case]
    if let executor = row.executor, ExecutorName.handsOut(executor) { parts.append(executor) }
    if row.workers > 0 {
      parts.append(Format.workers(row.workers))
    }
    return parts.joined(separator: " · ")
  }

  private static func memory(_ record: Record) -> [Figure] {
    struct Way: Hashable { var name, executor: String }
    let rows = record.handoff.filter { $0.peakBytes != nil && $0.workers > 0 }
    let ways = Dictionary(grouping: rows) { Way(name: $0.case, executor: $0.executor ?? "") }
    let isCurve = ways.values.contains { Set($0.map(\.workers)).count > 1 }
    if isCurve {
      var seen: Set<Way> = []
      let order = rows.map { Way(name: $0.case, executor: $0.executor ?? "") }
        .filter { seen.insert($0).inserted }
      let lines = order.prefix(MarkShape.allCases.count).enumerated().map { index, way in
        let label = way.executor.isEmpty ? way.name : "\(way.name) · \(way.executor)"
        return MemoryFigure.Curve(
          label: label,
          points: (ways[way] ?? []).map { ($0.workers, Double($0.peakBytes ?? 0)) }, index: index)
      }
      return [
        MemoryFigure.figure(
          "Handing over: memory over workers", lines,
          rest: Figure.leftOut(order.count - lines.count, "curves", of: order.count))
      ]
    }
    let bars = record.handoff.compactMap { row in
      row.peakBytes.map {
        NamedValue(
          key: label(row), label: label(row), value: Double($0),
          text: TickText.text(Double($0), .bytes))
      }
    }
    let figure = BarFigures(
      title: "Handing over: memory", note: "The most that the program and its processes used.",
      unit: .bytes, largest: "the largest")
    let pair = ReportedPair(own: ReportedRecord(record), others: [])
    return Array(figure.figures(bars, beside: [], pair).prefix(1))
  }

  private static func firstMessages(_ record: Record) -> [Figure] {
    guard !record.firstMessages.isEmpty else { return [] }
    let shown = record.firstMessages.prefix(BarFigures.most)
    let chart = IntervalChart(
      title: "The first message over those after it",
      summary: "the ratio for each way to send it",
      rows: shown.map { row in
        IntervalChart.Row(
          label: "\(row.case) · \(row.executor) · \(Format.count(row.size)) bytes",
          estimate: row.ratio, interval: row.interval,
          text: Format.value(row.ratio, row.interval, (2, 2)))
      })
    return [
      Figure(
        title: chart.title, note: "1: nothing is kept from one message to the next.",
        picture: chart.picture(),
        rest: Figure.leftOut(
          record.firstMessages.count - shown.count, "rows", of: record.firstMessages.count))
    ]
  }
}

/// Memory over numbers of workers.
enum MemoryFigure {
  struct Curve {
    var label: String
    var points: [(workers: Int, bytes: Double)]
    var index: Int
  }

  static func figure(_ title: String, _ curves: [Curve], rest: String = "") -> Figure {
    let lines = curves.map { curve in
      LineChart.Line(
        label: curve.label,
        points: curve.points.sorted { $0.workers < $1.workers }.map { point in
          LineChart.Point(
            x: Double(point.workers), y: point.bytes,
            hover: "\(curve.label), \(point.workers) workers: "
              + TickText.text(point.bytes, .bytes))
        }, index: curve.index)
    }
    let most = curves.flatMap { $0.points.map(\.bytes) }.max() ?? 0
    let chart = LineChart(
      title: title, summary: "up to \(TickText.text(most, .bytes))", lines: lines,
      yTitle: "memory", unit: .bytes)
    return Figure(
      title: title, note: "The most that the program and its processes used.",
      legend: lines.map(LegendItem.init), picture: chart.picture(), rest: rest)
  }

  /// The memory of variants whose rounds measured it.
  static func figures(_ record: Record) -> [Figure] {
    struct Arm: Hashable { var kernel, variant, executor: String }
    var order: [Arm] = []
    var points: [Arm: [(workers: Int, bytes: Double)]] = [:]
    for series in record.series where series.key.stage == .first {
      guard let bytes = series.medianBytes else { continue }
      let arm = Arm(
        kernel: series.kernel, variant: series.variant, executor: series.executor)
      if points[arm] == nil { order.append(arm) }
      points[arm, default: []].append((series.workers, bytes))
    }
    guard !order.isEmpty else { return [] }
    let shown = order.prefix(MarkShape.allCases.count)
    let curves = shown.enumerated().map { index, arm in
      Curve(
        label: "\(arm.kernel)/\(arm.variant) · \(arm.executor)", points: points[arm] ?? [],
        index: index)
    }
    return [
      figure(
        "Memory over workers", curves,
        rest: Figure.leftOut(order.count - shown.count, "curves", of: order.count))
    ]
  }
}
