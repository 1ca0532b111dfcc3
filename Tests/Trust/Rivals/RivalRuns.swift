import PerfGate

/// The times of a program, run three times one after the other: as it is, once more, and 10 %
/// slower.
struct RivalRuns: Codable, Sendable {
  var work: String
  /// The seconds of each of ten arms.
  var first: [Double]
  var again: [Double]
  var slower: [Double]
}

/// The runs of all kernels with one seed.
struct RivalBatch: Codable, Sendable {
  var seed: UInt64
  var seconds: Double
  var runs: [RivalRuns]
}

/// How often each rival called a program changed.
struct RivalReport: Codable, Hashable, Sendable {
  /// The name of the cell.
  static let cell = "rivals"
  /// How many pairs of runs the study has.
  static let count = 100

  var work: String
  /// The true ratio of the second run to the first.
  var truth: Double
  /// The pairs of runs.
  var n: Int
  /// How many of them each rule calls changed.
  var changed: [String: Int]

  init(_ work: String, truth: Double, _ pairs: [(first: [Double], second: [Double])]) {
    self.work = work
    self.truth = truth
    n = pairs.count
    changed = Dictionary(
      uniqueKeysWithValues: Rival.allCases.map { rival in
        (rival.rawValue, pairs.count { rival.isChanged($0.first, $0.second) })
      })
  }

  /// The reports of recorded runs, for each kernel in the order of the runs.
  static func all(_ batches: [RivalBatch]) -> [RivalReport] {
    (batches.first?.runs.map(\.work) ?? []).flatMap { work in
      let runs = batches.flatMap(\.runs).filter { $0.work == work }
      return [
        RivalReport(work, truth: 1, runs.map { ($0.first, $0.again) }),
        RivalReport(work, truth: 1.1, runs.map { ($0.first, $0.slower) }),
      ]
    }
  }

  /// One line for people.
  var line: String {
    let counts = Rival.allCases.map { "\($0.rawValue) \(changed[$0.rawValue] ?? 0)" }
    return "\(work), second run \(truth), \(n) pairs, changed: \(counts.joined(separator: ", "))"
  }
}

/// Runs programs as those tools do: each by itself, ten times in one process.
final class RivalRecorder {
  private static let arms = 10
  private static let kernels: [(name: String, base: String, slower: String)] =
    [(OneFunction.name, "a1", "plus.10")] + Laboratory.drawn.map { ($0, "a", "plus.10") }

  private let laboratory: Laboratory
  private let work: [String: ArmWork]

  /// Proves and calibrates once.
  init(_ laboratory: Laboratory) throws {
    self.laboratory = laboratory
    work = try laboratory.work(
      of: Dictionary(uniqueKeysWithValues: Self.kernels.map { ($0.name, [$0.base, $0.slower]) }),
      try laboratory.session(seed: 0))
  }

  func runs(seed: UInt64) throws -> [RivalRuns] {
    let runner = try laboratory.session(seed: seed).runner
    return try Self.kernels.map { kernel in
      RivalRuns(
        work: kernel.name, first: try run(kernel.name, kernel.base, runner),
        again: try run(kernel.name, kernel.base, runner),
        slower: try run(kernel.name, kernel.slower, runner))
    }
  }

  /// Starts a program and times it.
  private func run(_ kernel: String, _ variant: String, _ runner: any ArmRunner) throws -> [Double]
  {
    guard let amount = work[kernel] else { throw TrustError("no work for \(kernel)") }
    let arm = Arm(
      kernel: kernel, variant: variant, workers: 1, tasks: amount.tasks, size: amount.size)
    try runner.start([arm])
    return try (0..<Self.arms).map { _ in try runner.run(arm).seconds }
  }
}
