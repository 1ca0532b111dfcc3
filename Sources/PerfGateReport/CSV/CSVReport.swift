import PerfGateModel

/// The rounds of a record as CSV, for spreadsheets and plots.
///
/// One row for each round of each series, because whoever plots wants the rounds, and a median is one
/// step away from them, but rounds are not to be had from medians. A dropped round has a row with its
/// causes and without a time, and a series without any round has one row. Every row names the run, so
/// that the files of several runs can be put together.
///
/// Fields are quoted as RFC 4180 says. Lines end with a line feed, as tools on Linux expect.
package enum CSVReport {
  /// The names of the columns; those of numbers end with the unit.
  static let columns = [
    "machine", "started", "complete", "series", "program", "kernel", "variant", "executor",
    "workers", "stage", "part", "group", "cpus", "tasks", "size", "size_unit", "round", "pair",
    "seconds", "seconds_per_task", "cpu_seconds", "memory_bytes", "allocations",
    "allocated_bytes", "retains", "instructions", "dropped", "cause",
  ]

  /// The text of the file.
  package static func text(_ records: [Record]) -> String {
    columns.joined(separator: ",") + "\n" + records.map(rows).joined()
  }

  /// The text of a file about one record.
  package static func text(_ record: Record) -> String { text([record]) }

  private static func rows(_ record: Record) -> String {
    let discards = Dictionary(grouping: record.stages.flatMap(\.discards), by: \.series)
    let units = Dictionary(
      record.workloads.map { ($0.kernel, $0.unit) }, uniquingKeysWith: { first, _ in first })
    let run = [record.machine.key, record.started].map(CSVText.field) + ["\(record.complete)"]
    var text = ""
    for series in record.series {
      let head = (run + fields(series, unit: units[series.kernel] ?? "")).joined(separator: ",")
      for row in rows(series, discards[series.key] ?? []) {
        text += "\(head),\(row)\n"
      }
    }
    return text
  }

  /// What all rows of a series have in common.
  private static func fields(_ series: Series, unit: String) -> [String] {
    let key = series.key
    let names = [
      series.id, key.program, key.kernel, key.variant, key.executor, "\(key.workers)",
      "\(key.stage.rawValue)", key.part ?? "", series.group.description,
      series.cpus.map { "\($0)" }.joined(separator: " "), "\(series.tasks)", "\(series.size)", unit,
    ]
    return names.map(CSVText.field)
  }

  /// The rest of each row, in the order of the rounds.
  private static func rows(_ series: Series, _ discards: [Discard]) -> [String] {
    // Published tables have no CPU times.
    let cpu = series.cpuSeconds.count == series.seconds.count ? series.cpuSeconds : nil
    var rows: [(round: Int, text: String)] = series.rounds.indices.map { index in
      let counts = series.counts?[index].most
      let values: [String] = [
        "\(series.rounds[index])", (series.pairs?[index]).map { "\($0)" } ?? "",
        "\(series.seconds[index])", "\(series.seconds[index] / Double(max(series.tasks, 1)))",
        (cpu?[index]).map { "\($0)" } ?? "", (series.bytes?[index]).map { "\($0)" } ?? "",
        (counts?.allocations).map { "\($0)" } ?? "",
        (counts?.allocatedBytes).map { "\($0)" } ?? "", (counts?.retains).map { "\($0)" } ?? "",
        (counts?.instructions).map { "\($0)" } ?? "", "", "",
      ]
      return (series.rounds[index], values.joined(separator: ","))
    }
    rows += discards.map { discard in
      let kinds = CSVText.field(discard.causes.map(\.kind).joined(separator: " "))
      let cause = CSVText.field(discard.causes.map(\.text).joined(separator: "; "))
      return (discard.round, "\(discard.round),,,,,,,,,,\(kinds),\(cause)")
    }
    if rows.isEmpty { return [String(repeating: ",", count: 11)] }
    // Sorting may exchange rows of the same round, so their place decides too.
    return rows.enumerated().sorted {
      ($0.element.round, $0.offset) < ($1.element.round, $1.offset)
    }.map(\.element.text)
  }
}
