import PerfGateModel

extension ConsoleReport {
  /// The first message against those after it.
  static func firstMessageTable(_ record: Record) -> TextTable? {
    guard !record.firstMessages.isEmpty else { return nil }
    var table = TextTable(
      [
        ("message", .left), ("executor", .left), ("bytes", .right), ("first", .right),
        ("after it", .right), ("first over after it", .left), ("starts", .right),
      ], expendable: ["starts", "bytes", "after it", "first"])
    for row in record.firstMessages {
      table.add(
        row.case, row.executor, Format.count(row.size), Format.seconds(row.firstSeconds),
        Format.seconds(row.restSeconds), Format.value(row.ratio, row.interval, (2, 2)),
        "\(row.starts)")
    }
    return table
  }

  /// How long executors take to start.
  static func executorTable(_ record: Record) -> TextTable? {
    guard !record.executors.isEmpty else { return nil }
    var table = TextTable([("executor", .left), ("workers", .right), ("start-up", .right)])
    for row in record.executors {
      table.add(row.executor, "\(row.workers)", Format.seconds(row.startupSeconds))
    }
    return table
  }
}
