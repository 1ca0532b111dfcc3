/// Text as a part of an XML document.
enum XMLText {
  /// Text between tags.
  static func content(_ text: String) -> String { escaped(text) { $0 == "\r" } }

  /// The value of an attribute in double quotes; line ends and tabs survive as well.
  static func attribute(_ text: String) -> String {
    escaped(text) { $0 == "\r" || $0 == "\n" || $0 == "\t" }
  }

  /// Escapes what has a meaning in XML and leaves out what no document may hold, control characters.
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
      case _ where isAllowed(scalar): result.unicodeScalars.append(scalar)
      default: break
      }
    }
    return result
  }

  /// Source: *Extensible Markup Language (XML) 1.0*, production Char, without what it discourages.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA, 0xD: true
    case 0..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: false
    default: true
    }
  }
}
