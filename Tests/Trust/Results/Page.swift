import Foundation

/// The tables of the published page and of the README, made from the published results.
struct Page {
  let study: Study

  /// The files with tables, and how to make them.
  private var tables: [(path: String, lines: [String])] {
    [
      ("Sources/PerfGate/PerfGate.docc/Trust.md", lines),
      ("README.md", readmeLines),
    ]
  }

  private static let begin = "<!-- trust.json -->"
  private static let end = "<!-- end of trust.json -->"

  /// The files that do not show the published results, relative to the working directory.
  func outdated() throws -> [String] {
    try tables.filter { try String(contentsOfFile: $0.path, encoding: .utf8) != text($0) }
      .map(\.path)
  }

  /// Writes the tables into the files.
  func write() throws {
    for table in tables {
      try text(table).write(toFile: table.path, atomically: true, encoding: .utf8)
    }
  }

  /// The file with its tables between the two marks.
  private func text(_ table: (path: String, lines: [String])) throws -> String {
    let old = try String(contentsOfFile: table.path, encoding: .utf8)
    guard let begin = old.range(of: Self.begin + "\n"), let end = old.range(of: Self.end),
      begin.upperBound <= end.lowerBound
    else { throw TrustError("\(table.path) lacks \(Self.begin) or \(Self.end)", status: 65) }
    return old[..<begin.upperBound] + table.lines.map { "\($0)\n" }.joined()
      + old[end.lowerBound...]
  }
}

extension Page {
  private var lines: [String] {
    var lines = ["", "### The planted work", ""]
    lines += Self.table(
      ["work", "starts", "standard deviation of the log ratio", "in one process"],
      study.spreads.map {
        [
          "`\($0.work)`", "\($0.starts)", Self.percent($0.deviation),
          Self.percent($0.withinProcess),
        ]
      })
    lines += ["", "### Gates", ""]
    lines += Self.table(
      [
        "cell", "truth", "limit", "n", "decided", "holds", "violated", "inconclusive",
        "not checkable", "wrong", "rate of wrong ones at most", "rounds",
      ], study.cells.flatMap { cell in cell.rows.map { [cell.name] + Self.fields($0) } })
    lines += ["", "### What other rules say", ""]
    let rivals: [Rival] = [.mannWhitney, .threshold, .welch, .tango]
    lines += Self.table(
      ["work", "second run", "pairs of runs"] + [
        "Mann–Whitney", "5 % of the medians", "Welch", "tango",
      ],
      study.rivals.map { report in
        ["`\(report.work)`", "\(report.truth)", "\(report.n)"]
          + rivals.map { "\(report.changed[$0.rawValue] ?? 0)" }
      })
    lines += ["", "### Where and how", ""]
    lines += study.cells.map { cell in
      "- `\(cell.command)`: \(Int(cell.seconds.rounded())) s, arms of "
        + "\(Int((cell.armSeconds * 1000).rounded())) ms, \(cell.machine), \(cell.toolchain), "
        + "commit \(cell.commit)"
    }
    return lines + [""]
  }

  private static func fields(_ row: Summary) -> [String] {
    [
      "\(row.truth)", "\(row.limit)", "\(row.n)", "\(row.decided)", "\(row.holds)",
      "\(row.violated)", "\(row.inconclusive)", "\(row.notCheckable)", "\(row.wrong)",
      percent(row.wrongBound), "\(row.meanRounds)",
    ]
  }

  private static func percent(_ share: Double) -> String {
    "\((share * 100).rounded(digits: share < 0.01 ? 2 : 1)) %"
  }

  private static func table(_ titles: [String], _ rows: [[String]]) -> [String] {
    ([titles, titles.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |" }
  }
}

extension Page {
  private var readmeLines: [String] {
    let told: [(cell: String, words: String)] = [
      ("same", "A function against itself"),
      ("drawn", "Programs against themselves whose speed is drawn at each start, ±3 to 4 %"),
      ("drawn-one-process", "The same, all rounds of a gate in one process"),
      ("drawn-slower", "Such programs with 10 % more work"),
    ]
    return told.compactMap { told in
      guard let cell = study.cells.first(where: { $0.name == told.cell }),
        let row = cell.rows.first
      else { return nil }
      return "- \(told.words), limit 5 %: \(row.wrong) of \(row.n) gates wrong (true rate at most "
        + "\(Self.percent(row.wrongBound))), \(row.decided) decided. `\(cell.command)`"
    }
  }
}
