import PerfGateStatistics

/// The times of a task in the rounds of a series, summed up as tools for benchmarks do.
package struct SampleStatistics: Hashable, Sendable {
  /// The arithmetic mean of all rounds.
  package var mean: Double
  /// Their median.
  package var median: Double
  /// Their standard deviation, with n − 1 in the denominator.
  package var standardDeviation: Double
  /// The standard deviation over the mean; 0 if all are 0.
  package var coefficientOfVariation: Double { mean > 0 ? standardDeviation / mean : 0 }

  /// Sums up times, in any unit.
  ///
  /// - Returns: `nil` without values.
  package init?(_ values: [Double]) {
    guard let middle = PerfGateStatistics.median(values) else { return nil }
    mean = values.reduce(0, +) / Double(values.count)
    median = middle
    standardDeviation = PerfGateStatistics.standardDeviation(values)
  }
}
