/// The ends of the interval that belongs to a sequential sign test: all thresholds at which the test
/// would not have stopped at this look.
///
/// With the boundary b at look n, signs above a threshold reach b exactly when the b-th largest
/// value lies above it, and signs below it reach b exactly when the b-th smallest lies below. So
/// the ends are the order statistics n − b + 1 and b, and interval and verdict cannot disagree. A
/// value equal to the threshold counts for neither side, here as in the test; NaN is neither above nor
/// below anything, so both counts skip it.
///
/// Each end is wrong with at most the boundary's alpha, at whichever look the test stops.
///
/// Source: C. Jennison, B. W. Turnbull, *Interim analyses: the repeated confidence interval
/// approach*, JRSS B 51 (1989).
extension SignBoundary {
  /// The lower end for the median: the b-th largest value.
  ///
  /// - Parameter values: those up to a look, any order; as many as rounds.
  /// - Returns: negative infinity where there is no look after that many values, where no count is
  ///   enough, or where fewer than b values are numbers.
  package func lowerEnd(_ values: [Double]) -> Double {
    guard let boundary = self[values.count] else { return -.infinity }
    let sorted = values.filter { !$0.isNaN }.sorted()
    return sorted.count >= boundary ? sorted[sorted.count - boundary] : -.infinity
  }

  /// The upper end for the median: the b-th smallest value.
  ///
  /// - Parameter values: those up to a look, any order; as many as rounds.
  /// - Returns: infinity where there is no look after that many values, where no count is enough, or
  ///   where fewer than b values are numbers.
  package func upperEnd(_ values: [Double]) -> Double {
    guard let boundary = self[values.count] else { return .infinity }
    let sorted = values.filter { !$0.isNaN }.sorted()
    return sorted.count >= boundary ? sorted[boundary - 1] : .infinity
  }
}
