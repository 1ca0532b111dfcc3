import Foundation
import PerfGateStatistics

/// A rule by which a tool calls a program changed, from the times of two runs, in seconds.
enum Rival: String, CaseIterable, Codable, Sendable {
  /// Mann–Whitney at 5 %, two-sided: benchstat, compare.py of google/benchmark.
  case mannWhitney
  /// The medians differ by more than 5 %: package-benchmark with such a threshold.
  case threshold
  /// Welch's t-test at 5 %, two-sided.
  case welch
  /// The mean difference is 2.6 standard errors from 0 and above 1 %: tango.
  case tango

  /// Whether it calls the second program changed.
  func isChanged(_ first: [Double], _ second: [Double]) -> Bool {
    switch self {
    case .mannWhitney: return Self.mannWhitney(first, second) < 0.05
    case .welch: return Self.welch(first, second).probability < 0.05
    case .threshold:
      guard let before = median(first), let after = median(second) else { return false }
      return abs(after / before - 1) > 0.05
    case .tango:
      let differences = zip(first, second).map { $1 - $0 }
      let change = Self.mean(differences)
      let error = (Self.variance(differences) / Double(max(differences.count, 1))).squareRoot()
      return abs(change) >= 2.6 * error && abs(change) > 0.01 * Self.mean(first)
    }
  }

  static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(max(values.count, 1))
  }

  /// The variance of a sample; 0 for fewer than two values.
  static func variance(_ values: [Double]) -> Double {
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(values.count - 1, 1))
  }
}

// MARK: - Mann–Whitney

extension Rival {
  /// The probability of ranks at least as unequal as these if both programs are equal: exact,
  /// two-sided. A tie counts half for each side, which makes it slightly conservative.
  static func mannWhitney(_ first: [Double], _ second: [Double]) -> Double {
    var wins = 0.0
    for one in first {
      for other in second { wins += one < other ? 1 : one == other ? 0.5 : 0 }
    }
    let all = first.count * second.count
    let fewer = Int(min(wins, Double(all) - wins).rounded(.up))
    let orders = orders(first.count, second.count)
    let total = orders.reduce(0, +)
    return min(1, 2 * orders[...fewer].reduce(0, +) / total)
  }

  /// How many orders of two samples have each number of wins of the first: the coefficients of the
  /// Gaussian binomial.
  private static func orders(_ first: Int, _ second: Int) -> [Double] {
    // By the sizes of both samples; the greatest of all is of the first or of the second.
    var known: [[[Double]]] = Array(
      repeating: Array(repeating: [1], count: second + 1), count: first + 1)
    for m in stride(from: 1, through: first, by: 1) {
      for n in stride(from: 1, through: second, by: 1) {
        var counts = Array(repeating: 0.0, count: m * n + 1)
        for (wins, count) in known[m - 1][n].enumerated() { counts[wins + n] += count }
        for (wins, count) in known[m][n - 1].enumerated() { counts[wins] += count }
        known[m][n] = counts
      }
    }
    return known[first][second]
  }
}

// MARK: - Welch

extension Rival {
  /// Welch's t-test: t, its degrees of freedom, and the two-sided probability of such a t if both
  /// programs are equal.
  static func welch(
    _ first: [Double], _ second: [Double]
  ) -> (t: Double, freedom: Double, probability: Double) {
    let (a, b) = (
      variance(first) / Double(first.count), variance(second) / Double(second.count)
    )
    let change = mean(second) - mean(first)
    guard a + b > 0 else { return (0, 1, change == 0 ? 1 : 0) }
    let t = change / (a + b).squareRoot()
    let freedom =
      (a + b) * (a + b)
      / (a * a / Double(first.count - 1) + b * b / Double(second.count - 1))
    return (
      t, freedom, incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
    )
  }

  /// The regularized incomplete beta function I_x(a, b), by its continued fraction.
  ///
  /// Source: W. H. Press et al., *Numerical Recipes*, section 6.4 (modified Lentz).
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges where x is small.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(
      lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var fraction = d
    for step in 1...500 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      fraction *= d * c
      if abs(d * c - 1) < 1e-14 { break }
    }
    return front * fraction / a
  }
}
