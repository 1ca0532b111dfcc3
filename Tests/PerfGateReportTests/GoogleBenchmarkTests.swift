import Foundation
import PerfGate
import PerfGateReport
import Testing

/// The file has every key that Google Benchmark's `compare.py` and `github-action-benchmark` read, of the
/// type that they expect.
@Suite struct GoogleBenchmarkTests {
  struct Contents: Decodable {
    struct Context: Decodable {
      var date: String
      var host_name: String
      var executable: String
      var num_cpus: Int
      var mhz_per_cpu: Int
      var caches: [String]
      var load_avg: [Double]
      var library_version: String
      var library_build_type: String
      var json_schema_version: Int
      var perfgate_complete: String
    }
    struct Benchmark: Decodable {
      var name: String
      var family_index: Int
      var per_family_instance_index: Int
      var run_name: String
      var run_type: String
      var repetitions: Int
      var repetition_index: Int?
      var threads: Int
      var iterations: Int
      var real_time: Double
      var cpu_time: Double
      var time_unit: String
      var aggregate_name: String?
      var aggregate_unit: String?
    }
    var context: Context
    var benchmarks: [Benchmark]
  }

  private static func read(_ record: Record) throws -> Contents {
    try JSONDecoder().decode(
      Contents.self, from: Data(GoogleBenchmarkReport.text(record).utf8))
  }

  @Test(arguments: GoldenReportTests.records) func everyRoundIsARepetition(name: String) throws {
    let record = try GoldenReportTests.record(name)
    let contents = try Self.read(record)
    #expect(contents.context.json_schema_version == 1)
    #expect(["release", "debug"].contains(contents.context.library_build_type))
    #expect(contents.context.perfgate_complete == "\(record.complete)")
    let byName = Dictionary(grouping: contents.benchmarks, by: \.run_name)
    let measured = record.series.filter { !$0.seconds.isEmpty }
    #expect(Set(byName.keys) == Set(measured.map(\.id)))
    for series in measured {
      let all = try #require(byName[series.id])
      let rounds = all.filter { $0.run_type == "iteration" }
      #expect(rounds.map(\.repetition_index) == series.seconds.indices.map { $0 })
      for (round, seconds) in zip(rounds, series.seconds) {
        #expect(round.name == series.id && round.aggregate_name == nil)
        #expect(abs(round.real_time * Double(round.iterations) / 1e9 / seconds - 1) < 1e-12)
        #expect(round.iterations == series.tasks && round.threads == series.workers)
      }
      let aggregates = all.filter { $0.run_type == "aggregate" }
      #expect(
        aggregates.map(\.aggregate_name)
          == (series.seconds.count > 1 ? ["mean", "median", "stddev", "cv"] : []))
      for one in aggregates {
        #expect(one.name == "\(series.id)_\(one.aggregate_name ?? "")")
        #expect(one.aggregate_unit == (one.aggregate_name == "cv" ? "percentage" : "time"))
        #expect(one.repetition_index == nil && one.iterations == series.seconds.count)
      }
      #expect(all.allSatisfy { $0.time_unit == "ns" && $0.repetitions == series.seconds.count })
      #expect(Set(all.map(\.family_index)).count == 1 && all[0].per_family_instance_index == 0)
    }
  }

  /// Worked out by hand: 1 and 1.5 million seconds, and eight equal rounds.
  @Test func aggregatesAreThoseOfTheRounds() throws {
    let all = try Self.read(try GoldenReportTests.record("extremes")).benchmarks
    func value(_ name: String) throws -> Double {
      try #require(all.first { $0.name == name }).real_time
    }
    #expect(try value("large/a/pool/1_mean") == 1.25e15)
    #expect(try value("large/a/pool/1_median") == 1.25e15)
    #expect(try abs(value("large/a/pool/1_stddev") / (0.5e15 / 2.0.squareRoot()) - 1) < 1e-12)
    #expect(try abs(value("large/a/pool/1_cv") - 0.4 / 2.0.squareRoot()) < 1e-12)
    #expect(try value("equal/a/pool/1_stddev") == 0)
    #expect(try abs(value("small/a/pool/1") - 1e-3) < 1e-15)
  }

  /// Published tables have no CPU times.
  @Test func withoutCPUTimesTheyAreZero() throws {
    var record = try GoldenReportTests.record("extremes")
    for index in record.series.indices { record.series[index].cpuSeconds = [] }
    #expect(try Self.read(record).benchmarks.allSatisfy { $0.cpu_time == 0 && $0.real_time >= 0 })
  }

  @Test func aStrangeNameIsText() throws {
    var record = try GoldenReportTests.record("extremes")
    record.series[0].key.kernel = "<script>\"\\\n\u{202E}=1"
    let names = try Self.read(record).benchmarks.map(\.name)
    #expect(names[0] == "<script>\"\\\\n\\u{202E}=1/a/pool/1")
    #expect(VisibleTextTests.isQuiet(GoogleBenchmarkReport.text(record)))
  }
}
