import PerfGateTesting
import Testing
import XCTest

/// Counts that are compared with stored ones.
@Suite struct StoredCounts {
  @Test(.claim(.allocations(atMost: .stored) { Counted.objects() })) func objects() {}
  @Test(.claim(.allocatedBytes(atMost: .stored(worseByAtMost: 0.1)) { Counted.buffer() }))
  func bytes() {}
}

/// The same in XCTest.
final class MoreXCTests: XCTestCase {
  func testStored() throws {
    try XCTAssertClaim(.allocations(atMost: .stored, id: "xctest.stored") { Counted.objects() })
  }
}

/// Counts of calls with inputs of their own, which are not counted.
extension StoredCounts {
  @Test(
    .claim(
      .allocations(atMost: 1, id: "MoreCounts.appending", setUp: { Array(0..<1000) }) {
        $0 += 0..<1000
      }))
  func appending() {}
  @Test(
    .claim(
      .allocations(atMost: 0, id: "MoreCounts.sorting", setUp: { Array((0..<10).reversed()) }) {
        $0.sort()
      }))
  func sorting() {}
}

/// Instructions, by valgrind and by the processor.
@Suite struct InstructionCounts {
  @Test(.claim(.instructions(atMost: 9, by: .valgrind) {})) func nothing() {}
  @Test(.claim(.instructions(atMost: 10_000_000, by: .valgrind) { Counted.words() }))
  func words() {}
  @Test(.claim(.instructions(atMost: 1_000, by: .valgrind) { Counted.words() })) func toomany() {}
  @Test(.claim(.instructions(atMost: 1_000_000, id: "instructions.processor") { Counted.words() }))
  func processor() {}
}
