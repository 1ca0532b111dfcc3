import Foundation
import PerfGateStatistics
import Testing

import PerfGateReport

/// A printed figure lies inside its own printed interval.
@Suite struct ValueFormatTests {
  @Test(arguments: [
    (1.002, [0.998, 1.012], "1.002 [1.00, 1.01]"),
    (0.00695, [0.00681, 0.00712], "0.0070 [0.0068, 0.0071]"),
    (1.007, [1.006, 1.0082], "1.007 [1.006, 1.008]"),
    (0.000_123_4, [0.000_1, 0.000_15], "0.00012 [0.00010, 0.00015]"),
    (4.9, [4.9, 4.9], "4.900 [4.90, 4.90]"),
    (29.7341, [29.25, .greatestFiniteMagnitude], "29.734 [29.25, \u{221E}]"),
    (0, [0, 0], "0.000 [0.00, 0.00]"),
  ])
  func digitsFitTheFigure(value: Double, ends: [Double], text: String) {
    #expect(Format.value(value, ends) == text)
  }

  @Test func withoutAnIntervalItStandsAlone() {
    #expect(Format.value(1.5, nil) == "1.500")
    #expect(Format.value(0.0042, nil, (2, 2)) == "0.0042")
  }

  /// Very small, very large and very tight ones, in every pair of digits that tables use.
  @Test func aFigureLiesInItsInterval() throws {
    var generator = SplitMix64(seed: 12)
    for _ in 0..<20_000 {
      let value = pow(10, Double.random(in: -9...9, using: &generator))
      let width = value * pow(10, Double.random(in: -12...1, using: &generator))
      let lower = max(0, value - width * Double.random(in: 0...1, using: &generator))
      let upper = value + width * Double.random(in: 0...1, using: &generator)
      for digits in [(3, 2), (3, 3), (2, 2)] {
        let text = Format.value(value, [lower, upper], digits)
        let numbers = text.split { " [,]".contains($0) }.compactMap { Double($0) }
        try #require(numbers.count == 3, "\(text)")
        #expect(numbers[1] <= numbers[0] && numbers[0] <= numbers[2], "\(text)")
        #expect(abs(numbers[0] - value) <= max(0.05 * value, 1e-12), "\(text) of \(value)")
        // No figure has more than 12 digits after the point.
        let isTight = upper - lower < max(2e-4 * value, 1e-12)
        #expect(isTight || numbers[1] < numbers[2], "\(text)")
      }
    }
  }

  @Test(arguments: [
    (1.05, "1.05"), (4.5, "4.50"), (0.025, "0.025"), (1, "1.00"), (1.0 / 3, "0.33"),
  ])
  func limitsAreShownAsTheyWereWritten(limit: Double, text: String) {
    #expect(Format.limit(limit) == text)
  }
}
