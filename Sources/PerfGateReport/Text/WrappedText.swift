/// Breaks long lines between words.
enum WrappedText {
  /// The text as lines of at most `width` columns, unless a single word is wider.
  ///
  /// - Parameters:
  ///   - width: the columns of a line; `nil`: unlimited.
  ///   - first: what the first line begins with.
  ///   - indent: what each further line begins with.
  static func lines(
    _ text: String, width: Int?, first: String = "", indent: String
  ) -> [String] {
    guard let width, DisplayWidth.of(first) + DisplayWidth.of(text) > width else {
      return [first + text]
    }
    var lines: [String] = []
    var line = first
    var columns = DisplayWidth.of(first)
    var isEmpty = true
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let more = DisplayWidth.of(word)
      if !isEmpty, columns + 1 + more > width {
        lines.append(line)
        (line, columns, isEmpty) = (indent, DisplayWidth.of(indent), true)
      }
      line += isEmpty ? String(word) : " \(word)"
      columns += more + (isEmpty ? 0 : 1)
      isEmpty = false
    }
    return lines + [line]
  }

  /// A line that begins with a word and blanks up to a column, such as `note       text`: its further
  /// lines begin at that column.
  static func labelled(_ line: String, width: Int?) -> [String] {
    guard let width, DisplayWidth.of(line) > width else { return [line] }
    let label = line.prefix { $0 != " " }
    let blanks = line.dropFirst(label.count).prefix { $0 == " " }
    let isLabel = blanks.count > 1 || label.isEmpty && !blanks.isEmpty
    let first = isLabel ? String(label + blanks) : ""
    let column = isLabel ? DisplayWidth.of(first) : 0
    let indent = String(repeating: " ", count: label.isEmpty || !isLabel ? column + 2 : column)
    return lines(String(line.dropFirst(first.count)), width: width, first: first, indent: indent)
  }
}
