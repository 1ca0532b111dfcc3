/// How many columns of a terminal text takes.
package enum DisplayWidth {
  /// The columns of a text on one line.
  package static func of(_ text: some StringProtocol) -> Int {
    // Most text is ASCII, of which each byte is a column.
    let bytes = text.utf8
    if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// The columns of what a reader takes for one character: 0, 1 or 2.
  ///
  /// A letter with marks is as wide as the letter. Emoji and flags take two columns, however many
  /// scalars they are made of.
  package static func of(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return 0 }
    if first.isASCII, scalars.count == 1 { return 1 }
    // The selector asks for an emoji in place of a sign of text.
    if scalars.contains("\u{FE0F}") || first.properties.isEmojiPresentation { return 2 }
    return of(first)
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return isWide(scalar.value) ? 2 : 1
    }
  }

  /// Whether Unicode calls it wide or full-width (East Asian Width W and F).
  private static func isWide(_ value: UInt32) -> Bool {
    guard value >= 0x1100 else { return false }
    return wide.contains { $0.contains(value) }
  }

  /// From Unicode's EastAsianWidth.txt, with the unassigned places inside of blocks of ideographs
  /// and without emoji, which have a property of their own.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF,
    0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x16FFF,
    0x17000...0x18CFF, 0x18D00...0x18D08, 0x1AFF0...0x1B2FF, 0x1F200...0x1F251,
    0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]
}

extension DisplayWidth {
  /// The beginning of a text that is wider than `columns`, with `…` in place of its end.
  package static func cut(_ text: String, to columns: Int) -> String {
    guard of(text) > columns else { return text }
    var (result, width) = ("", 0)
    for character in text {
      width += of(character)
      guard width < columns else { break }
      result.append(character)
    }
    return columns > 0 ? result + "…" : ""
  }
}
