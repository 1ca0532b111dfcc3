import PerfGateModel

/// Records as a page with pictures: one file that needs nothing else.
package enum HTMLReport {
  /// The tables of more series than this are left to the other formats.
  static let mostSeries = 1000

  /// The page of some records, one after the other.
  ///
  /// - Parameters:
  ///   - records: with verdicts.
  ///   - against: records whose values are drawn beside them, in outline.
  package static func page(_ records: [Record], against: [Record] = []) -> String {
    var page = HTMLPage()
    let others = against.map(ReportedRecord.init)
    page.add("<main>")
    for (index, record) in records.enumerated() {
      let pair = ReportedPair(own: ReportedRecord(record), others: others)
      page.add("<article>")
      SummarySection.add(pair, isFirst: index == 0, to: &page)
      ClaimSection.add(pair, to: &page)
      addCharts(pair, to: &page)
      addTables(record, to: &page)
      page.add("</article>")
    }
    page.add("</main>")
    return page.document(title: title(records))
  }

  private static func title(_ records: [Record]) -> String {
    guard let first = records.first else { return "perfgate" }
    let command = first.command.isEmpty ? "perfgate" : "perfgate \(first.command)"
    return "\(command): \(SummarySection.headline(first))"
  }

  private static func addCharts(_ pair: ReportedPair, to page: inout HTMLPage) {
    let record = pair.own.record
    page.add(ComparisonFigures.revisions(record), title: "Revisions")
    page.add(SingleThreadFigures.figures(pair), title: "One thread")
    page.add(ScalingFigures.figures(pair), title: "Over workers")
    page.add(HandoffFigures.figures(pair), title: "Handing over")
    page.add(MemoryFigure.figures(record), title: "Memory")
    page.add(ExecutorFigures.figures(pair), title: "Executors")
    page.add(ComparisonFigures.variants(pair), title: "Side by side")
    if let figure = MachinePicture.figure(record) { page.add([figure], title: "Machine") }
  }

  private static func addTables(_ record: Record, to page: inout HTMLPage) {
    let counts = countTable(record)
    if !counts.isEmpty {
      page.add("<section>")
      page.add("h3", "Counts of a task")
      page.add(counts)
      page.add("</section>")
    }
    guard record.series.count <= mostSeries else {
      page.add(
        "p",
        "The tables of \(record.series.count) series are left out; perfgate judge prints them.",
        class: "note")
      return
    }
    let tables = ConsoleReport.allTables(RecordIndex(record)).filter { !$0.isEmpty }
    guard !tables.isEmpty else { return }
    page.add("<details class=\"tables\"><summary>All values as tables</summary>")
    for table in tables { page.add(table) }
    page.add(list: ConsoleReport.disturbances(record), class: "notes")
    page.add("</details>")
  }

  /// More counted variants than this are left out.
  private static let mostCounts = 200

  /// What tasks ask of the allocator and the runtime.
  private static func countTable(_ record: Record) -> TextTable {
    var table = TextTable(
      [("variant", .left), ("program", .left)]
        + Counter.requests.map { ($0.noun, TextTable.Alignment.right) })
    let counted = record.series.filter { $0.counts?.isEmpty == false }
    for series in counted.prefix(mostCounts) {
      let all = series.counts ?? []
      let program = series.key.program
      table.add(
        ["\(series.kernel)/\(series.variant)", program == SeriesKey.ownProgram ? "–" : program]
          + Counter.requests.map { counter in
            let least = all.map { $0.least[counter] }.min() ?? 0
            let most = all.map { $0.most[counter] }.max() ?? 0
            return Format.counted(Double(most), [Double(least)])
          })
    }
    if counted.count > mostCounts {
      table.add(["\(counted.count - mostCounts) more", ""] + Counter.requests.map { _ in "" })
    }
    return table
  }
}
