/// Bars below their labels, for any number and length of names.
struct BarChart {
  /// A bar: its value, and that of the record it is laid beside.
  struct Bar {
    var label: String
    /// Above 0; `nil`: only the other record has it.
    var value: Double?
    /// The interval of the value, the lower end first.
    var interval: [Double]?
    var text: String
    var other: Double?
    var otherText = ""
  }

  var title: String
  var summary: String
  var bars: [Bar]
  var unit = TickText.Unit.number
  var isLogarithmic = false

  static let width = 440.0
  private static let barHeight = 11.0
  private static let labelHeight = 18.0
  private static let gap = 9.0
  /// The most space for values on the right.
  private static let mostColumn = 170.0

  /// The picture of all bars.
  func picture() -> SVGPicture {
    let bottom = bars.reduce(0) { $0 + Self.height(of: $1) }
    var picture = SVGPicture(
      width: Self.width, height: bottom + 26, title: title, summary: summary)
    let texts = bars.flatMap { [$0.text, $0.otherText] }
    let column = min(
      Self.mostColumn, (texts.map { SVGPicture.width(of: $0, size: 11) }.max() ?? 0) + 8)
    let values = bars.flatMap { [$0.value, $0.other, $0.interval?.first, $0.interval?.last] }
    let scale = ChartScale(
      values.compactMap { $0 }, isLogarithmic: isLogarithmic, includesZero: true, mostTicks: 5,
      (2, Self.width - column))
    for tick in scale.ticks {
      let x = scale.position(tick)
      picture.line((x, 4), (x, bottom), tick == scale.lower ? "axis" : "guide")
      let isFirst = x < 20
      picture.text(
        scale.label(tick, unit), isFirst ? 0 : x, bottom + 16, "tick",
        anchor: isFirst ? .start : .middle)
    }
    var top = 0.0
    for bar in bars {
      draw(bar, at: top, scale, &picture)
      top += Self.height(of: bar)
    }
    return picture
  }

  private static func height(of bar: Bar) -> Double {
    let strips = bar.value != nil && bar.other != nil ? 2.0 : 1.0
    return labelHeight + strips * (barHeight + 2) + gap
  }

  private func draw(
    _ bar: Bar, at top: Double, _ scale: ChartScale, _ picture: inout SVGPicture
  ) {
    picture.text(
      SVGPicture.fitted(bar.label, Self.width - 4), 2, top + 13, "label")
    var y = top + Self.labelHeight
    let left = scale.position(isLogarithmic ? scale.lower : 0)
    func strip(_ value: Double?, _ text: String, _ classes: String) {
      guard let value else { return }
      let end = scale.position(value)
      picture.rectangle(
        min(left, end), y, max(1, abs(end - left)), Self.barHeight, classes, radius: 2,
        hover: "\(bar.label): \(text)")
      picture.text(
        SVGPicture.fitted(text, Self.mostColumn - 14, size: 11), Self.width, y + 9.5, "value",
        anchor: .end)
    }
    strip(bar.value, bar.text, "bar s0")
    if let interval = bar.interval, interval.count == 2, bar.value != nil {
      let (from, to) = (scale.position(interval[0]), scale.position(interval[1]))
      let middle = y + Self.barHeight / 2
      picture.line((from, middle), (to, middle), "whisker")
      for x in [from, to] { picture.line((x, middle - 3), (x, middle + 3), "whisker") }
    }
    if bar.value != nil { y += Self.barHeight + 2 }
    strip(bar.other, bar.otherText, "bar other s0")
  }
}
