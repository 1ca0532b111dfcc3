import PerfGateModel

/// Stored sessions of a claim over time.
enum SessionFigure {
  /// The sessions that a baseline claim was compared with, and today's change.
  static func figure(_ baseline: BaselinePlan, _ claim: ClaimResult) -> Figure {
    let mean = baseline.stored.reduce(0, +) / Double(max(1, baseline.stored.count))
    var dots = baseline.stored.map { k in
      SessionPicture.Dot(
        value: exponential(k - mean), text: Format.fixed(exponential(k - mean), 3), label: "stored")
    }
    if let estimate = claim.estimate {
      dots.append(
        SessionPicture.Dot(
          value: estimate, interval: claim.interval, text: ClaimText.estimate(claim),
          label: "today", isToday: true))
    }
    let picture = SessionPicture(
      title: "Today against the stored sessions", dots: dots, limit: claim.limit,
      isHigherBetter: false)
    return Figure(
      title: picture.title, note: "1 is the mean of the stored sessions; above it is worse.",
      legend: SessionPicture.legend(dots, hasLimit: true), picture: picture.picture())
  }

  /// The sessions of an entry in a file of baselines.
  static func figure(_ name: String, _ entry: Baseline.Entry, today: TodaySession?) -> Figure {
    // Sessions of one day are told apart by their times.
    let days = Set(entry.sessions.map { $0.date.prefix(10) })
    func label(_ session: StoredSession) -> String {
      days.count > 1
        ? String(session.date.prefix(10))
        : String(session.date.prefix(16).replacing("T", with: " "))
    }
    var dots = entry.sessions.suffix(Baseline.mostSessions).map { session in
      SessionPicture.Dot(
        value: session.median, interval: session.interval,
        text: "\(session.date), \(session.commit.prefix(12)): "
          + Format.stored(session.median, session.interval, of: entry),
        label: label(session), isPinned: session == entry.pinned,
        beginsLevel: session.beginsLevel)
    }
    if let pinned = entry.pinned, !entry.sessions.contains(pinned) {
      dots.insert(
        SessionPicture.Dot(
          value: pinned.median, interval: pinned.interval,
          text: "\(pinned.date), \(pinned.commit.prefix(12)): "
            + Format.stored(pinned.median, pinned.interval, of: entry),
          label: label(pinned), isPinned: true), at: 0)
    }
    if let today {
      dots.append(
        SessionPicture.Dot(
          value: today.median, interval: today.interval,
          text: "today: \(Format.stored(today.median, today.interval, of: entry))", label: "today",
          isToday: true))
    }
    let picture = SessionPicture(
      title: name, dots: dots, limit: nil, isHigherBetter: entry.isHigherBetter)
    return Figure(
      title: name,
      note: "\(entry.text). \(entry.quantity); "
        + (entry.isHigherBetter ? "larger is better." : "smaller is better."),
      legend: SessionPicture.legend(dots, hasLimit: false), picture: picture.picture())
  }
}

/// Sessions from left to right in time order, each with its interval.
struct SessionPicture {
  struct Dot {
    var value: Double
    var interval: [Double]?
    var text: String
    var label: String
    var isPinned = false
    var isToday = false
    /// Whether it begins a new level: earlier ones are no longer compared with.
    var beginsLevel = false
  }

  var title: String
  var dots: [Dot]
  var limit: Double?
  var isHigherBetter: Bool

  private static let (width, height) = (440.0, 230.0)
  private static let (top, bottom) = (16.0, 190.0)

  static func legend(_ dots: [Dot], hasLimit: Bool) -> [LegendItem] {
    var items = [LegendItem("a stored session", mark: "mark s0")]
    if dots.contains(where: \.isPinned) {
      items.append(LegendItem("pinned", mark: "mark pinned", shape: .square))
    }
    if dots.contains(where: \.isToday) {
      items.append(LegendItem("today", mark: "mark s1", shape: .diamond))
    }
    if dots.contains(where: \.beginsLevel) {
      items.append(LegendItem("a new level begins", line: "line dashed"))
    }
    if hasLimit { items.append(LegendItem("limit", line: "limit")) }
    return items
  }

  func picture() -> SVGPicture {
    var picture = SVGPicture(
      width: Self.width, height: Self.height, title: title,
      summary: "\(dots.count) sessions in time order, the last \(dots.last?.text ?? "–")")
    let values = dots.flatMap { [$0.value] + ($0.interval ?? []) } + (limit.map { [$0] } ?? [])
    let y = ChartScale(ChartScale.padded(values), mostTicks: 5, (Self.bottom, Self.top))
    let left = max(40, y.labelWidth(.number) + 10)
    for tick in y.ticks {
      let place = y.position(tick)
      picture.line((left, place), (Self.width, place), "guide")
      picture.text(y.label(tick, .number), left - 6, place + 4, "tick", anchor: .end)
    }
    picture.line((left, Self.bottom), (Self.width, Self.bottom), "axis")
    let step = (Self.width - left - 32) / Double(max(1, dots.count - 1))
    func place(_ index: Int) -> Double {
      left + 16 + (dots.count == 1 ? (Self.width - left) / 2 - 16 : Double(index) * step)
    }
    drawDates(place, left, &picture)
    if let limit {
      picture.line(
        (left, y.position(limit)), (Self.width, y.position(limit)), "limit")
    }
    picture.path(
      dots.enumerated().filter { !$0.element.isToday }.map {
        (place($0.offset), y.position($0.element.value))
      }, "line s0 other")
    for (index, dot) in dots.enumerated() { draw(dot, place(index), step, y, &picture) }
    return picture
  }

  private func draw(
    _ dot: Dot, _ x: Double, _ step: Double, _ y: ChartScale, _ picture: inout SVGPicture
  ) {
    if dot.beginsLevel {
      let before = x - min(step, 20) / 2
      picture.path([(before, Self.top), (before, Self.bottom)], "line dashed")
    }
    let color = dot.isToday ? "s1" : "s0"
    if let interval = dot.interval, interval.count == 2 {
      picture.line(
        (x, y.position(interval[0])), (x, y.position(interval[1])), "whisker \(color)")
    }
    let place = y.position(dot.value)
    picture.mark(dot.isToday ? .diamond : .circle, x, place, "mark \(color)", hover: dot.text)
    if dot.isPinned { picture.mark(.square, x, place, size: 7.5, "mark pinned", hover: dot.text) }
  }

  /// The first and the last date, and one between them if there is room.
  private func drawDates(
    _ place: (Int) -> Double, _ left: Double, _ picture: inout SVGPicture
  ) {
    guard !dots.isEmpty else { return }
    let last = dots.count - 1
    var indices = [0]
    if last >= 2 { indices.append(last / 2) }
    if last >= 1 { indices.append(last) }
    var end = -Double.infinity
    for index in indices {
      let x = place(index)
      let half = SVGPicture.width(of: dots[index].label, size: 11) / 2
      let middle = min(x, Self.width - half)
      guard middle - half > end else { continue }
      picture.text(dots[index].label, middle, Self.bottom + 18, "tick", anchor: .middle)
      end = middle + half + 8
    }
    picture.text(
      "session", (left + Self.width) / 2, Self.height - 4, "axis-title", anchor: .middle)
  }
}
