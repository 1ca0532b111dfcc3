import PerfGateModel

/// Text as a part of an XML document.
enum XMLText {
  /// Text between tags; line ends survive, and no line begins a command of a log that the file is shown in.
  static func content(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { escaped(VisibleText.logLine(String($0))) { _ in false } }.joined(separator: "\n")
  }

  /// The value of an attribute in double quotes; line ends and tabs survive as well.
  static func attribute(_ text: String) -> String {
    escaped(text) { $0 == "\r" || $0 == "\n" || $0 == "\t" }
  }

  /// Escapes what has a meaning in XML, and spells out what no document may hold or a reader would act
  /// on.
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
