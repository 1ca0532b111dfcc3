/// Checks the rivals' tests, and our own bounds, with known values; returns what is wrong.
func wrongStatistics() -> [String] {
  var wrong: [String] = []
  func expect(_ name: String, _ found: Double, _ expected: Double, _ tolerance: Double) {
    if !(abs(found - expected) <= tolerance) { wrong.append("\(name): \(found), not \(expected)") }
  }
  checkRanks(expect)
  checkWelch(expect)
  // Without errors it is 1 − 0.05^(1/n).
  expect("bound of 0 of 200", errorBound(errors: 0, of: 200), 0.014867, 1e-5)
  expect("bound of 0 of 3,000", errorBound(errors: 0, of: 3000), 0.000998, 1e-5)
  // Clopper and Pearson (1934), upper limit of 90 % for 1 of 10.
  expect("bound of 1 of 10", errorBound(errors: 1, of: 10), 0.39416, 1e-4)

  let steady = (0..<10).map { 1 + 0.0001 * Double($0) }
  for rival in Rival.allCases {
    if rival.isChanged(steady, steady) { wrong.append("\(rival) calls equal times changed") }
    if !rival.isChanged(steady, steady.map { $0 * 1.1 }) { wrong.append("\(rival) misses 10 %") }
  }
  // Two thirds of a percent are significant for tests, and below the thresholds.
  let little = steady.map { $0 * 1.0066 }
  for rival in [Rival.threshold, .tango] where rival.isChanged(steady, little) {
    wrong.append("\(rival) calls 0.66 % changed")
  }
  return wrong
}

private func checkRanks(_ expect: (String, Double, Double, Double) -> Void) {
  func p(_ first: [Double], _ second: [Double]) -> Double { Rival.mannWhitney(first, second) }
  // All of one before all of the other: 2 of the 20, 70 and 184,756 orders.
  expect("3 against 3", p([1, 2, 3], [4, 5, 6]), 2.0 / 20, 1e-12)
  expect("4 against 4", p([5, 6, 7, 8], [1, 2, 3, 4]), 2.0 / 70, 1e-12)
  let ten = (0..<10).map(Double.init)
  expect("10 against 10", p(ten, ten.map { $0 + 100 }), 2.0 / 184_756, 1e-12)
  // The tables' critical value of 10 against 10 at 5 % is 23: 23 wins are significant, 24 are not.
  expect("23 wins", p(wins(23), ten) < 0.05 ? 1 : 0, 1, 0)
  expect("24 wins", p(wins(24), ten) < 0.05 ? 1 : 0, 0, 0)
  expect("50 wins", p(wins(50), ten), 1, 1e-12)
}

/// Ten numbers that are below the numbers 0 to 9 in this many pairs.
private func wins(_ count: Int) -> [Double] {
  (0..<10).map { index in
    let own = min(10, max(0, count - index * 10))
    // Below the `own` greatest, and different from each other.
    return 9.5 - Double(own) + 0.01 * Double(index)
  }
}

private func checkWelch(_ expect: (String, Double, Double, Double) -> Void) {
  // B. L. Welch's test as in its encyclopedia article, example 1: t −2.46, 25.0 degrees, p 0.021.
  let first = [
    27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4,
  ]
  let second = [
    27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4,
  ]
  let found = Rival.welch(first, second)
  expect("Welch's t", found.t, 2.46, 0.005)
  expect("Welch's degrees of freedom", found.freedom, 25.0, 0.05)
  expect("Welch's probability", found.probability, 0.021, 0.0005)
  // A t of 2.228 with 10 degrees of freedom is the tables' 5 %; I_x(1, 1) is x.
  expect(
    "t with 10 degrees", Rival.incompleteBeta(10 / (10 + 2.228139 * 2.228139), 5, 0.5), 0.05, 1e-6)
  expect("beta", Rival.incompleteBeta(0.3, 1, 1), 0.3, 1e-12)
}
