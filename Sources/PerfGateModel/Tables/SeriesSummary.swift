import PerfGateStatistics

extension Series {
  /// The median time of one task in seconds, and its interval if there are enough rounds for one; `nil`
  /// without rounds.
  package var taskTime: (seconds: Double, interval: [Double]?)? {
    let times = secondsPerTask
    guard let middle = median(times) else { return nil }
    let found = orderStatisticInterval(times, confidence: Tables.confidence)
    return (
      middle,
      found.flatMap { $0.isReached ? [$0.interval.lower, $0.interval.upper] : nil }
    )
  }

  /// The median over rounds of the most memory, in bytes; `nil` if memory was not measured.
  package var medianBytes: Double? { bytes.flatMap { median($0.map(Double.init)) } }
}

extension Record {
  /// The speedup of the machine itself, from the rounds of the ceiling; `nil` without any.
  package var ceilingCurve: ScalingCurve? {
    let series = series.filter { $0.group.purpose == .ceiling && $0.key.stage == .first }
    return series.isEmpty ? nil : Tables(self).curve(series)
  }
}

extension ScalabilityEstimate {
  /// The speedup that the law expects on this many workers.
  package func speedup(_ workers: Int) -> Double {
    ScalabilityLaw(contention: sigma, coherency: kappa).speedup(workers)
  }
}
