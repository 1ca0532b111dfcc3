import Foundation
import PerfGate
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ten thousand series do not make any report slow.
@Suite struct LargeRecordTests {
  /// A hundred kernels with ten variants on one to ten workers, their curves, comparisons and claims.
  private static let large = Result { try makeLarge() }

  private static func makeLarge() throws -> Record {
    var record = try GoldenReportTests.record("empty")
    for kernel in (0..<100).map({ "kernel\($0)" }) {
      record.workloads.append(
        Record.Workload(
          kernel: kernel, work: Work(unit: "step", growth: .linear), size: 1000, tasks: 50,
          calibration: nil, inputSeconds: 0))
      for variant in (0..<10).map({ "swift.variant\($0)" }) {
        var series: [Series] = []
        for workers in 1...10 {
          let arm = Arm(kernel: kernel, variant: variant, workers: workers, tasks: 50, size: 1000)
          var one = Series(arm, group: .claims(of: kernel), cpus: Array(0..<workers), bind: "close")
          for round in 0..<4 {
            one.add(
              round: round, pair: 0, seconds: 0.25 / Double(workers), cpuSeconds: 0.25)
          }
          series.append(one)
          let reference = SeriesKey(kernel: kernel, variant: "swift.variant0", workers: workers)
          record.comparisons.append(
            Comparison(
              subject: one.key, reference: reference, ratio: 1, interval: [0.99, 1.01],
              coverage: 0.875, rounds: 4))
        }
        record.series += series
        record.scaling.append(try #require(Tables().curve(series)))
        var plan = ClaimPlan(
          try Claim(
            id: "\(kernel).\(variant)", text: "no slower", kernel: kernel,
            .ratio(subject: variant, reference: "swift.other", atMost: 1.05, workers: 1)),
          workers: 1, alpha: 0.02, refusal: .needsCores(100, allowed: 8, quota: nil))
        plan.subject = series[0].key
        plan.reference = SeriesKey(kernel: kernel, variant: "swift.variant0", workers: 1)
        record.claimPlans.append(plan)
      }
      var stage = StageRecord(group: .claims(of: kernel), stage: .first, seed: 1)
      stage.rounds = 5
      stage.discards = [
        Discard(
          round: 4, series: SeriesKey(kernel: kernel, variant: "swift.variant1", workers: 1),
          causes: [DropCause(kind: "steal", text: "others took 5 % of the time")])
      ]
      record.stages.append(stage)
    }
    record.claims = Judge.results(record)
    for index in record.claims.indices {
      record.claims[index].verdict = [.holds, .violated][index % 2]
      record.claims[index].estimate = 1.01
    }
    return record
  }

  /// The time of this thread alone, because other tests run beside it.
  private func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  @Test(arguments: GoldenReportTests.formats.indices)
  func everyReportIsMadeInTwoSeconds(format: Int) throws {
    let record = try Self.large.get()
    #expect(record.series.count == 10_000 && record.claims.count == 1000)
    let (name, report) = GoldenReportTests.formats[format]
    let begin = threadSeconds()
    let text = report(record)
    let seconds = threadSeconds() - begin
    #expect(seconds < 2, "\(name) took \(seconds) s for \(text.utf8.count) bytes")
    #expect(text.utf8.count > 100)
    if ProcessInfo.processInfo.environment["PERFGATE_SHOW_TIMES"] != nil {
      print("\(name): \(seconds) s, \(text.utf8.count) bytes")
    }
  }
}
