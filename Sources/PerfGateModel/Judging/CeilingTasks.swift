import PerfGateStatistics

/// What the machine's own speedup is compared with.
package enum CeilingTasks {
  /// The error with which a ceiling is found below a claim.
  package static let alpha = 0.02

  /// How much of what `reference` equal tasks can reach `tasks` ones can, on so many workers: 50 tasks
  /// reach 3.85 times on 4 workers where 52 reach 4.
  package static func granularity(of tasks: Int, to reference: Int, workers: Int) -> Double {
    guard let most = greatestSpeedup(tasks: tasks, workers: workers),
      let other = greatestSpeedup(tasks: reference, workers: workers)
    else { return 1 }
    return most / other
  }
}
