import PerfGateReport
import Testing

@testable import PerfGateReport

/// Text is measured in columns of a terminal, not in characters.
@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("a\u{20DD}", 1), ("→ ≥ – ×", 7),
    ("日本", 4), ("ｱ", 1), ("Ａ", 2), ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("，", 2),
    ("👩", 2), ("👩‍👩‍👧", 2), ("👍🏽", 2), ("🇸🇪", 2), ("❤\u{FE0F}", 2), ("❤", 1), ("✅", 2), ("𝄞", 1),
    ("नि", 1), ("نص", 2), ("a\u{200D}b", 2), ("𠀀", 2),
  ])
  func columnsOf(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns, "\(text)")
  }

  @Test func aTextIsCutAtColumns() {
    #expect(DisplayWidth.cut("abcdef", to: 6) == "abcdef")
    #expect(DisplayWidth.cut("abcdef", to: 5) == "abcd…")
    #expect(DisplayWidth.cut("日本語", to: 5) == "日本…")
    #expect(DisplayWidth.cut("日本語", to: 4) == "日…")
    #expect(DisplayWidth.cut("abc", to: 0).isEmpty)
    for columns in 0...12 {
      #expect(DisplayWidth.of(DisplayWidth.cut("日本 e\u{301}x 👩‍👧 abc", to: columns)) <= columns)
    }
  }

  /// Cells below each other begin and end in the same column.
  @Test func columnsOfATableAreAligned() {
    var table = TextTable([("名", .left), ("count", .right), ("x", .left)])
    table.add("日本語", "1", "|")
    table.add("e\u{301}", "22", "|")
    table.add("👩‍👧 a", "333333", "|")
    let bars = table.lines.dropFirst().map { line in
      DisplayWidth.of(line.prefix { $0 != "|" })
    }
    #expect(Set(bars) == [18], "\(table.lines)")
  }

  @Test func theLeastImportantColumnsAreDroppedAndNamed() {
    var table = TextTable(
      [("name", .left), ("value", .right), ("detail", .left), ("verdict", .left)],
      expendable: ["detail", "value"])
    table.add(["one", "1", "a long detail", "holds"], style: .good)
    #expect(
      table.lines(width: 40) == [
        "name   value   detail          verdict", "one        1   a long detail   holds",
      ])
    #expect(
      table.lines(width: 36) == [
        "name   value   verdict", "one        1   holds",
        "not shown in 36 columns: detail;", "  COLUMNS=38 shows them",
      ])
    let narrow = table.styledLines(width: 16)
    #expect(Array(narrow.prefix(2)).map(\.text) == ["name   verdict", "one    holds"])
    #expect(narrow[1].colored == "one    \u{1B}[32mholds\u{1B}[0m")
    // As wide as it says, everything is there.
    #expect(table.lines(width: 38) == table.lines)
    // Nothing more can be dropped, so the rest stays whole.
    #expect(table.lines(width: 5).prefix(2) == ["name   verdict", "one    holds"])
  }
}
