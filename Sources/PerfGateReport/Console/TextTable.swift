import PerfGateModel

/// A table of text whose columns are as wide as their widest cell.
struct TextTable {
  enum Alignment { case left, right }

  private struct Row {
    var cells: [String]
    /// A text that belongs to the last cell, such as the reason of a verdict; may be empty.
    var detail: String
    /// The color of the last cell, without its detail.
    var style: StyledLine.Style?
  }

  let header: [String]
  let alignments: [Alignment]
  /// A column of sentences, printed on separate lines if the terminal is narrow.
  private let sentence: Int?
  private var contents: [Row] = []

  init(_ columns: [(String, Alignment)], sentence: Int? = nil) {
    header = columns.map { VisibleText.line($0.0) }
    alignments = columns.map(\.1)
    self.sentence = sentence
  }

  mutating func add(_ cells: String...) { add(cells) }

  mutating func add(_ cells: [String], detail: String = "", style: StyledLine.Style? = nil) {
    contents.append(
      Row(cells: cells.map(VisibleText.line), detail: VisibleText.line(detail), style: style))
  }

  var isEmpty: Bool { contents.isEmpty }

  /// The cells of each row, with the detail in the last one.
  var rows: [[String]] {
    contents.map { row in
      guard !row.detail.isEmpty, let last = row.cells.last else { return row.cells }
      return row.cells.dropLast() + ["\(last): \(row.detail)"]
    }
  }

  /// One line for each row.
  var lines: [String] { Self.lines([header] + rows, alignments) }

  /// One line for each row if it fits. Otherwise the details are on separate lines below each row,
  /// and if that does not fit either, the sentences too.
  ///
  /// - Parameter width: the width of a line in characters; `nil`: unlimited.
  func lines(width: Int?) -> [String] { styledLines(width: width).map(\.text) }

  /// The same lines, with the color of each row's last cell.
  ///
  /// Colors are added after the layout, because they take no space.
  func styledLines(width: Int?) -> [StyledLine] {
    guard let width else { return styled(lines, isDetailed: true) }
    func fits(_ lines: [String]) -> Bool { lines.allSatisfy { $0.count <= width } }
    if fits(lines) { return styled(lines, isDetailed: true) }
    let plain = Self.lines([header] + contents.map(\.cells), alignments)
    if fits(plain) || sentence == nil { return below(plain, width) { [$0.detail] } }
    let columns = header.indices.filter { $0 != sentence }
    let narrow = ([header] + contents.map(\.cells)).map { cells in columns.map { cells[$0] } }
    return below(Self.lines(narrow, columns.map { alignments[$0] }), width) { row in
      [sentence.map { row.cells[$0] } ?? "", row.detail]
    }
  }

  /// The rows, each with its own texts below it.
  private func below(
    _ lines: [String], _ width: Int, _ texts: (Row) -> [String]
  ) -> [StyledLine] {
    let own = contents.map { row in
      texts(row).filter { !$0.isEmpty }.flatMap { Self.wrapped($0, width: width) }
    }
    let lines = styled(lines, isDetailed: false)
    return lines.prefix(1)
      + zip(lines.dropFirst(), own).flatMap { [$0] + $1.map { StyledLine($0) } }
  }

  /// - Parameters:
  ///   - lines: the header's line and one for each row.
  ///   - isDetailed: whether the details follow the last cells on the same line.
  private func styled(_ lines: [String], isDetailed: Bool) -> [StyledLine] {
    lines.prefix(1).map { StyledLine($0) }
      + zip(lines.dropFirst(), contents).map { line, row in
        let cell = row.cells.last ?? ""
        guard isDetailed, !row.detail.isEmpty else {
          return StyledLine(line, style: row.style, length: cell.count, behind: 0)
        }
        // Lines have no spaces at their end, so neither has a detail.
        var whole = "\(cell): \(row.detail)"
        while whole.hasSuffix(" ") { whole.removeLast() }
        return StyledLine(
          line, style: row.style, length: cell.count, behind: whole.count - cell.count)
      }
  }

  /// A text as indented lines within the width, unless a single word is wider.
  private static func wrapped(_ text: String, width: Int) -> [String] {
    let indent = "    "
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append((lines.isEmpty ? indent : indent + "  ") + word)
      }
    }
    return lines
  }

  private static func lines(_ all: [[String]], _ alignments: [Alignment]) -> [String] {
    let widths = alignments.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.indices.map { column -> String in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return alignments[column] == .left ? row[column] + space : space + row[column]
      }
      var line = cells.joined(separator: "   ")
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
