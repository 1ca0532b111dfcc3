import Foundation
import PerfGate

/// Ten times of one block, measured and printed like XCTest's `measure`.
struct BlockTimes: Sendable {
  /// How often the block runs.
  static let runs = 10
  /// How often it runs in this process: once where only a later claim is served.
  private static let runsHere = ClaimServer.isServing ? 1 : runs

  /// The times, in time order.
  private(set) var seconds: [Double] = []
  /// How the block used `startMeasuring()` or `stopMeasuring()` wrongly, in one line; `nil`:
  /// correctly.
  private(set) var mistake: String?

  init(seconds: [Double]) { self.seconds = seconds }

  init(_ block: () -> Void) {
    let clock = SystemClock()
    seconds = (0..<Self.runsHere).map { _ in
      let start = clock.seconds
      block()
      return clock.seconds - start
    }
  }

  /// Times the part of the block between `startMeasuring()` and `stopMeasuring()`.
  ///
  /// - Parameter startsItself: whether the block calls `startMeasuring()`; otherwise the timing
  ///   starts with the block.
  init(startsItself: Bool, _ block: () -> Void) {
    let clock = SystemClock()
    for _ in 0..<Self.runsHere {
      Self.set(Stretch(begin: startsItself ? nil : clock.seconds))
      block()
      let end = clock.seconds
      let stretch = Self.set(nil)
      guard let begin = stretch?.begin, stretch?.mistake == nil else {
        mistake = stretch?.mistake ?? "the block of measureMetrics never called startMeasuring()"
        return
      }
      seconds.append((stretch?.end ?? end) - begin)
    }
  }

  /// XCTest's own line for the times.
  func line(_ test: String) -> String {
    let average = seconds.reduce(0, +) / Double(seconds.count)
    let variance =
      seconds.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(seconds.count)
    let deviation = average > 0 ? variance.squareRoot() / average * 100 : 0
    // Nine digits, the resolution of the clock: six would show zeros for a short block.
    let digits = seconds.contains { $0 < 1e-4 } ? 9 : 6
    let values = seconds.map { String(format: "%.\(digits)f", $0) }.joined(separator: ", ")
    return String(
      format: "Test Case '%@' measured [Time, seconds] average: %.\(digits)f, "
        + "relative standard deviation: %.3f%%, values: [%@], "
        + "performanceMetricID:org.swift.XCTPerformanceMetric_WallClockTime",
      test, average, deviation, values)
  }
}

// MARK: - The record

extension BlockTimes {
  /// Adds the times to the record of the run, if there is one.
  func write(as name: String) throws {
    let settings = try Settings.current.get()
    guard settings.records != nil else { return }
    try RunFiles(settings).write(try record(name, seed: settings.seed))
  }

  /// The times as a series of a record: one thread, one task, not pinned.
  func record(_ name: String, seed: UInt64) throws -> Record {
    let environment = try MeasurementEnvironment()
    var record = environment.record(
      command: "test", seed: seed, plan: try environment.plan(workers: 1))
    record.plan.cpus = []
    var series = Series(
      Arm(
        kernel: name, variant: "measure", executor: ExecutorName.singleThread, workers: 1, tasks: 1,
        size: 1),
      group: GroupKey(.measure, name), cpus: [], bind: "none")
    series.rounds = Array(seconds.indices)
    // The clock may read 0 for an empty block.
    series.seconds = seconds.map { max($0, 1e-9) }
    record.series = [series]
    record.seconds = seconds.reduce(0, +)
    return record
  }
}

// MARK: - Calls from the block

extension BlockTimes {
  /// One run of a block that starts and stops its timing itself.
  private struct Stretch {
    var begin: Double?
    var end: Double?
    var mistake: String?
  }

  private static let lock = NSLock()
  /// `nonisolated(unsafe)`: only touched while `lock` is held.
  private nonisolated(unsafe) static var current: Stretch?

  @discardableResult
  private static func set(_ stretch: Stretch?) -> Stretch? {
    lock.withLock {
      defer { current = stretch }
      return current
    }
  }

  /// Starts the timing; `false` if no block of `measureMetrics` is running.
  static func start() -> Bool {
    lock.withLock {
      if current?.begin != nil {
        current?.mistake = "startMeasuring() was called when the timing had already started"
      }
      current?.begin = SystemClock().seconds
      return current != nil
    }
  }

  /// Stops the timing; `false` if no block of `measureMetrics` is running.
  static func stop() -> Bool {
    let end = SystemClock().seconds
    return lock.withLock {
      if current?.begin == nil || current?.end != nil {
        current?.mistake = "stopMeasuring() was called when no timing was running"
      }
      current?.end = end
      return current != nil
    }
  }
}
