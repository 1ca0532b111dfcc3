import PerfGateModel

/// Lines of cells in columns that are as wide as their widest cell.
struct TextTable {
  enum Alignment { case left, right }

  private struct Row {
    var cells: [String]
    /// What the last cell has to say besides, such as a verdict's reason; empty: nothing.
    var detail: String
  }

  let header: [String]
  let alignments: [Alignment]
  /// A column of sentences, which a narrow terminal gets on lines of their own.
  private let sentence: Int?
  private var contents: [Row] = []

  init(_ columns: [(String, Alignment)], sentence: Int? = nil) {
    header = columns.map { VisibleText.line($0.0) }
    alignments = columns.map(\.1)
    self.sentence = sentence
  }

  mutating func add(_ cells: String...) { add(cells) }

  mutating func add(_ cells: [String], detail: String = "") {
    contents.append(Row(cells: cells.map(VisibleText.line), detail: VisibleText.line(detail)))
  }

  var isEmpty: Bool { contents.isEmpty }

  /// The cells of each row; a detail stands in the last one.
  var rows: [[String]] {
    contents.map { row in
      guard !row.detail.isEmpty, let last = row.cells.last else { return row.cells }
      return row.cells.dropLast() + ["\(last): \(row.detail)"]
    }
  }

  /// One line a row.
  var lines: [String] { Self.lines([header] + rows, alignments) }

  /// One line a row where that fits; else the details on lines of their own below each row, and where
  /// that does not fit either, the sentences too.
  ///
  /// - Parameter width: how many characters a line holds; `nil`: as many as it takes.
  func lines(width: Int?) -> [String] {
    guard let width else { return lines }
    func fits(_ lines: [String]) -> Bool { lines.allSatisfy { $0.count <= width } }
    if fits(lines) { return lines }
    let plain = Self.lines([header] + contents.map(\.cells), alignments)
    if fits(plain) || sentence == nil { return below(plain, width) { [$0.detail] } }
    let columns = header.indices.filter { $0 != sentence }
    let narrow = ([header] + contents.map(\.cells)).map { cells in columns.map { cells[$0] } }
    return below(Self.lines(narrow, columns.map { alignments[$0] }), width) { row in
      [sentence.map { row.cells[$0] } ?? "", row.detail]
    }
  }

  /// The rows, each with texts of its own below it.
  private func below(
    _ lines: [String], _ width: Int, _ texts: (Row) -> [String]
  ) -> [String] {
    let own = contents.map { row in
      texts(row).filter { !$0.isEmpty }.flatMap { Self.wrapped($0, width: width) }
    }
    return lines.prefix(1) + zip(lines.dropFirst(), own).flatMap { [$0] + $1 }
  }

  /// A text in lines that are not wider, as far as its words allow; indented.
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
