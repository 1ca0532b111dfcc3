extension Format {
  /// Smaller numbers are shown with an exponent.
  private static let smallest = 1e-13

  /// `0.0123`, with this many digits after the point, or more if a small number needs them for three
  /// significant digits. Only 0 is shown as 0.
  package static func shown(_ value: Double, _ digits: Int) -> String {
    guard value == 0 || abs(value) >= smallest else { return "\(value)" }
    return fixed(value, self.digits([value], atLeast: digits))
  }

  /// The number of digits after the point for the numbers of a column, so that the smallest has three
  /// significant digits.
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
