import PerfGate
import PerfGateKernels
import PerfGateTesting
import XCTest

/// The kernels as people measure them with XCTest.
final class KernelMeasureTests: XCTestCase {
  func testViete() throws {
    let body = try body(Viete.self, "swift.scalar", size: 100_000)
    try measure(own("viete.swift.time")) { blackHole(body(0)) }
  }

  func testVieteInC() throws {
    let body = try body(Viete.self, "c.scalar", size: 100_000)
    try measure(own("viete.c.time")) { blackHole(body(0)) }
  }

  func testTextLength() throws {
    let body = try body(TextLength.self, "swift.utf8", size: 1_000_000)
    try measure(own("text.length.time")) { for task in 0..<10_000 { blackHole(body(task)) } }
  }

  func testTextScan() throws {
    let body = try body(TextScan.self, "swift.simd", size: 10_000_000)
    try measure(own("text.scan.time")) { blackHole(body(0)) }
  }

  func testTextScalars() throws {
    let body = try body(TextScalars.self, "swift.simd", size: 10_000_000)
    try measure(own("text.scalars.time")) { blackHole(body(0)) }
  }

  /// One stall of half a second in a block of a millisecond: XCTest's own `measure` would fail.
  func testAStallDoesNotFail() {
    var calls = 0
    let seconds = measure {
      calls += 1
      usleep(calls == 5 ? 500_000 : 1000)
    }
    XCTAssertEqual(seconds.count, 10)
    XCTAssertGreaterThan(seconds.max() ?? 0, 0.4)
  }

  /// The same where the block says what is timed: the stall, and not what comes before and after.
  func testAStallBetweenStartAndStopDoesNotFail() {
    var calls = 0
    let seconds = measureMetrics([.wallClockTime], automaticallyStartMeasuring: false) {
      calls += 1
      usleep(20_000)
      startMeasuring()
      usleep(calls == 5 ? 500_000 : 1000)
      stopMeasuring()
      usleep(20_000)
    }
    XCTAssertEqual(seconds.count, 10)
    XCTAssertGreaterThan(seconds.max() ?? 0, 0.4)
    XCTAssertLessThan(seconds.min() ?? 1, 0.02)
  }

  private func body<K: Kernel>(_ kernel: K.Type, _ variant: String, size: Int) throws -> TaskBody {
    try XCTUnwrap(try AnyKernel(kernel).bodies(size, 42)[variant]).run
  }
}
