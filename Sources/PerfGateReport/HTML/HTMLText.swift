import PerfGateModel

/// Escapes text for a page: nobody's name can become markup, run, or turn the text around it.
enum HTMLText {
  /// Text between tags or in an attribute with double quotes, on one line.
  static func content(_ text: String) -> String {
    let line = VisibleText.line(text)
    guard line.utf8.contains(where: isSpecial) else { return line }
    var result = ""
    for scalar in line.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
      || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }
}
