import Foundation

/// The largest error rate that still gives at most `errors` of `count` with a probability of 5 %
/// (one-sided, exact: Clopper and Pearson). For no errors about 3 / `count`.
///
/// - Returns: 0 to 1; 1 for no trials.
func errorBound(errors: Int, of count: Int) -> Double {
  guard count > 0, errors < count else { return 1 }
  var (low, high) = (Double(errors) / Double(count), 1.0)
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if binomialProbability(atMost: errors, of: count, rate: middle) > 0.05 {
      low = middle
    } else {
      high = middle
    }
  }
  return high
}

/// The probability of at most `successes` of `count` trials.
func binomialProbability(atMost successes: Int, of count: Int, rate: Double) -> Double {
  guard rate > 0 else { return 1 }
  guard rate < 1 else { return successes >= count ? 1 : 0 }
  var logTerm = Double(count) * log1p(-rate)
  var sum = exp(logTerm)
  for k in stride(from: 1, through: successes, by: 1) {
    logTerm += log(Double(count - k + 1) / Double(k)) + log(rate) - log1p(-rate)
    sum += exp(logTerm)
  }
  return min(1, sum)
}
