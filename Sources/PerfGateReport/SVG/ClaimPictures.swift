import PerfGateModel

extension ClaimResult {
  /// Whether values of it need a logarithmic scale: a ratio is as far from its half as from its double, but
  /// bytes and counts are amounts.
  fileprivate func isWide(_ values: [Double]) -> Bool {
    guard kind.isOfTime, let least = values.min(), let most = values.max() else { return false }
    return least > 0 && most > 20 * least
  }
}

/// A claim on one line: the side that is forbidden, the limit, the interval, the estimate.
struct ClaimStrip {
  var claim: ClaimResult
  /// The same claim in the record that the report is laid beside.
  var other: ClaimResult?

  private static let (width, height) = (340.0, 50.0)
  private static let (top, bottom) = (6.0, 32.0)

  /// The picture; `nil` if nothing was measured.
  func picture() -> SVGPicture? {
    guard let estimate = claim.estimate ?? other?.estimate else { return nil }
    let text = ClaimText.estimate(claim)
    var picture = SVGPicture(
      width: Self.width, height: Self.height, title: "\(claim.id): \(ClaimText.word(claim))",
      summary: "estimate \(text), limit \(ClaimText.limit(claim))")
    let ends = (claim.interval ?? []) + (other?.interval ?? [])
    let values =
      [claim.limit, estimate] + [claim.estimate, claim.ceiling, other?.estimate].compactMap { $0 }
      + ends.filter { $0 < 1e100 }
    let isWide = claim.isWide(values)
    let scale = ChartScale(
      isWide ? values : ChartScale.padded(values), isLogarithmic: isWide,
      includesZero: values.contains { $0 <= 0 }, mostTicks: 4, (16, Self.width - 16))
    let unit: TickText.Unit = claim.kind.isOfBytes ? .bytes : .number
    let limit = scale.position(claim.limit)
    let isAtLeast = ClaimText.isAtLeast(claim)
    picture.rectangle(
      isAtLeast ? 0 : limit, Self.top, isAtLeast ? limit : Self.width - limit,
      Self.bottom - Self.top, "forbidden")
    for tick in scale.ticks {
      let x = scale.position(tick)
      picture.line((x, Self.bottom), (x, Self.bottom + 4), "axis")
      picture.text(scale.label(tick, unit), x, Self.bottom + 15, "tick", anchor: .middle)
    }
    picture.line((0, Self.bottom), (Self.width, Self.bottom), "axis")
    picture.line((limit, Self.top - 4), (limit, Self.bottom), "limit")
    if let ceiling = claim.ceiling {
      let x = scale.position(ceiling)
      picture.line((x, Self.top), (x, Self.bottom), "ceiling")
    }
    if let other { draw(other, y: Self.bottom - 7, scale, " other", &picture) }
    draw(claim, y: other == nil ? 19 : 14, scale, "", &picture)
    return picture
  }

  private func draw(
    _ claim: ClaimResult, y: Double, _ scale: ChartScale, _ extra: String,
    _ picture: inout SVGPicture
  ) {
    guard let estimate = claim.estimate else { return }
    let mark = VerdictMark(claim.verdict.word)
    if let interval = claim.interval, interval.count == 2 {
      let isOpen = interval[1] >= 1e100
      let (from, to) = (scale.position(interval[0]), scale.position(interval[1]))
      picture.line(
        (from, y), (isOpen ? Self.width - 4 : to, y), "interval \(mark.name)\(extra)")
      if isOpen {
        picture.path(
          [(Self.width - 8, y - 5), (Self.width - 2, y), (Self.width - 8, y + 5)],
          "arrow \(mark.name)\(extra)")
      }
    }
    picture.mark(
      mark.shape, scale.position(estimate), y, size: extra.isEmpty ? 5 : 4,
      "mark \(mark.name)\(extra)",
      hover: "\(ClaimText.estimate(claim)), limit \(ClaimText.limit(claim))")
  }
}

/// The rounds of one sequence in time order, with those that were dropped.
struct RoundsPicture {
  var claim: ClaimResult
  var sequence: RoundSequence
  var title: String

  private static let (width, height) = (440.0, 250.0)
  private static let (top, bottom) = (26.0, 196.0)
  /// More marks than this are left out. A test has fewer rounds, but any number may be dropped.
  private static let mostMarks = 1000
  /// Where dropped rounds are: below the axis, because they have no value.
  private static let droppedPlace = 208.0

  func picture() -> SVGPicture {
    let (kept, dropped) = (sequence.rounds.count, sequence.dropped.count)
    var picture = SVGPicture(
      width: Self.width, height: Self.height, title: title,
      summary: "the value in each of \(kept) rounds in time order, the limit "
        + "\(ClaimText.limit(claim)), and \(dropped) dropped rounds")
    let values = [claim.limit] + sequence.rounds.map(\.value)
    let isWide = claim.isWide(values)
    let y = ChartScale(
      isWide ? values : ChartScale.padded(values), isLogarithmic: isWide, mostTicks: 5,
      (Self.bottom, Self.top))
    let unit: TickText.Unit = claim.kind.isOfBytes ? .bytes : .number
    let left = max(40, y.labelWidth(unit) + 10)
    let numbers = sequence.rounds.map(\.number) + sequence.dropped.map(\.round)
    let x = ChartScale(
      numbers.map(Double.init), mostTicks: 10, leastStep: 1, isTight: true,
      (left + 8, Self.width - 16))
    let limit = y.position(claim.limit)
    let isAtLeast = ClaimText.isAtLeast(claim)
    picture.rectangle(
      left, isAtLeast ? limit : Self.top, Self.width - left,
      isAtLeast ? Self.bottom - limit : limit - Self.top, "forbidden")
    for tick in y.ticks {
      let place = y.position(tick)
      picture.line((left, place), (Self.width, place), "guide")
      picture.text(y.label(tick, unit), left - 6, place + 4, "tick", anchor: .end)
    }
    picture.line((left, Self.bottom), (Self.width, Self.bottom), "axis")
    for tick in x.ticks {
      picture.text(
        x.label(tick, .number), x.position(tick), Self.bottom + 32, "tick",
        anchor: .middle)
    }
    picture.text("value", 0, 12, "axis-title")
    picture.text(
      "round", (left + Self.width) / 2, Self.height - 6, "axis-title", anchor: .middle)
    picture.line((left, limit), (Self.width, limit), "limit")
    picture.text(
      "limit \(ClaimText.limit(claim))", Self.width, 12, "axis-title limit-text", anchor: .end)
    drawRounds(x, y, isAtLeast, &picture)
    return picture
  }

