import PerfGateModel

/// A line of the terminal, a part of which has a color; the text says the same without it.
package struct StyledLine: Hashable, Sendable {
  /// What a color stands for.
  package enum Style: String, Hashable, Sendable, CaseIterable {
    /// It holds: green.
    case good
    /// It is violated: red.
    case bad
    /// It is open: yellow.
    case open
    /// It could not be checked: dim.
    case dim

    /// The terminal's code that begins it.
    var code: String {
      switch self {
      case .good: "\u{1B}[32m"
      case .bad: "\u{1B}[31m"
      case .open: "\u{1B}[33m"
      case .dim: "\u{1B}[2m"
      }
    }
  }

  /// What stands there, without color.
  package let text: String
  /// The color of the part; `nil`: nothing has one.
  package let style: Style?
  /// How many characters the part has, and how many come behind it.
  private let length: Int
  private let behind: Int

  /// A line without color.
  package init(_ text: String) { self.init(text, style: nil, length: 0, behind: 0) }

  /// - Parameters:
  ///   - length: characters that have the color.
  ///   - behind: characters between them and the line's end; counted from there, since what makes a line
  ///     harmless may change its beginning.
  init(_ text: String, style: Style?, length: Int, behind: Int) {
    self.text = text
    self.style = style
    self.length = length
    self.behind = behind
  }

  /// The same line with nothing in it that a terminal or a log acts on.
  package var harmless: StyledLine {
    StyledLine(VisibleText.logLine(text), style: style, length: length, behind: behind)
  }

  /// The text with the codes of a terminal around its colored part.
  package var colored: String {
    guard let style, length > 0, length + behind <= text.count else { return text }
    let end = text.index(text.endIndex, offsetBy: -behind)
    let start = text.index(end, offsetBy: -length)
    return text[..<start] + style.code + text[start..<end] + "\u{1B}[0m" + text[end...]
  }
}

extension StyledLine {
  /// How a verdict looks.
  static func style(of verdict: Verdict.Word) -> Style {
    switch verdict {
    case .holds: .good
    case .violated: .bad
    case .inconclusive: .open
    case .notCheckable: .dim
    }
  }
}
