import PerfGateModel

/// The record as Markdown, for the summary of a continuous integration run.
package enum MarkdownReport {
  /// The counts of verdicts, the machine, the tasks, the claims with what to look at, and all tables of
  /// the record.
  package static func text(_ record: Record) -> String {
    let index = RecordIndex(record)
    let command = record.command.isEmpty ? "perfgate" : "perfgate \(record.command)"
    var blocks = ["## \(escaped("\(command): \(ConsoleReport.summary(record))"))"]
    if !record.complete { blocks.append("**Incomplete: \(ConsoleReport.incompleteText).**") }
    blocks += list(ConsoleReport.changesFirst(index))
    blocks += (ConsoleReport.header(record) + ConsoleReport.tasks(record)).map(escaped)
    blocks += list(ConsoleReport.misplaced(record))
    blocks += [ConsoleReport.claimTable(index)].compactMap { $0 }.map(table)
    blocks += list(
      ConsoleReport.remarks(index).map { ([$0.title] + $0.details).joined(separator: "; ") })
    blocks += list(ConsoleReport.unproven(record))
    blocks += ConsoleReport.allTables(index).map(table)
    blocks += list(
      ConsoleReport.findings(index) + ConsoleReport.disturbances(index) + record.notes.map(\.text)
        + ConsoleReport.published(index))
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private static func list(_ texts: [String]) -> [String] {
    texts.isEmpty ? [] : [texts.map { "- " + escaped($0) }.joined(separator: "\n")]
  }

  /// A table in GitHub's Markdown.
  static func table(_ table: TextTable) -> String {
    let rule = table.alignments.map { $0 == .left ? ":--" : "--:" }
    let rows = [table.header.map(escaped), rule] + table.rows.map { $0.map(escaped) }
    return rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  /// Text on one line, with all Markdown characters escaped.
  static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: needsCare) else { return text }
    var result = ""
    let isLine = !text.utf8.contains { $0 < 0x20 }
    let line = isLine ? text : text.replacing(/[\r\n\t]+/, with: " ")
    for scalar in VisibleText.line(line).unicodeScalars {
      if "\\`*_<>|~&".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    // Brackets enclose intervals here; only a link has a parenthesis directly after them.
    return result.utf8.contains(UInt8(ascii: "("))
      ? result.replacing("](", with: "]\\(") : result
  }

  /// Whether a byte of a text may have to be escaped; most cells of a table have none.
  private static func needsCare(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte >= 0x7F || Self.special.contains(byte)
  }

  private static let special = Array("\\`*_<>|~&]".utf8)
}
