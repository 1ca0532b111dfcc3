import PerfGateModel

/// Writes text as a field of a CSV file.
enum CSVText {
  /// What makes a spreadsheet take a field for a formula, the wide forms included.
  private static let formulaMarks: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
  ]

  /// The text as one field: on one line, quoted where needed, and never a formula. Text that begins
  /// like one gets an apostrophe before it, which a spreadsheet does not show.
  static func field(_ text: String) -> String {
    var field = VisibleText.line(text)
    if let first = field.unicodeScalars.first, formulaMarks.contains(first) {
      field = "'" + field
    }
    guard field.utf8.contains(where: isSpecial) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }

  /// A semicolon separates fields in spreadsheets of countries with a decimal comma.
  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ";")
  }
}
