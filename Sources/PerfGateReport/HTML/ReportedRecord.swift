import PerfGateModel

/// A record with what charts look up in it, so that drawing takes as long as the record is large.
struct ReportedRecord {
  let record: Record
  /// The series by their keys.
  let series: [SeriesKey: Series]
  /// The executors of each variant that hand out tasks.
  private let executors: [Variant: Set<String>]

  private struct Variant: Hashable {
    var kernel: String
    var variant: String
  }

  init(_ record: Record) {
    self.record = record
    series = Dictionary(
      record.series.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var executors: [Variant: Set<String>] = [:]
    for one in record.series where ExecutorName.handsOut(one.executor) {
      executors[Variant(kernel: one.kernel, variant: one.variant), default: []]
        .insert(one.executor)
    }
    self.executors = executors
  }

  /// `swift.scalar`, or `swift.scalar/channel` where the variant ran on more than one executor.
  func name(_ variant: String, of kernel: String, on executor: String) -> String {
    guard ExecutorName.handsOut(executor) else {
      return executor == ExecutorName.tickets ? executor : variant
    }
    let all = executors[Variant(kernel: kernel, variant: variant)] ?? []
    return all.subtracting([executor]).isEmpty ? variant : "\(variant)/\(executor)"
  }

  func name(_ series: Series) -> String {
    name(series.variant, of: series.kernel, on: series.executor)
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
