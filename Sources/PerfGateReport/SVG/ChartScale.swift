#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Maps values to places on a picture, linearly or by their logarithm, and finds round numbers for ticks.
///
/// Every place is a finite number, whatever the values are: those outside of the scale are put on its
/// nearer end.
struct ChartScale {
  /// The least value of the scale; below ``upper``.
  let lower: Double
  /// The greatest value.
  let upper: Double
  /// Whether equal factors are equally far apart.
  let isLogarithmic: Bool
  /// The values with a line and a label, rising.
  let ticks: [Double]
  /// The distance of ticks; 0 if the scale is logarithmic.
  private let step: Double
  /// Where the least and the greatest value are.
  private let range: (from: Double, to: Double)

  /// Numbers beyond this are no measurement but stand for an open end.
  private static let greatest = 1e100

  /// A scale that contains all finite values.
  ///
  /// - Parameters:
  ///   - values: any numbers; a logarithmic scale ignores those that are not above 0.
  ///   - isLogarithmic: whether equal factors are equally far apart.
  ///   - includesZero: whether a linear scale begins at 0, or ends there.
  ///   - mostTicks: about how many ticks there may be, from 2.
  ///   - leastStep: the smallest distance of ticks, such as 1 for numbers of workers.
  ///   - isTight: whether the scale ends at the values and not at the next tick.
  ///   - range: where the least and the greatest value are.
  init(
    _ values: [Double], isLogarithmic: Bool = false, includesZero: Bool = false,
    mostTicks: Int = 6, leastStep: Double = 0, isTight: Bool = false, _ range: (Double, Double)
  ) {
    self.isLogarithmic = isLogarithmic
    self.range = (range.0, range.1)
    // What is smaller than any measurement is 0.
    let usable = values.map { abs($0) < 1 / Self.greatest ? 0 : $0 }.filter {
      $0.isFinite && abs($0) < Self.greatest && (!isLogarithmic || $0 > 0)
    }
    var (low, high) = (usable.min() ?? 1, usable.max() ?? 1)
    if isLogarithmic {
      (lower, upper, ticks) = Self.decades(low, high, mostTicks)
      step = 0
      return
    }
    if includesZero { (low, high) = (min(low, 0), max(high, 0)) }
    if high - low <= 1e-9 * max(abs(low), abs(high)) {
      let room = low == 0 ? 1 : abs(low) * 0.1
      (low, high) = (low == 0 || includesZero ? low : low - room, high + room)
    }
    let step = max(leastStep, Self.roundStep((high - low) / Double(max(1, mostTicks - 1))))
    let (first, last) = ((low / step).rounded(.down), (high / step).rounded(.up))
    lower = isTight ? low : first * step
    upper = isTight ? high : last * step
    var ticks: [Double] = []
    for index in 0...Int(min(max(0, last - first), 100)) {
      let tick = (first + Double(index)) * step
      let room = 1e-9 * (high - low)
      if !isTight || (low - room...high + room).contains(tick) { ticks.append(tick) }
    }
    self.ticks = ticks
    self.step = step
  }

  /// The text of a tick, which differs from those of the others.
  func label(_ tick: Double, _ unit: TickText.Unit) -> String {
    TickText.text(tick, unit, step: step)
  }

  /// The values with some more on each side, so that those at the ends are not on the frame.
  static func padded(_ values: [Double]) -> [Double] {
    let usable = values.filter { $0.isFinite && abs($0) < greatest }
    guard let low = usable.min(), let high = usable.max() else { return values }
    // What is above 0 has no room below it.
    let room = (high - low) * 0.08
    return values + [low > 0 ? max(low - room, low / 2) : low - room, high + room]
  }

  /// The space that the labels of the ticks need on the left, in pixels.
  func labelWidth(_ unit: TickText.Unit) -> Double {
    ticks.map { SVGPicture.width(of: label($0, unit), size: 11) }.max() ?? 0
  }

  /// Where a value is.
  func position(_ value: Double) -> Double {
    guard !value.isNaN else { return range.from }
    let inside = min(max(value, lower), upper)
    let share =
      isLogarithmic
      ? (log10(inside) - log10(lower)) / (log10(upper) - log10(lower))
      : (inside - lower) / (upper - lower)
    return range.from + (share.isFinite ? share : 0) * (range.to - range.from)
  }

  /// 1, 2 or 5 times a power of ten: the smallest that is not below `step`.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    let factor = [1.0, 2, 5, 10].first { $0 * power >= step * (1 - 1e-9) } ?? 10
    return factor * power
  }

  /// Whole decades around the values, and ticks at as many of them as fit.
  private static func decades(
    _ low: Double, _ high: Double, _ most: Int
  ) -> (Double, Double, [Double]) {
    // A value on a decade needs room below it, or its bar would have no length.
    var first = Int(log10(low).rounded(.down))
    let last = max(Int(log10(high).rounded(.up)), first + 1)
    if log10(low) - Double(first) < 0.05 { first -= 1 }
    let step = max(1, (last - first + most - 1) / max(1, most))
    let ticks = stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
    return (pow(10, Double(first)), pow(10, Double(last)), ticks)
  }
}
