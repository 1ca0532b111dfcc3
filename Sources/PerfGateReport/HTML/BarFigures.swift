import PerfGateModel

/// A value with a name, before it becomes a bar.
struct NamedValue {
  /// What must be equal for two records' values to be side by side.
  var key: String
  var label: String
  var value: Double
  var interval: [Double]?
  var text: String
  /// The record that it is of, where that is not the report's own.
  var source = ""

  /// The same value as one of another record.
  func of(_ source: String) -> NamedValue {
    var value = self
    value.source = source
    return value
  }
}

/// Makes charts of bars, with those of another record beside them.
struct BarFigures {
  /// More bars than this are not read.
  static let most = 40
  /// How many times larger the next value must be for a chart without the larger ones.
  private static let gap = 3.0
  /// Values that differ by more than this are not all seen on a linear scale.
  private static let linear = 50.0

  var title: String
  var note: String
  var unit: TickText.Unit
  /// `the fastest` or `the slowest`: what the largest values are.
  var largest: String
  var isLogarithmic = false

  /// The bars, and the same without those that dwarf the others.
  func figures(
    _ own: [NamedValue], beside others: [NamedValue], _ pair: ReportedPair
  ) -> [Figure] {
    let bars = Self.bars(own, others)
    guard !bars.isEmpty else { return [] }
    var all = [figure(title, note, bars, pair)]
    if let (kept, left) = Self.withoutLargest(bars) {
      var rest = self
      let sizes = kept.flatMap { [$0.value, $0.other] }.compactMap { $0 }
      let ratio = (sizes.max() ?? 1) / (sizes.filter { $0 > 0 }.min() ?? 1)
      rest.isLogarithmic = isLogarithmic && ratio > Self.linear
      let names = left.prefix(3).map(\.label).joined(separator: ", ")
      let more = left.count > 3 ? " and \(left.count - 3) more" : ""
      let words = "Without \(names)\(more)." + (rest.isLogarithmic ? " \(note)" : "")
      all.append(rest.figure("\(title), without \(largest)", words, kept, pair))
    }
    return all
  }

  private func figure(
    _ title: String, _ note: String, _ bars: [BarChart.Bar], _ pair: ReportedPair
  ) -> Figure {
    let shown = Array(bars.prefix(Self.most))
    let values = shown.prefix(8).map { "\($0.label) \($0.text)" }.joined(separator: ", ")
    let chart = BarChart(
      title: title, summary: values, bars: shown, unit: unit, isLogarithmic: isLogarithmic)
    return Figure(
      title: title, note: note, legend: pair.barLegend(shown), picture: chart.picture(),
      rest: Figure.leftOut(bars.count - shown.count, "bars", of: bars.count))
  }

  /// The bars of all records: those of the same key side by side, then those that only others have.
  /// Where several others have the same, the first is beside ours, and the rest follow under their names.
  private static func bars(_ own: [NamedValue], _ others: [NamedValue]) -> [BarChart.Bar] {
    var rest = Dictionary(grouping: others, by: \.key)
    func bar(_ other: NamedValue, isNamed: Bool) -> BarChart.Bar {
      BarChart.Bar(
        label: isNamed ? "\(other.label) · \(other.source)" : other.label, value: nil, text: "",
        other: other.value, otherText: other.text)
    }
    var bars: [BarChart.Bar] = []
    for one in own {
      let found = rest.removeValue(forKey: one.key) ?? []
      bars.append(
        BarChart.Bar(
          label: one.label, value: one.value, interval: one.interval, text: one.text,
          other: found.first?.value, otherText: found.first?.text ?? ""))
      bars += found.dropFirst().map { bar($0, isNamed: true) }
    }
    for other in others {
      let found = rest.removeValue(forKey: other.key) ?? []
      bars += found.map { bar($0, isNamed: found.count > 1) }
    }
    return bars
  }

  /// Whether values differ by so much that a linear scale does not show all of them.
  static func areWide(_ values: [NamedValue]) -> Bool {
    let sizes = values.map(\.value).filter { $0 > 0 }
    return (sizes.max() ?? 1) > linear * (sizes.min() ?? 1)
  }

  /// The bars below the uppermost gap that is wide enough; `nil` without one.
  private static func withoutLargest(
    _ bars: [BarChart.Bar]
  ) -> (kept: [BarChart.Bar], left: [BarChart.Bar])? {
    func size(_ bar: BarChart.Bar) -> Double { max(bar.value ?? 0, bar.other ?? 0) }
    let sizes = bars.map(size).filter { $0 > 0 }.sorted()
    // At least two are kept.
    let neighbors = zip(sizes.dropFirst(), sizes.dropFirst(2)).reversed()
    guard let bound = neighbors.first(where: { $1 / $0 >= gap })?.1 else { return nil }
    return (bars.filter { size($0) < bound }, bars.filter { size($0) >= bound })
  }
}
