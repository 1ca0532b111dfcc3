import Foundation
import XCTest

/// An `XCTestCase` whose `measure` reports and never fails.
///
/// XCTest on Linux fails a test when the ten times deviate by more than 10 % from each other, a limit
/// that cannot be changed. One stall of a shared machine is enough, so here the times are printed as
/// people know them, and claims decide.
class MeasureCase: XCTestCase {
  /// What the last `measure` of this case found, in seconds.
  private(set) var measuredSeconds: [Double] = []

  /// Runs `block` ten times and prints XCTest's line.
  func measure(_ block: () -> Void) {
    measuredSeconds = (0..<10).map { _ in
      let start = ContinuousClock.now
      block()
      let time = (ContinuousClock.now - start).components
      return Double(time.seconds) + Double(time.attoseconds) * 1e-18
    }
    print(Self.line(name, measuredSeconds))
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
