/// Estimates with their intervals, one below the other, around a value that means "the same".
struct IntervalChart {
  struct Row {
    var label: String
    var estimate: Double
    /// The interval of the estimate, the lower end first.
    var interval: [Double]?
    /// A wider range behind it, such as the spread over layouts.
    var range: [Double]?
    /// The limit of a claim about it.
    var limit: Double?
    var text: String
    /// The class and shape of a verdict; `nil`: nothing is judged.
    var verdict: VerdictMark?
    var isOther = false
  }

  var title: String
  var summary: String
  var rows: [Row]
  /// The value that means "the same".
  var same = 1.0

  private static let width = 440.0
  private static let rowHeight = 36.0
  /// The space for the values on the right.
  private static let mostColumn = 190.0

  func picture() -> SVGPicture {
    let bottom = Double(rows.count) * Self.rowHeight + 4
    var picture = SVGPicture(
      width: Self.width, height: bottom + 24, title: title, summary: summary)
    let values =
      [same] + rows.flatMap { [$0.estimate] + ($0.interval ?? []) + ($0.range ?? []) }
      + rows.compactMap(\.limit)
    let usable = values.filter { $0 > 0 && $0.isFinite && $0 < 1e100 }
    let isWide = (usable.max() ?? 1) > 20 * (usable.min() ?? 1)
    let texts = rows.map { SVGPicture.width(of: $0.text, size: 11) }
    let column = min(Self.mostColumn, (texts.max() ?? 0) + 14)
    let scale = ChartScale(
      values, isLogarithmic: isWide, mostTicks: 5, (16, Self.width - column))
    for tick in scale.ticks {
      let x = scale.position(tick)
      picture.line((x, 2), (x, bottom), "guide")
      picture.text(scale.label(tick, .number), x, bottom + 16, "tick", anchor: .middle)
    }
    let one = scale.position(same)
    picture.line((one, 2), (one, bottom), "axis")
    for (index, row) in rows.enumerated() {
      draw(row, at: Double(index) * Self.rowHeight, scale, &picture)
    }
    return picture
  }

  private func draw(
    _ row: Row, at top: Double, _ scale: ChartScale, _ picture: inout SVGPicture
  ) {
    picture.text(SVGPicture.fitted(row.label, Self.width - 4), 2, top + 14, "label halo")
    let y = top + 25
    picture.text(
      SVGPicture.fitted(row.text, Self.mostColumn, size: 11), Self.width, y + 4, "value halo",
      anchor: .end)
    let color = row.verdict?.name ?? "s0"
    let classes = row.isOther ? "\(color) other" : color
    if let range = row.range, range.count == 2 {
      let (from, to) = (scale.position(range[0]), scale.position(range[1]))
      picture.rectangle(from, y - 5, to - from, 10, "spread \(classes)", radius: 3)
    }
    if let limit = row.limit {
      let x = scale.position(limit)
      picture.line((x, y - 8), (x, y + 8), "limit")
    }
    if let interval = row.interval, interval.count == 2 {
      let (from, to) = (scale.position(interval[0]), scale.position(interval[1]))
      picture.line((from, y), (to, y), "interval \(classes)")
    }
    picture.mark(
      row.verdict?.shape ?? .circle, scale.position(row.estimate), y, "mark \(classes)",
      hover: "\(row.label): \(row.text)")
  }
}
