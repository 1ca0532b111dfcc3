import PerfGate

extension ConsoleReport {
  /// The article's second table for each kernel: workers, Swift's and C's time, improvements,
  /// speedup, efficiency, CPUs.
  public static func scaling(_ record: Record) -> [String] {
    scalingTables(record).flatMap { [""] + $0.lines }
  }

  static func scalingTables(_ record: Record) -> [TextTable] {
    var kernels: [String] = []
    for curve in record.scaling where !kernels.contains(curve.kernel) {
      kernels.append(curve.kernel)
    }
    return kernels.flatMap { kernel in
      let curves = record.scaling.filter { $0.kernel == kernel }
      return [pairedTable(kernel, curves), speedupTable(kernel, curves)]
    }
  }

  /// Time and improvement of each variant side by side, as in the article.
  private static func pairedTable(_ kernel: String, _ curves: [ScalingCurve]) -> TextTable {
    var columns: [(String, TextTable.Alignment)] = [("\(kernel) workers", .right)]
    columns += curves.map { ("\($0.variant) (s)", .right) }
    columns += curves.map { ("\($0.variant) improv. (%)", .right) }
    var table = TextTable(columns)
    let counts = Set(curves.flatMap { $0.points.map(\.workers) }).sorted()
    for workers in counts {
      let points = curves.map { curve in curve.points.first { $0.workers == workers } }
      table.add(
        ["\(workers)"]
          + points.map { $0.map { Format.fixed($0.seconds, 4) } ?? "-" }
          + points.map { point in
            point?.improvementPercent.map { Format.fixed($0, 4) } ?? "N/A"
          })
    }
    return table
  }

  private static func speedupTable(_ kernel: String, _ curves: [ScalingCurve]) -> TextTable {
    var table = TextTable([
      ("kernel", .left), ("variant", .left), ("workers", .right), ("time", .right),
      ("speedup", .left), ("efficiency", .right), ("serial part", .right), ("cpus", .left),
    ])
    for curve in curves {
      for point in curve.points {
        let interval = point.interval.map { " " + Format.interval($0, 2) } ?? ""
        table.add(
          kernel, curve.variant, "\(point.workers)", Format.seconds(point.seconds),
          Format.fixed(point.speedup, 2) + interval, Format.percent(point.efficiency),
          point.karpFlatt.map { Format.percent($0, 1) } ?? "-", Format.cpus(point.cpus))
      }
    }
    return table
  }
}
