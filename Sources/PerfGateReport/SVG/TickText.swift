/// Short texts for the ticks of an axis: `0`, `50 ms`, `2.5`, `200 M`.
enum TickText {
  /// The most digits after the point.
  private static let mostPlaces = 12

  /// What the numbers of an axis are.
  enum Unit: Hashable, Sendable {
    case seconds, bytes, number, percent
  }

  /// The text of a round number.
  ///
  /// - Parameter step: the distance to the next tick, from which the text must differ; 0: there is none.
  static func text(_ value: Double, _ unit: Unit, step: Double = 0) -> String {
    guard value.isFinite else { return "–" }
    switch unit {
    case .seconds:
      return scaled(
        value, step, [(1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"), (1e-12, "ps")])
    case .bytes: return scaled(value, step, [(1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1, "B")])
    case .number: return number(value, step)
    case .percent: return digits(value, step) + " %"
    }
  }

  private static func scaled(
    _ value: Double, _ step: Double, _ units: [(size: Double, name: String)]
  ) -> String {
    if value == 0 { return "0" }
    let unit = units.first { abs(value) >= $0.size * (1 - 1e-9) } ?? units[units.count - 1]
    return "\(digits(value / unit.size, step / unit.size)) \(unit.name)"
  }

  private static func number(_ value: Double, _ step: Double) -> String {
    for (least, size, name) in [
      (1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"),
    ] where abs(value) >= least * (1 - 1e-9) {
      return "\(digits(value / size, step / size)) \(name)"
    }
    return digits(value, step)
  }

  /// Up to four significant digits, or as many as the step needs, without zeros at the end.
  private static func digits(_ value: Double, _ step: Double) -> String {
    if value == 0 { return "0" }
    // An exponent's few digits do not tell close ticks apart.
    let isFine = step > 0 && step < abs(value) / 1000 && abs(value) < 1e15
    guard (1e-4..<1e7).contains(abs(value)) || isFine else { return exponent(value) }
    var places = 3
    var size = abs(value)
    while size < 0.9995, places < 7 {
      size *= 10
      places += 1
    }
    if abs(value) >= 10 { places = abs(value) >= 100 ? 1 : 2 }
    var (needed, scaledStep) = (0, step)
    while scaledStep > 0, scaledStep < 0.999, needed < mostPlaces {
      (needed, scaledStep) = (needed + 1, scaledStep * 10)
    }
    places = max(places, needed)
    var text = Format.fixed(value, places)
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// `2.5e-12`.
  private static func exponent(_ value: Double) -> String {
    var (mantissa, power) = (value, 0)
    while abs(mantissa) >= 9.995, power < 400 { (mantissa, power) = (mantissa / 10, power + 1) }
    while abs(mantissa) < 0.9995, power > -400 { (mantissa, power) = (mantissa * 10, power - 1) }
    var text = Format.fixed(mantissa, 2)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return "\(text)e\(power)"
  }
}
