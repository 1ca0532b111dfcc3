/// Where a curve stops becoming faster.
package struct Saturation: Hashable, Sendable {
  /// The fewest workers after which nothing more is gained.
  package var workers: Int
  /// The next worker count of the curve, from which on nothing is gained.
  package var next: Int
  /// The most that a further point is faster, as a share of the time at `workers`; 0 or below where
  /// all of them are slower.
  package var greatestGain: Double
}

extension ScalingCurve {
  /// The fewest workers after which no further point is faster by more than a share of the time there.
  ///
  /// - Parameter share: 0 ..< 1.
  /// - Returns: `nil` when the last points still gain more, and for fewer than two points.
  package func saturation(share: Double) -> Saturation? {
    var best = Double.infinity
    var found: Saturation?
    for (point, next) in zip(points, points.dropFirst()).reversed() {
      best = min(best, next.seconds)
      let gain = (point.seconds - best) / point.seconds
      if gain <= share {
        found = Saturation(workers: point.workers, next: next.workers, greatestGain: gain)
      }
    }
    return found
  }
}

extension Record.MachineSummary {
  /// How many CPUs may be used: threads of cores; `nil` when the list cannot be read.
  package var threads: Int? {
    var count = 0
    for range in allowedCPUs.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last
      else { return nil }
      count += last - first + 1
    }
    return count
  }
}
