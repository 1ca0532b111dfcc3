import Foundation
import PerfGate

/// Ten times of one block, as XCTest's `measure` takes and prints them.
struct BlockTimes: Sendable {
  /// How often the block is run.
  static let runs = 10

  /// The times, in time order.
  private(set) var seconds: [Double] = []
  /// How the block used `startMeasuring()` and `stopMeasuring()` wrongly, in one line.
  private(set) var mistake: String?

  /// Times from numbers.
  init(seconds: [Double]) { self.seconds = seconds }

  /// Times the whole block.
  init(_ block: () -> Void) {
    let clock = SystemClock()
    seconds = (0..<Self.runs).map { _ in
      let start = clock.seconds
      block()
      return clock.seconds - start
    }
  }

  /// Times what the block says.
  ///
  /// - Parameter startsItself: whether it calls `startMeasuring()`; otherwise its time begins with it.
  init(startsItself: Bool, _ block: () -> Void) {
    let clock = SystemClock()
    for _ in 0..<Self.runs {
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

  /// XCTest's own line for them.
  func line(_ test: String) -> String {
    let average = seconds.reduce(0, +) / Double(seconds.count)
    let variance =
      seconds.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(seconds.count)
    let deviation = average > 0 ? variance.squareRoot() / average * 100 : 0
    // Nanoseconds are as fine as the clock; six digits show none of a short block.
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
  /// Adds the times to the record of the run, if one is wanted.
  func write(as name: String) throws {
    let settings = try Settings.current.get()
    guard settings.records != nil else { return }
    try RunFiles(settings).write(try record(name, seed: settings.seed))
  }

  /// The times as a series of a record: one thread, one task, nothing placed.
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
    // A block of nothing takes no time that a clock can see.
    series.seconds = seconds.map { max($0, 1e-9) }
    record.series = [series]
    record.seconds = seconds.reduce(0, +)
    return record
  }
}

// MARK: - What the block says

extension BlockTimes {
  /// One run of a block that says itself where its time begins and ends.
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

  /// Begins the time of the run; `false` when no block is run that says so.
  static func start() -> Bool {
    lock.withLock {
      if current?.begin != nil {
        current?.mistake = "startMeasuring() was called where the time had begun already"
      }
      current?.begin = SystemClock().seconds
      return current != nil
    }
  }

  /// Ends the time of the run; `false` when no block is run that says so.
  static func stop() -> Bool {
    let end = SystemClock().seconds
    return lock.withLock {
      if current?.begin == nil || current?.end != nil {
        current?.mistake = "stopMeasuring() was called where no time was running"
      }
      current?.end = end
      return current != nil
    }
  }
}
