/// An interval for the median, for a number of values that was fixed beforehand.
package struct OrderStatisticInterval: Hashable, Sendable {
  /// The values between which the median lies.
  package let interval: Interval
  /// The probability that such an interval contains the median, 0 ..< 1: at least the confidence that was
  /// asked for. With too few values it is that of the range from the smallest to the largest.
  package let coverage: Double
  /// Whether `coverage` is at least what was asked for.
  package let isReached: Bool
}

/// The narrowest symmetric interval of two order statistics that contains the median with at least
/// `confidence`, whatever the distribution.
///
/// With the k-th smallest and the k-th largest of n values the coverage is
/// 1 − 2 · P(Bin(n, ½) ≤ k − 1), and more for a distribution with ties. It holds for an n fixed
/// beforehand only: if you look after every round and stop when it suits you, it is wrong up to 28 %
/// of the time. Use `SignBoundary` for that.
///
/// Source: W. R. Thompson, *On confidence ranges for the median*, Annals of Mathematical Statistics
/// 7 (1936); H. A. David, H. N. Nagaraja, *Order Statistics*, 7.1.
///
/// - Parameters:
///   - values: any order, at least one, none of them NaN.
///   - confidence: above 0 and below 1.
/// - Returns: `nil` for no values or a confidence out of range. With fewer than 6 values no interval
///   reaches 95 %; see `isReached` and `coverage`.
package func orderStatisticInterval(
  _ values: [Double], confidence: Double
) -> OrderStatisticInterval? {
  guard !values.isEmpty, confidence > 0, confidence < 1 else { return nil }
  let sorted = values.sorted()
  let n = sorted.count
  // In logs, so that 2⁻ⁿ does not vanish for thousands of values.
  var logTerm = -Double(n) * CMath.log(2)
  var tail = CMath.exp(logTerm)
  var depth = 1
  var coverage = 1 - 2 * tail
  // The middle value of an odd number counts once, hence no depth beyond half.
  while 2 * (depth + 1) <= n + 1 {
    logTerm += CMath.log(Double(n - depth + 1) / Double(depth))
    let deeper = tail + CMath.exp(logTerm)
    guard 1 - 2 * deeper >= confidence else { break }
    (depth, tail, coverage) = (depth + 1, deeper, 1 - 2 * deeper)
  }
  return OrderStatisticInterval(
    interval: Interval(sorted[depth - 1], sorted[n - depth]), coverage: max(0, coverage),
    isReached: coverage >= confidence)
}
