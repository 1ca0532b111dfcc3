import PerfGateTesting
import XCTest

/// The same in XCTest.
final class CountXCTests: XCTestCase {
  func testNothing() throws {
    try XCTAssertClaim(.allocations(atMost: 0, id: "xctest.nothing") {})
  }

  func testObjects() throws {
    try XCTAssertClaim(.allocations(atMost: 3, id: "xctest.objects") { Counted.objects() })
  }

  func testBytes() throws {
    try XCTAssertClaim(.allocatedBytes(atMost: 640, id: "xctest.bytes") { Counted.buffer() })
  }

  func testReferences() throws {
    try XCTAssertClaim(.retains(atMost: 2, id: "xctest.references") { Counted.references() })
  }
}
