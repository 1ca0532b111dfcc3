import PerfGateModel
import PerfGateTestSupport
import Testing

/// What charts read from series.
@Suite struct SeriesSummaryTests {
  private func series(_ workers: Int, _ seconds: [Double], tasks: Int = 10) -> Series {
    Series.madeUp(
      Arm(kernel: "k", variant: "v", workers: workers, tasks: tasks, size: 1), seconds: seconds)
  }

  @Test func theTimeOfATaskHasAnIntervalWithEnoughRounds() throws {
    #expect(series(1, []).taskTime == nil)
    let few = try #require(series(1, [10, 30, 20]).taskTime)
    #expect(few.seconds == 2 && few.interval == nil)
    let many = try #require(series(1, (1...11).map { Double($0) * 10 }).taskTime)
    #expect(many.seconds == 6 && many.interval == [2, 10])
  }

  @Test func memoryIsTheMedianOfItsRounds() {
    var one = series(1, [1, 1, 1])
    #expect(one.medianBytes == nil)
    one.bytes = [300, 100, 200]
    #expect(one.medianBytes == 200)
  }

  @Test func theCeilingIsACurveOfItsOwnRounds() throws {
    var record = madeUpRecord()
    record.series = [series(1, [1, 1]), series(2, [0.9, 0.9])]
    #expect(record.ceilingCurve == nil)
    for (workers, time) in [(1, 1.0), (2, 0.5), (4, 0.3)] {
      var one = Series.madeUp(
        Arm(kernel: "ceiling", variant: "c.spin", workers: workers, tasks: 50, size: 1),
        seconds: [time, time])
      one.group = GroupKey(.ceiling)
      record.series.append(one)
    }
    let curve = try #require(record.ceilingCurve)
    #expect(curve.points.map(\.workers) == [1, 2, 4])
    #expect(curve.points[1].speedup == 2)
    #expect(abs(try #require(curve.points[2].speedup) - 1 / 0.3) < 1e-12)
  }
}
