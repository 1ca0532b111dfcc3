/// The point from which a curve gets no faster.
package struct Saturation: Hashable, Sendable {
  /// The number of workers after which more gain nothing.
  package var workers: Int
  /// The next worker count of the curve, the first without a gain.
  package var next: Int
  /// The greatest gain of a later point, as a share of the time at `workers`; 0 or below if all
  /// later points are slower.
  package var greatestGain: Double
}

extension ScalingCurve {
  /// Finds the fewest workers after which no later point is faster by more than a share of their
  /// time.
  ///
  /// - Parameter share: 0 ..< 1.
  /// - Returns: `nil` if the last point still gains more, or if there are fewer than two points.
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
  /// The number of CPUs (hardware threads) that may be used; `nil` if the list cannot be read.
  package var threads: Int? {
    // No machine has as many; the numbers of a damaged record may be any.
    let most = 1 << 32
    var count = 0
    for range in allowedCPUs.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last,
        last - first < most, count < most
      else { return nil }
      count += last - first + 1
    }
    return count
  }
}
