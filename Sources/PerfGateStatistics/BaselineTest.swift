/// Compares today's session with the stored ones.
///
/// A session's number k is the median of `ln T_kernel − ln T_reference`, both measured in the same
/// rounds, so that what a day does to the whole machine cancels; for a speedup, which must not fall,
/// it is `−ln S`. Larger is worse. With S stored sessions, today's is compared with their mean as one
/// more draw would be: `z = (k − mean − ln(1 + X)) / (s √(1 + 1/S))`.
///
/// Source: the prediction interval of a normal sample with unknown variance, G. J. Hahn,
/// W. Q. Meeker, *Statistical Intervals* (1991), 4.7.
package struct BaselineTest: Hashable, Sendable {
  /// The smallest standard deviation assumed for sessions: a few sessions can agree by luck.
  package static let leastDeviation = 0.005
  /// The number of sessions below which a verdict is advice.
  package static let fewestSessions = 5

  /// What was found. With a single stored session it is always inconclusive.
  package let verdict: Decision.Verdict
  /// Whether it is advice only, never a failure: fewer than 5 sessions are stored.
  package let isAdvice: Bool
  /// Whether today is better than the stored sessions by more than the limit, as certainly as for
  /// `violated`: then renew the baseline, so that the gain is kept.
  package let isBetter: Bool
  /// The distance from the limit in standard errors; `nil` with a single session.
  package let z: Double?
  /// Today against the stored sessions, `exp(k − mean)`: above 1 is worse.
  package let change: Double
  /// The interval of `change`: it lies above `1 + X` exactly when violated (99 %), below exactly when
  /// the claim holds (95 %). `nil` with a single session.
  package let changeInterval: Interval?
  /// The smallest change that is found in 9 of 10 sessions, if they differ as the stored ones do; above
  /// 1 + X. `nil` where a verdict is advice.
  package let detectableChange: Double?
  /// The mean of the stored sessions, on the scale of k.
  package let mean: Double
  /// Their standard deviation, at least 0.005.
  package let deviation: Double

  /// Compares today's session with the stored ones.
  ///
  /// - Parameters:
  ///   - today: k of today, finite.
  ///   - stored: k of the stored sessions, at least one, finite.
  ///   - limit: X, by how much worse today may be, 0.05 for 5 %; at least 0 and finite.
  /// - Returns: `nil` when a value is out of range.
  package init?(today: Double, stored: [Double], limit: Double) {
    guard today.isFinite, !stored.isEmpty, stored.allSatisfy(\.isFinite), limit >= 0,
      limit.isFinite
    else { return nil }
    let count = Double(stored.count)
    mean = stored.reduce(0, +) / count
    let (center, difference) = (mean, today - mean)
    let squares = stored.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    let sample = stored.count > 1 ? (squares / (count - 1)).squareRoot() : 0
    deviation = max(sample, Self.leastDeviation)
    change = CMath.exp(difference)
    isAdvice = stored.count < Self.fewestSessions
    guard let t99 = studentTQuantile(0.99, degreesOfFreedom: stored.count - 1),
      let t95 = studentTQuantile(0.95, degreesOfFreedom: stored.count - 1),
      let t90 = studentTQuantile(0.9, degreesOfFreedom: stored.count - 1)
    else {
      (verdict, isBetter, z, changeInterval) = (.inconclusive, false, nil, nil)
      detectableChange = nil
      return
    }
    let error = deviation * (1 + 1 / count).squareRoot()
    let margin = CMath.log1p(limit)
    let distance = (difference - margin) / error
    z = distance
    verdict = distance > t99 ? .violated : distance < -t95 ? .holds : .inconclusive
    isBetter = (difference + margin) / error < -t99
    changeInterval = Interval(difference - t99 * error, difference + t95 * error).exponential
    // The spread of a few sessions is known as badly as Student's t says.
    detectableChange = isAdvice ? nil : CMath.exp(margin + (t99 + t90) * error)
  }
}
