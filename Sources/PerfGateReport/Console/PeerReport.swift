import PerfGateModel

extension Record {
  /// The rows of other languages for each kernel, in the order in which kernels come first.
  var peersByKernel: [(kernel: String, rows: [PeerRow])] {
    var order: [String] = []
    let rows = Dictionary(grouping: peers, by: \.kernel)
    var seen: Set<String> = []
    for row in peers where seen.insert(row.kernel).inserted { order.append(row.kernel) }
    return order.map { ($0, rows[$0] ?? []) }
  }
}

extension ConsoleReport {
  /// The article's task lasts two seconds.
  private static let articleSeconds = 2.0

  /// The article's first table in other languages: runtime, start-up, compile time, iterations in
  /// two seconds, time of an iteration, and how many times slower than Swift.
  static func peerTables(_ record: Record) -> [TextTable] {
    record.peersByKernel.map { kernel, rows in
      var table = TextTable(
        [
          (kernel, .left), ("version", .left), ("start-up", .right), ("compile", .right),
          ("in 2 s", .right), ("ns", .right), ("times slower than Swift", .left), ("", .left),
        ], sentence: 7, expendable: ["in 2 s", "compile", "start-up", "version"])
      for row in rows {
        table.add(
          name(row), row.version, time(row.startupSeconds), time(row.compileSeconds),
          row.nanosecondsPerIteration.map { iterations($0) } ?? "-",
          row.nanosecondsPerIteration.map { Format.shown($0, 3) } ?? "-",
          row.ratioToSwift.map { Format.value($0, row.interval, (3, 3)) } ?? "-",
          row.missing.map { "not here: \($0)" } ?? row.note ?? "")
      }
      return table
    }
  }

  /// `go`, or `go.discarded` for what is not the plain series.
  static func name(_ row: PeerRow) -> String {
    row.variant.hasSuffix(".scalar") ? row.runtime : row.variant
  }

  private static func time(_ seconds: Double?) -> String { seconds.map(Format.seconds) ?? "-" }

  private static func iterations(_ nanoseconds: Double) -> String {
    guard nanoseconds > 0, let count = Int(exactly: (articleSeconds * 1e9 / nanoseconds).rounded())
    else { return "-" }
    return Format.count(count)
  }
}
