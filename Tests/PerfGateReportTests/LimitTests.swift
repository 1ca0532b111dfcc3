import PerfGateModel
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Shares of limits, and comparisons that claims and tables both have.
@Suite struct LimitTests {
  private func arm(_ variant: String, tasks: Int, isSpecial: Bool) -> Arm {
    Arm(
      kernel: "made-up", variant: variant, workers: 1, tasks: tasks, size: 10, isSpecial: isSpecial)
  }

  /// A variant and its limit in the rounds of a claim, of a table, and of a few tasks.
  private func record() throws -> Record {
    var record = madeUpRecord()
    for (tasks, rounds, seconds) in [(40, 8, 2.0), (50, 10, 1.25), (2, 5, 4.0)] {
      let isSpecial = tasks != 40
      let subject = Series.madeUp(
        arm("swift.a", tasks: tasks, isSpecial: isSpecial),
        seconds: Array(repeating: seconds, count: rounds))
      let limit = Series.madeUp(
        arm("c.limit", tasks: tasks, isSpecial: isSpecial),
        seconds: Array(repeating: 1, count: rounds))
      record.series += [subject, limit]
      var one = try #require(Tables().comparison(of: subject, to: limit))
      one.isOfLimit = true
      record.comparisons.append(one)
    }
    record.workloads = [
      Record.Workload(
        kernel: "made-up", work: Work(unit: "step", growth: .linear), size: 10, tasks: 50,
        calibration: nil, inputSeconds: 0)
    ]
    return record
  }

  @Test func eachComparisonIsShownOnce() throws {
    let lines = ConsoleReport.body(try record())
    let rows = lines.filter { $0.hasPrefix("made-up/swift.a") }
    #expect(rows.count == 1 && rows[0].contains("80 % of what this core can do"), "\(lines)")
    // The first table shows the same share.
    let row = try #require(lines.first { $0.hasPrefix("swift.a ") })
    #expect(row.contains(" 80 % "), "\(row)")
    #expect(lines.first { $0.hasPrefix("c.limit ") }?.contains("–") == true)
  }

  @Test func severalCoresAreToldAsThat() throws {
    var record = try record()
    for index in record.series.indices {
      record.series[index].key.workers = 2
    }
    for index in record.comparisons.indices {
      record.comparisons[index].subject.workers = 2
      record.comparisons[index].reference.workers = 2
    }
    #expect(ConsoleReport.body(record).contains { $0.contains("of what these cores can do") })
  }
}
