import PerfGateModel

/// A line for the terminal in which one part may have a color. The text says the same without it.
package struct StyledLine: Hashable, Sendable {
  /// The meaning of a color.
  package enum Style: String, Hashable, Sendable, CaseIterable {
    /// Holds: green.
    case good
    /// Violated: red.
    case bad
    /// Inconclusive: yellow.
    case open
    /// Not checkable: dim.
    case dim

    /// The escape sequence that starts the color.
    var code: String {
      switch self {
      case .good: "\u{1B}[32m"
      case .bad: "\u{1B}[31m"
      case .open: "\u{1B}[33m"
      case .dim: "\u{1B}[2m"
      }
    }
  }

  /// The text without color.
  package let text: String
  /// The color of the part; `nil` if no part has one.
  package let style: Style?
  /// The number of characters in the part, and of those after it.
  private let length: Int
  private let behind: Int

  /// A line without color.
  package init(_ text: String) { self.init(text, style: nil, length: 0, behind: 0) }

  /// - Parameters:
  ///   - length: the number of characters with the color.
  ///   - behind: the number of characters after them. Counted from the end, because making a line
  ///     harmless may change its beginning.
  init(_ text: String, style: Style?, length: Int, behind: Int) {
    self.text = text
    self.style = style
    self.length = length
    self.behind = behind
  }

  /// The same line without anything that a terminal or a log acts on.
  package var harmless: StyledLine {
    StyledLine(VisibleText.logLine(text), style: style, length: length, behind: behind)
  }

  /// The text with escape sequences around its colored part.
  package var colored: String {
    guard let style, length > 0, length + behind <= text.count else { return text }
    let end = text.index(text.endIndex, offsetBy: -behind)
    let start = text.index(end, offsetBy: -length)
    return text[..<start] + style.code + text[start..<end] + "\u{1B}[0m" + text[end...]
  }
}

extension StyledLine {
  /// The color of a verdict.
  static func style(of verdict: Verdict.Word) -> Style {
    switch verdict {
    case .holds: .good
    case .violated: .bad
    case .inconclusive: .open
    case .notCheckable: .dim
    }
  }
}
