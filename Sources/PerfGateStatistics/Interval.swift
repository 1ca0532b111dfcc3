/// A closed range of values that the data cannot tell from the truth.
public struct Interval: Hashable, Sendable {
  /// The lower end; negative infinity where the data set none.
  public let lower: Double
  /// The upper end, not below the lower one; infinity where the data set none.
  public let upper: Double

  /// An interval from its ends; they may be given in either order.
  public init(_ one: Double, _ other: Double) {
    lower = min(one, other)
    upper = max(one, other)
  }

  /// Whether `value` is inside or on an end.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  /// The smallest interval with both inside.
  public func hull(_ other: Interval) -> Interval {
    Interval(min(lower, other.lower), max(upper, other.upper))
  }

  /// The interval of `exp(x)`, for x in this one: from log ratios to ratios.
  public var exponential: Interval { Interval(CMath.exp(lower), CMath.exp(upper)) }
}
