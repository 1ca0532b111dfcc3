extension Format {
  /// What is smaller than this is shown with an exponent.
  private static let smallest = 1e-13

  /// `0.0123`, with so many digits after the point, or with as many more as a small number needs for three
  /// that count: only 0 is shown as 0.
  package static func shown(_ value: Double, _ digits: Int) -> String {
    guard value == 0 || abs(value) >= smallest else { return "\(value)" }
    return fixed(value, self.digits([value], atLeast: digits))
  }

  /// How many digits after the point the numbers of a column get, so that the smallest has three that
  /// count.
  package static func digits(_ column: [Double], atLeast least: Int) -> Int {
    guard let value = column.map(abs).filter({ $0 >= smallest }).min(), value < 1 else {
      return least
    }
    var (digits, scaled) = (0, value)
    // 99.5 is rounded to three digits.
    while digits < least || scaled < 99.5 {
      scaled *= 10
      digits += 1
    }
    return digits
  }
}
