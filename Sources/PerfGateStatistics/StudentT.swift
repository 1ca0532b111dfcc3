/// Student's t distribution: the probability of a value of at most `t`.
///
/// The finite sums for a whole number of degrees of freedom, A&S 26.7.3 and 26.7.4, exact but for
/// rounding. Source: M. Abramowitz, I. A. Stegun, *Handbook of Mathematical Functions* (1964).
///
/// - Parameters:
///   - t: any number.
///   - degreesOfFreedom: at least 1; the time grows with it.
/// - Returns: 0 … 1; `nil` for no degrees of freedom, and for NaN.
package func studentTProbability(_ t: Double, degreesOfFreedom: Int) -> Double? {
  guard degreesOfFreedom >= 1, !t.isNaN else { return nil }
  guard t.isFinite else { return t > 0 ? 1 : 0 }
  let freedom = Double(degreesOfFreedom)
  // θ = atan(t/√ν), by its sine and cosine.
  let hypotenuse = (freedom + t * t).squareRoot()
  guard hypotenuse.isFinite else { return t > 0 ? 1 : 0 }
  let sine = t / hypotenuse
  let cosine = freedom.squareRoot() / hypotenuse
  let isOdd = !degreesOfFreedom.isMultiple(of: 2)
  var term = isOdd ? cosine : 1
  var sum = degreesOfFreedom == 1 ? 0 : term
  for step in stride(from: isOdd ? 3 : 2, to: degreesOfFreedom, by: 2) {
    term *= cosine * cosine * Double(step - 1) / Double(step)
    sum += term
  }
  let within =
    isOdd
    ? 2 / Double.pi * (CMath.atan(t / freedom.squareRoot()) + sine * sum) : sine * sum
  return min(1, max(0, 0.5 + within / 2))
}

/// The quantile of Student's t distribution: the value that a draw exceeds with probability
/// 1 − `probability`.
///
/// - Parameters:
///   - probability: above 0 and below 1. Correct to 1e-6 from 0.0001 to 0.9999.
///   - degreesOfFreedom: at least 1.
/// - Returns: `nil` when a value is out of range.
package func studentTQuantile(_ probability: Double, degreesOfFreedom: Int) -> Double? {
  guard probability > 0, probability < 1, degreesOfFreedom >= 1 else { return nil }
  guard probability != 0.5 else { return 0 }
  if probability < 0.5 {
    // The tails are alike, and 1 − p is exact enough where p itself is.
    return studentTQuantile(1 - probability, degreesOfFreedom: degreesOfFreedom).map { -$0 }
  }
  func isBelow(_ t: Double) -> Bool {
    (studentTProbability(t, degreesOfFreedom: degreesOfFreedom) ?? 1) < probability
  }
  var (low, high) = (0.0, 1.0)
  while isBelow(high), high.isFinite { (low, high) = (high, high * 2) }
  while true {
    let middle = low + (high - low) / 2
    guard middle > low, middle < high else { return high }
    if isBelow(middle) { low = middle } else { high = middle }
  }
}
