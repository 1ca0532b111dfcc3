import Foundation
import PerfGate
import Testing

@testable import PerfGateTesting

// What a block says is kept for the process: one at a time.
@Suite(.serialized) struct BlockTimesTests {
  @Test func theLineIsXCTests() {
    let line = BlockTimes(seconds: [0.001, 0.001, 0.5]).line("A.b")
    #expect(
      line == "Test Case 'A.b' measured [Time, seconds] average: 0.167333, "
        + "relative standard deviation: 140.576%, values: [0.001000, 0.001000, 0.500000], "
        + "performanceMetricID:org.swift.XCTPerformanceMetric_WallClockTime")
  }

  /// None of a block's times but 0 is shown as 0.
  @Test func shortTimesGetMoreDigits() {
    let line = BlockTimes(seconds: [2e-9, 4e-9]).line("A.b")
    #expect(line.contains("average: 0.000000003, "))
    #expect(line.contains("values: [0.000000002, 0.000000004]"))
  }

  @Test func samplesAreARecord() throws {
    let record = try BlockTimes(seconds: [0.1, 0, 0.2]).record("A.b", seed: 1)
    let read = try Record.decode(Data(try record.json().utf8))
    #expect(read.series.first?.id == "A.b/measure/sp/1")
    #expect(read.series.first?.seconds == [0.1, 1e-9, 0.2])
  }

  @Test func theBlockIsRunTenTimes() {
    var calls = 0
    #expect(BlockTimes { calls += 1 }.seconds.count == 10)
    #expect(calls == 10)
  }

  @Test func timesAreFromStartToStop() {
    let times = BlockTimes(startsItself: true) {
      usleep(20_000)
      #expect(BlockTimes.start())
      #expect(BlockTimes.stop())
      usleep(20_000)
    }
    #expect(times.mistake == nil)
    #expect(times.seconds.count == 10 && times.seconds.count { $0 < 0.01 } >= 8, "\(times.seconds)")
    let whole = BlockTimes(startsItself: false) { usleep(2000) }
    #expect(whole.seconds.count == 10 && whole.seconds.allSatisfy { $0 >= 0.002 })
  }

  @Test func wrongUseIsTold() {
    let never = BlockTimes(startsItself: true) {}
    #expect(never.mistake?.contains("never called startMeasuring()") == true)
    let twice = BlockTimes(startsItself: false) { _ = BlockTimes.start() }
    #expect(twice.mistake?.contains("had already started") == true)
    let early = BlockTimes(startsItself: true) {
      _ = BlockTimes.stop()
      _ = BlockTimes.start()
    }
    #expect(!BlockTimes.start() && !BlockTimes.stop())
    #expect(early.mistake?.contains("when no timing was running") == true)
  }
}
