import PerfGateModel

extension ConsoleReport {
  /// More workers that shorten the time by no more than this share gain nothing worth reporting.
  package static let worthwhileGain = 0.1

  /// For each curve, the number of workers from which more gain nothing. A curve whose rounds were
  /// mostly disturbed shows nothing about the code.
  package static func findings(_ record: Record) -> [String] { findings(RecordIndex(record)) }

  static func findings(_ index: RecordIndex) -> [String] { saturations(index) + laws(index) }

  /// The Universal Scalability Law of each curve to which it could be fitted.
  private static func laws(_ index: RecordIndex) -> [String] {
    index.record.scaling.compactMap { curve in
      guard let law = curve.usl else { return nil }
      func share(_ value: Double, _ interval: [Double]) -> String {
        let ends = interval.map { Format.percent($0, 3) }
        return "\(Format.percent(value, 3)) [\(ends.joined(separator: ", "))]"
      }
      let peak =
        law.peakWorkers.map { ", greatest speedup at \(Format.fixed($0, 1)) workers" } ?? ""
      return "\(curve.kernel)/\(name(curve, index)): contention "
        + "\(share(law.sigma, law.sigmaInterval)), coherency "
        + "\(share(law.kappa, law.kappaInterval)) (Universal Scalability Law)\(peak)"
    }
  }

  private static func saturations(_ index: RecordIndex) -> [String] {
    let record = index.record
    return record.scaling.compactMap { curve in
      guard !curve.isWeak, !isDisturbed(curve, in: index),
        let found = curve.saturation(share: worthwhileGain)
      else { return nil }
      let cores = record.machine.cores == 1 ? "1 core" : "\(record.machine.cores) cores"
      let threads = record.machine.threads.map { $0 == 1 ? ", 1 thread" : ", \($0) threads" } ?? ""
      return
        "\(curve.kernel)/\(name(curve, index)): no more gain from \(found.next) workers on: "
        + "at most \(Format.percent(max(0, found.greatestGain), 1)) over \(found.workers), below "
        + "\(Format.percent(worthwhileGain)) (\(cores)\(threads))"
    }
  }

  /// The article's second table, for each kernel: workers, the time and improvement of each
  /// variant, speedup, efficiency, CPUs.
  static func scalingTables(_ index: RecordIndex) -> [TextTable] {
    var kernels: [String] = []
    var byKernel: [String: [ScalingCurve]] = [:]
    for curve in index.record.scaling {
      if byKernel[curve.kernel] == nil { kernels.append(curve.kernel) }
      byKernel[curve.kernel, default: []].append(curve)
    }
    return kernels.flatMap { kernel in
      let curves = byKernel[kernel] ?? []
      return [pairedTable(kernel, curves, index), speedupTable(kernel, curves, index)]
    }
  }

  /// Time and improvement of the variants side by side, as in the article.
  private static func pairedTable(
    _ kernel: String, _ curves: [ScalingCurve], _ index: RecordIndex
  ) -> TextTable {
    var columns: [(String, TextTable.Alignment)] = [("\(kernel) workers", .right)]
    columns += curves.map { ("\(name($0, index)) (s)", .right) }
    columns += curves.map { ("\(name($0, index)) improv. (%)", .right) }
    var table = TextTable(columns)
    let counts = Set(curves.flatMap { $0.points.map(\.workers) }).sorted()
    let digits = Format.digits(curves.flatMap { $0.points.map(\.seconds) }, atLeast: 4)
    for workers in counts {
      let points = curves.map { curve in curve.points.first { $0.workers == workers } }
      // In steps: one expression took the compiler two seconds.
      var cells = ["\(workers)"]
      for point in points { cells.append(point.map { Format.shown($0.seconds, digits) } ?? "-") }
      for point in points {
        cells.append(point?.improvementPercent.map { Format.fixed($0, 4) } ?? "N/A")
      }
      table.add(cells)
    }
    return table
  }

  private static func name(_ curve: ScalingCurve, _ index: RecordIndex) -> String {
    index.variant(curve.variant, of: curve.kernel, on: curve.executor)
  }

  private static func speedupTable(
    _ kernel: String, _ curves: [ScalingCurve], _ index: RecordIndex
  ) -> TextTable {
    var table = TextTable(
      [
        ("kernel", .left), ("variant", .left), ("workers", .right), ("time", .right),
        (curves.contains(where: \.isWeak) ? "scaled speedup" : "speedup", .left),
        ("efficiency", .right), ("serial part", .right), ("cpus", .left),
      ], expendable: ["cpus", "serial part", "kernel", "efficiency", "time"])
    for curve in curves {
      for point in curve.points {
        table.add(
          kernel, name(curve, index), "\(point.workers)", Format.seconds(point.seconds),
          point.speedup.map { Format.value($0, point.interval, (2, 2)) } ?? "-",
          point.efficiency.map { Format.percent($0) } ?? "-",
          point.karpFlatt.map { Format.percent($0, 1) } ?? "-", Format.cpus(point.cpus))
      }
    }
    return table
  }
}
