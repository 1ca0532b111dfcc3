import PerfGateModel

extension ConsoleReport {
  /// The article's task lasts two seconds.
  private static let articleSeconds = 2.0

  /// The article's first table in other languages: runtime, start-up, compile time, iterations in
  /// two seconds, time of an iteration, and how many times slower than Swift.
  static func peerTables(_ record: Record) -> [TextTable] {
    var kernels: [String] = []
    for row in record.peers where !kernels.contains(row.kernel) { kernels.append(row.kernel) }
    return kernels.map { kernel in
      var table = TextTable(
        [
          (kernel, .left), ("version", .left), ("start-up", .right), ("compile", .right),
          ("in 2 s", .right), ("ns", .right), ("times slower than Swift", .left), ("", .left),
        ], sentence: 7, expendable: ["in 2 s", "compile", "start-up", "version"])
      for row in record.peers where row.kernel == kernel {
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
