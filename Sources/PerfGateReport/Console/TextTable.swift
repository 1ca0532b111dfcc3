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
  /// The columns that a terminal may be too narrow for, the least important one first.
  private let expendable: [Int]
  private var contents: [Row] = []

  /// - Parameters:
  ///   - sentence: a column of sentences.
  ///   - expendable: the columns that are dropped on a narrow terminal, by their headers, the least
  ///     important one first; `nil`: all but the first two, the last one first.
  init(_ columns: [(String, Alignment)], sentence: Int? = nil, expendable: [String]? = nil) {
    header = columns.map { VisibleText.line($0.0) }
    alignments = columns.map(\.1)
    self.sentence = sentence
    self.expendable =
      expendable.map { names in
        names.compactMap { name in columns.firstIndex { $0.0 == name } }
      } ?? columns.indices.dropFirst(2).reversed()
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

  /// The lines within a width: one for each row if that fits. Otherwise the details are on separate
  /// lines below each row, then the sentences too, and at last the least important columns are
  /// dropped, which a line below the table says.
  ///
  /// - Parameter width: the width of a line in columns of the terminal; `nil`: unlimited.
  func lines(width: Int?) -> [String] { styledLines(width: width).map(\.text) }

  /// The same lines, with the color of each row's last cell.
  ///
  /// Colors are added after the layout, because they take no space.
  func styledLines(width: Int?) -> [StyledLine] {
    let needed = width.map { _ in Self.width(Self.widths([header] + self.rows)) }
    guard let width, let needed, needed > width else { return styled(lines, isDetailed: true) }
    let widths = Self.widths([header] + contents.map(\.cells))
    func fits(_ columns: [Int]) -> Bool { Self.width(columns.map { widths[$0] }) <= width }
    var columns = Array(header.indices)
    let isSentenceBelow = sentence != nil && !fits(columns)
    if isSentenceBelow { columns.removeAll { $0 == sentence } }
    var dropped: [Int] = []
    for column in expendable where !fits(columns) {
      columns.removeAll { $0 == column }
      dropped.append(column)
    }
    let cells = ([header] + contents.map(\.cells)).map { cells in columns.map { cells[$0] } }
    let rows = below(Self.lines(cells, columns.map { alignments[$0] }), width) { row in
      [isSentenceBelow ? sentence.map { row.cells[$0] } ?? "" : "", row.detail]
    }
    let whole = Self.width(header.indices.filter { $0 != sentence }.map { widths[$0] })
    return rows + note(dropped, width, needed: whole).map { StyledLine($0) }
  }

  /// What is missing, and from which width on it would be there.
  private func note(_ dropped: [Int], _ width: Int, needed: Int) -> [String] {
    guard !dropped.isEmpty else { return [] }
    let names = dropped.sorted().map { header[$0] }.joined(separator: ", ")
    return WrappedText.lines(
      "not shown in \(width) columns: \(names); COLUMNS=\(needed) shows them", width: width,
      indent: "  ")
  }

  /// The columns of a terminal that each column of cells takes.
  private static func widths(_ rows: [[String]]) -> [Int] {
    var widths = rows[0].map { _ in 0 }
    for row in rows {
      for column in row.indices {
        widths[column] = max(widths[column], DisplayWidth.of(row[column]))
      }
    }
    return widths
  }

  /// The width of the longest line: there is nothing behind the last column that is not empty.
  private static func width(_ widths: [Int]) -> Int {
    let shown = widths.reversed().drop { $0 == 0 }
    return shown.reduce(0, +) + separator.count * max(0, shown.count - 1)
  }

  private static let separator = "   "

  /// The rows, each with its own texts below it.
  private func below(
    _ lines: [String], _ width: Int, _ texts: (Row) -> [String]
  ) -> [StyledLine] {
    let own = contents.map { row in
      texts(row).filter { !$0.isEmpty }.flatMap {
        WrappedText.lines($0, width: width, first: "    ", indent: "      ")
      }
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

  private static func lines(_ all: [[String]], _ alignments: [Alignment]) -> [String] {
    let widths = widths(all)
    return all.map { row in
      let last = row.lastIndex { !$0.isEmpty } ?? -1
      // No spaces at the end of a line.
      let cells = row.indices.prefix(last + 1).map { column -> String in
        let count = widths[column] - DisplayWidth.of(row[column])
        if column == last, alignments[column] == .left || count == 0 { return row[column] }
        let space = String(repeating: " ", count: count)
        return alignments[column] == .left ? row[column] + space : space + row[column]
      }
      var line = cells.joined(separator: separator)
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
