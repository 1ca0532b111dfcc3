import PerfGateModel

/// Values as JSON text, for formats with so many of them that an encoder would take too long.
enum JSONPiece {
  /// A text in quotes.
  static func text(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// The inside of a text in quotes. What a terminal acts on is spelled out, as in all reports.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in VisibleText.line(text).unicodeScalars {
      if scalar == "\"" || scalar == "\\" { escaped += "\\" }
      escaped.unicodeScalars.append(scalar)
    }
    return escaped
  }

  /// A number; JSON has none that are not finite.
  static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "0" }
}
