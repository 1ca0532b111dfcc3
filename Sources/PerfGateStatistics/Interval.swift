/// A closed range of values that the data cannot tell from the truth.
package struct Interval: Hashable, Sendable {
  /// The lower end; negative infinity where the data set none.
  package let lower: Double
  /// The upper end, not below the lower one; infinity where the data set none.
  package let upper: Double

  /// An interval from its ends; they may be given in either order.
  package init(_ one: Double, _ other: Double) {
    lower = min(one, other)
    upper = max(one, other)
  }

  /// Whether `value` is inside or on an end.
  package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  /// The smallest interval with both inside.
  package func hull(_ other: Interval) -> Interval {
    Interval(min(lower, other.lower), max(upper, other.upper))
  }

  /// The interval of `exp(x)`, for x in this one: from log ratios to ratios.
  package var exponential: Interval { Interval(CMath.exp(lower), CMath.exp(upper)) }
}
