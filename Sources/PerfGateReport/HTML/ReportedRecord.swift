import PerfGateModel

/// A record as charts read it.
struct ReportedRecord {
  let record: Record
  /// What charts look up in it.
  let index: RecordIndex

  init(_ record: Record) {
    self.record = record
    index = RecordIndex(record)
  }

  /// How the record is called beside another one: by its machine, or by its time.
  func label(beside other: ReportedRecord) -> String {
    if record.machine.cpu != other.record.machine.cpu { return record.machine.cpu }
    return record.started.isEmpty ? "the other record" : record.started
  }
}

/// What a report is about, and the records that it is laid beside.
struct ReportedPair {
  let own: ReportedRecord
  let others: [ReportedRecord]

  /// The name of the other records in legends; empty without any.
  var otherLabel: String {
    var labels: [String] = []
    for other in others.map({ $0.label(beside: own) }) where !labels.contains(other) {
      labels.append(other)
    }
    return labels.joined(separator: ", ")
  }

  /// The legend of bars with outlines beside them.
  func barLegend(_ bars: [BarChart.Bar]) -> [LegendItem] {
    guard bars.contains(where: { $0.other != nil }) else { return [] }
    let own = own.label(beside: others.first ?? own)
    return [
      LegendItem(own, mark: "bar s0", shape: .square),
      LegendItem(otherLabel, mark: "bar other s0", shape: .square),
    ]
  }
}
