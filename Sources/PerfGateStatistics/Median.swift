/// The median of `values`: the middle one, or the mean of the two in the middle.
///
/// - Parameter values: any order, at least one, none of them NaN.
/// - Returns: `nil` for no values.
package func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2)
    ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// The spread of `values` as an estimate of a normal distribution's σ, from the median of their
/// distances to their median: 1.4826 · MAD. Up to half of the values may be outliers.
///
/// Source: F. R. Hampel, *The influence curve and its role in robust estimation*, JASA 69 (1974);
/// 1.4826 is 1 / Φ⁻¹(3/4).
///
/// - Parameter values: any order, at least one, finite.
/// - Returns: at least 0; `nil` for no values.
package func madSigma(_ values: [Double]) -> Double? {
  guard let center = median(values) else { return nil }
  return median(values.map { abs($0 - center) }).map { 1.4826 * $0 }
}

/// The log ratio `ln(numerator / denominator)` of the times of two arms in one round.
///
/// - Parameters:
///   - numerator: seconds, above 0.
///   - denominator: seconds, above 0.
/// - Returns: any finite number; NaN unless both times are above 0 and finite. The sequential test
///   counts NaN as a sign for neither side.
package func logRatio(_ numerator: Double, over denominator: Double) -> Double {
  guard numerator > 0, denominator > 0, numerator.isFinite, denominator.isFinite else {
    return .nan
  }
  let ratio = numerator / denominator
  // The quotient of two ordinary times is exact to half a unit; only absurd times overflow it.
  return ratio.isNormal ? CMath.log(ratio) : CMath.log(numerator) - CMath.log(denominator)
}
