import PerfGateModel

/// Escapes text for an XML document.
enum XMLText {
  /// Text between tags. Line ends survive, and no line can act as a command of a CI log that shows
  /// the file.
  static func content(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { escaped(VisibleText.logLine(String($0))) { _ in false } }.joined(separator: "\n")
  }

  /// The value of an attribute in double quotes. Line ends and tabs survive too.
  static func attribute(_ text: String) -> String {
    escaped(text) { $0 == "\r" || $0 == "\n" || $0 == "\t" }
  }

  /// Escapes the characters with a meaning in XML, and spells out those that XML does not allow or
  /// that a terminal acts on.
  private static func escaped(
    _ text: String, _ isReferenced: (Unicode.Scalar) -> Bool
  ) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case _ where isReferenced(scalar): result += "&#\(scalar.value);"
      case _ where VisibleText.isUnsafe(scalar): result += VisibleText.spelled(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
