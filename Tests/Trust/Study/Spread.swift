import Foundation
import PerfGate
import PerfGateStatistics

/// How much the log ratio of the two copies of a plant varies over starts.
struct Spread: Codable, Hashable, Sendable {
  var work: String
  var starts: Int
  /// The standard deviation of the log ratio.
  var deviation: Double
  /// The median of the ratio.
  var median: Double
  /// The same deviation in a single process.
  var withinProcess: Double
  /// The log ratio of each start.
  var logRatios: [Double]

  /// The name of the cell.
  static let cell = "drawn-spread"
  /// How many starts the study has.
  static let starts = 40
  /// What the study plants: 3 to 4 %, which 40 starts show as 2.4 to 4.9 % in 95 of 100 cases.
  static let wanted = 0.024...0.049

  /// One line for people.
  var line: String {
    "\(work): log ratio of \(starts) starts \((deviation * 100).rounded(digits: 2)) %, median ratio "
      + "\(median); in one process \((withinProcess * 100).rounded(digits: 2)) %"
  }
}

extension Laboratory {
  /// How often an arm runs in a start; the shortest CPU time counts, which others hardly change.
  private static let runs = 9

  /// Measures the copies of each drawn kernel in this many processes, and as often in one.
  func spreads(starts: Int) throws -> [Spread] {
    let session = try session(seed: 1)
    let work = try work(
      of: Dictionary(uniqueKeysWithValues: Self.drawn.map { ($0, ["a", "b"]) }), session)
    return try Self.drawn.map { name in
      guard let amount = work[name] else { throw TrustError("no work for \(name)") }
      let arms = ["a", "b"].map {
        Arm(kernel: name, variant: $0, workers: 1, tasks: amount.tasks / 2, size: amount.size)
      }
      let over = try (0..<starts).map { _ in
        try session.runner.start(arms)
        return try ratio(arms, session.runner)
      }
      let within = try (0..<starts).map { _ in try ratio(arms, session.runner) }
      return Spread(
        work: name, starts: starts, deviation: deviation(over).rounded(digits: 4),
        median: exp(median(over) ?? 0).rounded(digits: 4),
        withinProcess: deviation(within).rounded(digits: 4),
        logRatios: over.map { $0.rounded(digits: 4) })
    }
  }

  private func ratio(_ arms: [Arm], _ runner: any ArmRunner) throws -> Double {
    var shortest = arms.map { _ in Double.infinity }
    for _ in 0..<Self.runs {
      for (index, arm) in arms.enumerated() {
        shortest[index] = min(shortest[index], try runner.run(arm).cpuSeconds)
      }
    }
    return logRatio(shortest[1], over: shortest[0])
  }

  private func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(max(values.count, 1))
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(max(values.count - 1, 1))).squareRoot()
  }
}
