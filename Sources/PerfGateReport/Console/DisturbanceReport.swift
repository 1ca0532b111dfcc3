import PerfGateModel

extension ConsoleReport {
  /// The disturbed rounds dropped from tables: a line for each series that lost any.
  package static func disturbances(_ record: Record) -> [String] {
    disturbances(RecordIndex(record))
  }

  static func disturbances(_ index: RecordIndex) -> [String] {
    let tables: [GroupKey.Purpose?] = [.scale, .compare, .handoff]
    return index.record.stages.filter { tables.contains($0.group.purpose) }
      .flatMap { stage -> [String] in
        let bySeries = Dictionary(grouping: stage.discards, by: \.series)
        return index.series(of: stage.group).compactMap { series in
          bySeries[series.key].map { line(series, $0) }
        }
      }
  }

  private static func line(_ series: Series, _ discards: [Discard]) -> String {
    let all = series.seconds.count + discards.count
    let rounds = all == 1 ? "1 round" : "\(all) rounds"
    let rest = series.seconds.isEmpty ? ", so no time is shown" : ""
    let cause = discards.last?.causes.first.map { ", such as: \($0.text)" } ?? ""
    return "disturbed  \(series.id): \(discards.count) of \(rounds) dropped\(rest)\(cause)"
  }

  /// Whether so many rounds of a curve were disturbed that it shows nothing about the code.
  static func isDisturbed(_ curve: ScalingCurve, in index: RecordIndex) -> Bool {
    index.series(ofKernel: curve.kernel).contains { series in
      series.variant == curve.variant
        && series.executor == curve.executor && series.group.purpose == .scale
        && series.discarded > series.seconds.count
    }
  }
}
