import Testing

import PerfGateReport

/// Only nothing is shown as nothing.
@Suite struct FormatTests {
  @Test(arguments: [
    (0, 4, "0.0000"), (0.25, 4, "0.2500"), (0.0999, 4, "0.0999"), (0.000_099, 4, "0.0000990"),
    (0.000_002_5, 4, "0.00000250"), (-0.000_002_5, 4, "-0.00000250"), (100.77, 4, "100.7700"),
    (0.009_999, 4, "0.0100"), (1e-12, 6, "0.00000000000100"), (4.2e-300, 4, "4.2e-300"),
  ])
  func aSmallNumberHasThreeDigitsThatCount(value: Double, digits: Int, text: String) {
    #expect(Format.shown(value, digits) == text)
  }

  @Test func everyTimeHasAUnitInWhichItShows() {
    for exponent in -20...3 {
      for digit in 1...9 {
        let value = Double("\(digit)e\(exponent)") ?? 0
        let text = Format.seconds(value)
        #expect(text.contains { "123456789".contains($0) }, "\(value) is \(text)")
        for digits in 0...9 {
          let shown = Double(Format.shown(value, digits)) ?? 0
          #expect(abs(shown - value) <= 0.005 * value || value >= 1, "\(value) is \(shown)")
        }
      }
    }
    #expect(Format.seconds(0) == "0.00 ns" && Format.seconds(3e-12) == "0.00300 ns")
  }

  /// A column's points stand below each other, so its smallest number decides.
  @Test func aColumnHasOneNumberOfDigits() {
    #expect(Format.digits([0.25, 0, 0.000_025], atLeast: 4) == 7)
    #expect(Format.digits([], atLeast: 4) == 4 && Format.digits([.infinity, 0], atLeast: 4) == 4)
    #expect(Format.digits([12, 0.5], atLeast: 4) == 4)
  }
}
