/// Makes untrusted text (names, reasons, paths, causes) safe for a terminal or a log.
///
/// Characters that move the cursor, hide or reverse text, or begin a new line are spelled out:
/// `\n`, `\u{1B}`. Visible characters are not changed, so text that is already spelled out stays
/// the same.
package enum VisibleText {
  /// The text on one line.
  package static func line(_ text: String) -> String {
    spelledOut(text, isSpelled: isUnsafe)
  }

  /// The text with its line ends kept.
  package static func lines(_ text: String) -> String {
    spelledOut(text, isSpelled: { $0 != "\n" && isUnsafe($0) })
  }

  /// The text on one line that no continuous integration system takes for a command, such as
  /// `::error::` at its beginning, or `##[error]` or `##vso[…]` anywhere.
  package static func logLine(_ text: String) -> String {
    var line = line(text)
    // Searching for a pattern takes longer than everything else that a table does for a line.
    if line.utf8.contains(UInt8(ascii: "#")) {
      line = line.replacing(/##(?=[a-z]*\[)/, with: "#\\#")
    }
    if let first = line.firstIndex(where: { !$0.isWhitespace }), line[first...].hasPrefix("::") {
      line.insert("\\", at: first)
    }
    return line
  }

  /// JSON text with the same meaning, without unsafe characters except line ends.
  package static func json(_ text: String) -> String {
    // Outside of strings valid JSON has no unsafe characters except line ends.
    spelledOut(text, isSpelled: { $0 != "\n" && isUnsafe($0) }) { scalar in
      String(scalar).utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    }
  }

  /// Whether a scalar has an effect beyond being visible: controls, marks that reverse or hide
  /// text, line ends.
  package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    // Except for the two that join letters and emoji, which are harmless.
    case .format: return scalar != "\u{200C}" && scalar != "\u{200D}"
    default: return scalar.properties.isNoncharacterCodePoint
    }
  }

  /// `\n` or `\u{1B}`.
  package static func spelled(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    }
  }

  private static func spelledOut(
    _ text: String, isSpelled: (Unicode.Scalar) -> Bool,
    _ spelling: (Unicode.Scalar) -> String = spelled
  ) -> String {
    guard text.unicodeScalars.contains(where: isSpelled) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isSpelled(scalar) {
        result.append(contentsOf: spelling(scalar).unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
