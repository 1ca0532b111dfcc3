import Foundation
import PerfGate
import XCTest

/// A test case whose `measure` tells what it finds and never fails a test.
///
/// XCTest on Linux fails a test when its ten times deviate from each other by more than 10 %, a limit
/// that cannot be changed: one stall of a shared machine is enough. Here the times are printed as people
/// know them, and go into the record; claims decide.
open class PerformanceTestCase: XCTestCase {
  /// How often the block is run.
  public static let measuredRuns = 10

  /// What the last `measure` of this test found, in seconds, in time order.
  public private(set) var measuredSeconds: [Double] = []

  /// Runs `block` ten times and prints XCTest's line.
  ///
  /// With `PERFGATE_RECORDS` the times are in a record under the test's name.
  public func measure(_ block: () -> Void) {
    let clock = SystemClock()
    measuredSeconds = (0..<Self.measuredRuns).map { _ in
      let start = clock.seconds
      block()
      return clock.seconds - start
    }
    print(Self.line(name, measuredSeconds))
    do throws(TestClaim.Mistake) { try writeRecord() } catch { XCTFail(error.description) }
  }

  /// Runs `block` ten times and prints XCTest's line; then the claim is judged, which decides.
  ///
  /// - Parameters:
  ///   - claim: about the code that the block runs; as a rule one against a baseline.
  ///   - file: where it stands.
  ///   - line: where it stands.
  ///   - block: what is timed for the printed line.
  /// - Throws: `XCTSkip` when the claim is not checkable here; see `XCTAssertClaim`.
  public func measure(
    _ claim: @autoclosure () -> TestClaim, file: StaticString = #filePath, line: UInt = #line,
    _ block: () -> Void
  ) throws {
    measure(block)
    try XCTAssertClaim(claim(), file: file, line: line)
  }

  private func writeRecord() throws(TestClaim.Mistake) {
    do {
      let settings = try Settings.current.get()
      guard let folder = settings.records else { return }
      let record = try Self.record(claimName, measuredSeconds, seed: settings.seed)
      try RunFiles(settings).write(record, named: claimName, to: folder)
    } catch { throw TestClaim.Mistake(description: "\(error)") }
  }

  /// The times as a series of a record: one thread, one task, nothing placed.
  static func record(_ name: String, _ seconds: [Double], seed: UInt64) throws -> Record {
    let workplace = try Workplace()
    var record = workplace.record(
      command: "measure", seed: seed, plan: try workplace.plan(workers: 1))
    record.plan.cpus = []
    var series = Series(
      Arm(
        kernel: name, variant: "measure", executor: PoolRunner.singleThread, workers: 1, tasks: 1,
        size: 1),
      group: "measure", cpus: [], bind: "none")
    series.rounds = Array(seconds.indices)
    // A block of nothing takes no time that a clock can see.
    series.seconds = seconds.map { max($0, 1e-9) }
    record.series = [series]
    record.seconds = seconds.reduce(0, +)
    return record
  }

  /// XCTest's own line for a measurement.
  static func line(_ name: String, _ seconds: [Double]) -> String {
    let average = seconds.reduce(0, +) / Double(seconds.count)
    let variance =
      seconds.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(seconds.count)
    let deviation = average > 0 ? variance.squareRoot() / average * 100 : 0
    let values = seconds.map { String(format: "%.6f", $0) }.joined(separator: ", ")
    return String(
      format: "Test Case '%@' measured [Time, seconds] average: %.6f, "
        + "relative standard deviation: %.3f%%, values: [%@]",
      name, average, deviation, values)
  }
}
