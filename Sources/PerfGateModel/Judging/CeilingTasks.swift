import PerfGateStatistics

/// Compares a claim with the machine's own speedup.
package enum CeilingTasks {
  /// The error probability of finding the ceiling below a claim's limit.
  package static let alpha = 0.02

  /// The greatest speedup of `tasks` equal tasks over that of `reference` equal tasks, on this many
  /// workers: on 4 workers 50 tasks reach 3.85 and 52 tasks reach 4.
  package static func granularity(of tasks: Int, to reference: Int, workers: Int) -> Double {
    guard let most = greatestSpeedup(tasks: tasks, workers: workers),
      let other = greatestSpeedup(tasks: reference, workers: workers)
    else { return 1 }
    return most / other
  }
}
