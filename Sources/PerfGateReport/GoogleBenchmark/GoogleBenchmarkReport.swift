import PerfGateModel

/// The series of a record as the JSON that programs built with Google Benchmark write. Its
/// `compare.py` reads two of them; `github-action-benchmark` reads one (`tool: googlecpp`).
///
/// A series is a benchmark, a round is a repetition, a task is an iteration, a worker is a thread.
/// `real_time` is the time of the round over its tasks, and so shorter with more workers; `cpu_time`
/// is that of all workers, 0 where it is unknown. Series without rounds are left out: the format has
/// no benchmark without a time.
package enum GoogleBenchmarkReport {
  /// The text of a file about one record.
  package static func text(_ record: Record) -> String { text([record]) }

  /// The text of the file. A file is about one machine, so the first record's context stands for all.
  package static func text(_ records: [Record]) -> String {
    let measured = records.flatMap(\.series).filter { !$0.seconds.isEmpty && $0.tasks > 0 }
    let entries = measured.enumerated().flatMap { Entry.all(of: $1, family: $0) }
    let context = (records.first.map(context) ?? []).map { "    \"\($0)\": \($1)" }.joined(
      separator: ",\n")
    let benchmarks = entries.map { "\n    {\($0)}" }.joined(separator: ",")
    return "{\n  \"context\": {\n\(context)\n  },\n  \"benchmarks\": [\(benchmarks)\n  ]\n}\n"
  }

  /// What the format says of the machine and the build, and under names of our own what it does not
  /// know. A record has neither the host's name nor the clock rate, which do not identify a machine.
  private static func context(_ record: Record) -> [(key: String, value: String)] {
    let build = record.tool.configuration == "debug" ? "debug" : "release"
    return [
      ("date", JSONPiece.text(record.started)),
      ("host_name", JSONPiece.text(record.machine.key)),
      ("executable", JSONPiece.text("perfgate")),
      ("num_cpus", "\(record.machine.threads ?? record.machine.cores)"),
      ("mhz_per_cpu", "0"),
      ("caches", "[]"),
      ("load_avg", "[]"),
      ("library_version", JSONPiece.text("perfgate \(record.tool.version)")),
      ("library_build_type", JSONPiece.text(build)),
      ("json_schema_version", "1"),
      ("perfgate_command", JSONPiece.text(record.command)),
      ("perfgate_complete", JSONPiece.text("\(record.complete)")),
      ("perfgate_cpu", JSONPiece.text(record.machine.cpu)),
    ]
  }
}

/// The objects of the list of benchmarks.
private enum Entry {
  /// A repetition for each round, and from two rounds on the four aggregates.
  static func all(of series: Series, family: Int) -> [String] {
    let wall = perTask(series.seconds, series)
    // Published tables have no CPU times, but the format has no benchmark without one.
    let cpu =
      series.cpuSeconds.count == wall.count
      ? perTask(series.cpuSeconds, series) : wall.map { _ in 0 }
    let name = JSONPiece.escaped(series.id)
    func entry(_ suffix: String, _ type: String, _ rest: String) -> String {
      "\"name\": \"\(name)\(suffix)\", \"family_index\": \(family), "
        + "\"per_family_instance_index\": 0, \"run_name\": \"\(name)\", \"run_type\": \"\(type)\", "
        + "\"repetitions\": \(wall.count), \"threads\": \(series.workers), \(rest)"
    }
    func times(_ wall: Double, _ cpu: Double) -> String {
      "\"real_time\": \(JSONPiece.number(wall)), \"cpu_time\": \(JSONPiece.number(cpu)), "
        + "\"time_unit\": \"ns\""
    }
    var entries = wall.indices.map { index in
      entry(
        "", "iteration",
        "\"repetition_index\": \(index), \"iterations\": \(series.tasks), "
          + times(wall[index], cpu[index]))
    }
    guard wall.count > 1, let ofWall = SampleStatistics(wall), let ofCPU = SampleStatistics(cpu)
    else {
      return entries
    }
    for aggregate in Aggregate.allCases {
      let unit = aggregate == .cv ? "percentage" : "time"
      entries.append(
        entry(
          "_\(aggregate.rawValue)", "aggregate",
          "\"aggregate_name\": \"\(aggregate.rawValue)\", \"aggregate_unit\": \"\(unit)\", "
            + "\"iterations\": \(wall.count), "
            + times(aggregate.value(ofWall), aggregate.value(ofCPU))))
    }
    return entries
  }

  /// Nanoseconds for each task.
  private static func perTask(_ seconds: [Double], _ series: Series) -> [Double] {
    seconds.map { $0 / Double(series.tasks) * 1e9 }
  }

  /// The aggregates that Google Benchmark reports by itself.
  private enum Aggregate: String, CaseIterable {
    case mean, median, stddev, cv

    func value(_ summary: SampleStatistics) -> Double {
      switch self {
      case .mean: summary.mean
      case .median: summary.median
      case .stddev: summary.standardDeviation
      case .cv: summary.coefficientOfVariation
      }
    }
  }
}
