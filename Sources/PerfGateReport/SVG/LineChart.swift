/// Lines over numbers of workers, with intervals, and a second axis for some of them.
struct LineChart {
  struct Point {
    var x: Double
    var y: Double
    /// The interval of the value, the lower end first.
    var interval: [Double]?
    var hover: String
  }

  struct Line {
    enum Stroke: String { case solid, dashed, dotted }

    var label: String
    var points: [Point]
    var stroke = Stroke.solid
    /// Which color and shape it has.
    var index: Int
    /// Whether it is of the record that the report is laid beside.
    var isOther = false
    var isOnRight = false
    var hasMarks = true

    var classes: String {
      "s\(index % MarkShape.allCases.count)" + (isOther ? " other" : "")
    }
  }

  var title: String
  var summary: String
  var lines: [Line]
  var xTitle = "workers"
  var yTitle: String
  var rightTitle = ""
  var unit = TickText.Unit.number
  var rightUnit = TickText.Unit.number
  var includesZero = true

  private static let (width, height) = (440.0, 290.0)
  /// More points of a line than this are thinned out.
  private static let mostPoints = 128
  private static let (top, bottom) = (26.0, 250.0)

  /// The picture; axes only for those lines that are there.
  func picture() -> SVGPicture {
    var picture = SVGPicture(
      width: Self.width, height: Self.height, title: title, summary: summary)
    let hasRight = lines.contains(where: \.isOnRight)
    let y = scale(onRight: false)
    let rightScale = scale(onRight: true)
    let left = max(40, y.labelWidth(unit) + 10)
    let right = Self.width - (hasRight ? rightScale.labelWidth(rightUnit) + 10 : 14)
    let x = ChartScale(
      lines.flatMap { $0.points.map(\.x) }, mostTicks: 12, leastStep: 1, isTight: true,
      (left + 10, right - 10))
    drawAxes(x, y, left: left, right: right, &picture)
    if hasRight {
      for tick in rightScale.ticks {
        picture.text(
          rightScale.label(tick, rightUnit), right + 6, rightScale.position(tick) + 4, "tick")
      }
      picture.text(rightTitle, Self.width, 12, "axis-title", anchor: .end)
    }
    let marked = lines.filter { !$0.isOnRight && $0.hasMarks }.count
    var place = 0
    for line in lines {
      let scale = line.isOnRight ? rightScale : y
      var shift = 0.0
      if !line.isOnRight, line.hasMarks, marked > 1 {
        shift = (Double(place) - Double(marked - 1) / 2) * min(4, 16 / Double(marked))
        place += 1
      }
      draw(line, x, scale, shift, &picture)
    }
    return picture
  }

  private func scale(onRight: Bool) -> ChartScale {
    let points = lines.filter { $0.isOnRight == onRight }.flatMap(\.points)
    let values = points.flatMap { [$0.y] + ($0.interval ?? []) }
    return ChartScale(
      values, includesZero: includesZero, mostTicks: 6, (Self.bottom, Self.top))
  }

  private func drawAxes(
    _ x: ChartScale, _ y: ChartScale, left: Double, right: Double, _ picture: inout SVGPicture
  ) {
    for tick in y.ticks {
      let place = y.position(tick)
      picture.line((left, place), (right, place), tick == 0 ? "axis" : "guide")
      picture.text(
        y.label(tick, unit), left - 6, place + 4, "tick", anchor: .end)
    }
    picture.line((left, Self.bottom), (right, Self.bottom), "axis")
    for tick in x.ticks {
      let place = x.position(tick)
      picture.line((place, Self.bottom), (place, Self.bottom + 4), "axis")
      picture.text(
        x.label(tick, .number), place, Self.bottom + 17, "tick", anchor: .middle)
    }
    picture.text(yTitle, 0, 12, "axis-title")
    picture.text(
      xTitle, (left + right) / 2, Self.height - 6, "axis-title", anchor: .middle)
  }

  /// Points that can be told apart: every n-th of too many, and the last one.
  private static func thinned(_ points: [Point]) -> [Point] {
    guard points.count > mostPoints, let last = points.last else { return points }
    let step = (points.count + mostPoints - 1) / mostPoints
    return stride(from: 0, to: points.count - 1, by: step).map { points[$0] } + [last]
  }

  private func draw(
    _ line: Line, _ x: ChartScale, _ y: ChartScale, _ shift: Double,
    _ picture: inout SVGPicture
  ) {
    let points = Self.thinned(line.points)
    let places = points.map { (x: x.position($0.x) + shift, y: y.position($0.y)) }
    picture.path(places, "line \(line.stroke.rawValue) \(line.classes)")
    guard line.hasMarks else { return }
    for (point, place) in zip(points, places) {
      if let interval = point.interval, interval.count == 2 {
        let (from, to) = (y.position(interval[0]), y.position(interval[1]))
        picture.line((place.x, from), (place.x, to), "whisker \(line.classes)")
        for end in [from, to] {
          picture.line((place.x - 4, end), (place.x + 4, end), "whisker \(line.classes)")
        }
      }
      picture.mark(
        .ofIndex(line.index), place.x, place.y, size: line.isOnRight ? 2.6 : 3.8,
        "mark \(line.classes)", hover: point.hover)
    }
  }
}