  private func drawRounds(
    _ x: ChartScale, _ y: ChartScale, _ isAtLeast: Bool, _ picture: inout SVGPicture
  ) {
    let shortened = Set(sequence.shortened.map(\.round))
    for round in sequence.rounds.prefix(Self.mostMarks) {
      let isFor = isAtLeast ? round.value > claim.limit : round.value < claim.limit
      let isTie = round.value == claim.limit
      let kind = isTie ? "skip" : isFor ? "good" : "bad"
      let shape: MarkShape = isTie ? .square : isFor ? .circle : isAtLeast ? .nabla : .triangle
      picture.mark(
        shape, x.position(Double(round.number)), y.position(round.value), size: 3.6,
        "mark \(kind)",
        hover: "round \(round.number): \(ClaimText.value(round.value, claim))"
          + (shortened.contains(round.number) ? ", without disturbed pairs" : ""))
    }
    for discard in sequence.dropped.prefix(Self.mostMarks) {
      let causes = discard.causes.map(\.text).joined(separator: "; ")
      picture.mark(
        .cross, x.position(Double(discard.round)), Self.droppedPlace, size: 3.4, "mark dropped",
        hover: "round \(discard.round) dropped: \(causes)")
    }
  }
}

/// The path of a sequential test: how many more rounds spoke for the claim than against it, and the
/// boundaries at which it stops.
struct PathPicture {
  var sequence: RoundSequence
  var title: String
  /// What a first stage at the lower boundary leads to.
  var failing: String

  private static let (width, height) = (440.0, 250.0)
  private static let (left, top, bottom) = (40.0, 26.0, 208.0)

  /// The picture; `nil` for a claim that no sequential test decides.
  func picture() -> SVGPicture? {
    guard let last = sequence.looks.last else { return nil }
    let balances = sequence.balances
    var picture = SVGPicture(
      width: Self.width, height: Self.height, title: title,
      summary: "rounds for the claim less rounds against it: \(balances.last ?? 0) after "
        + "\(balances.count) of at most \(last.rounds) rounds")
    let holds = sequence.looks.compactMap { look in look.holdsFrom.map { (look.rounds, $0) } }
    let fails = sequence.looks.compactMap { look in look.failsTo.map { (look.rounds, $0) } }
    let most = (holds + fails).map { abs($0.1) } + balances.map { abs($0) }
    let height = Double((most.max() ?? 8) + 2)
    let x = ChartScale(
      [0, Double(last.rounds)], mostTicks: 9, leastStep: 1, isTight: true,
      (Self.left + 4, Self.width - 10))
    let y = ChartScale(
      [-height, height], mostTicks: 7, leastStep: 1, isTight: true, (Self.bottom, Self.top))
    for tick in y.ticks {
      let place = y.position(tick)
      picture.line((Self.left, place), (Self.width, place), tick == 0 ? "axis" : "guide")
      picture.text(y.label(tick, .number), Self.left - 6, place + 4, "tick", anchor: .end)
    }
    for tick in x.ticks {
      picture.text(
        x.label(tick, .number), x.position(tick), Self.bottom + 16, "tick",
        anchor: .middle)
    }
    picture.text("for less against", 0, 12, "axis-title")
    picture.text(
      "rounds", (Self.left + Self.width) / 2, Self.height - 6, "axis-title", anchor: .middle)
    drawBoundary(holds, "good", x, y, &picture)
    drawBoundary(fails, "bad", x, y, &picture)
    // Where no boundary is: it begins at the first look.
    picture.text("holds", Self.left + 6, Self.top + 12, "zone good-text halo")
    picture.text(failing, Self.left + 6, Self.bottom - 6, "zone bad-text halo")
    drawPath(balances, x, y, &picture)
    return picture
  }

  private func drawBoundary(
    _ looks: [(rounds: Int, balance: Int)], _ kind: String, _ x: ChartScale, _ y: ChartScale,
    _ picture: inout SVGPicture
  ) {
    let places = looks.map { (x.position(Double($0.rounds)), y.position(Double($0.balance))) }
    picture.path(places, "line boundary \(kind)")
    for ((x, y), look) in zip(places, looks) {
      picture.mark(
        .square, x, y, size: 1.8, "mark \(kind)",
        hover: "after \(look.rounds) rounds: \(look.balance)")
    }
  }

  private func drawPath(
    _ balances: [Int], _ x: ChartScale, _ y: ChartScale, _ picture: inout SVGPicture
  ) {
    let path = [(x.position(0), y.position(0))]
    let places =
      path
      + balances.enumerated().map { index, balance in
        (x.position(Double(index + 1)), y.position(Double(balance)))
      }
    picture.path(places, "line path")
    guard let end = places.last, !balances.isEmpty else { return }
    picture.mark(
      .circle, end.0, end.1, size: 4.5, "mark end",
      hover: "after \(balances.count) rounds: \(balances.last ?? 0)")
  }
}
