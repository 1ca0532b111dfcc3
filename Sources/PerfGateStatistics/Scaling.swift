/// The greatest speedup that `tasks` equal tasks allow on `workers` workers: M / ⌈M / w⌉.
///
/// The last worker to finish has ⌈M / w⌉ tasks, however they are handed out: 50 tasks allow 5.00 on 5
/// workers, 3.85 on 4 and 7.14 on 8. Source: R. L. Graham, *Bounds on multiprocessing timing
/// anomalies*, SIAM J. Applied Mathematics 17 (1969).
///
/// - Parameters:
///   - tasks: M, at least 1.
///   - workers: w, at least 1.
/// - Returns: 1 … min(M, w); `nil` when a number is below 1.
package func greatestSpeedup(tasks: Int, workers: Int) -> Double? {
  guard tasks >= 1, workers >= 1 else { return nil }
  let longest = tasks / workers + (tasks.isMultiple(of: workers) ? 0 : 1)
  return Double(tasks) / Double(longest)
}

/// The experimentally determined serial fraction: (1/S − 1/w) / (1 − 1/w).
///
/// 4.5 on 5 workers is 2.78 %. A fraction that stays the same over w is a serial part; one that rises is
/// coherency, bandwidth or a clock that slows. Source: A. H. Karp, H. P. Flatt, *Measuring parallel
/// processor performance*, CACM 33 (1990).
///
/// - Parameters:
///   - speedup: S, above 0.
///   - workers: w, at least 2.
/// - Returns: 1 for no speedup, 0 for a linear one, below 0 for a superlinear one; `nil` when a value is
///   out of range.
package func karpFlatt(speedup: Double, workers: Int) -> Double? {
  guard speedup > 0, workers >= 2 else { return nil }
  let share = 1 / Double(workers)
  return (1 / speedup - share) / (1 - share)
}

/// The improvement over the previous row, as in the published tables:
/// 100 · (T_previous − T) / T_previous.
///
/// - Parameters:
///   - previousSeconds: above 0.
///   - seconds: at least 0.
/// - Returns: percent, at most 100, below 0 when slower; `nil` when a value is out of range.
package func improvementPercent(previousSeconds: Double, seconds: Double) -> Double? {
  guard previousSeconds > 0, previousSeconds.isFinite, seconds >= 0, seconds.isFinite else {
    return nil
  }
  return 100 * (previousSeconds - seconds) / previousSeconds
}
