import PerfGateTesting
import XCTest

/// The same as in Swift Testing, without the two others that are silent: each takes 20 s.
final class TrapTests: XCTestCase {
  func testSegment() throws { try XCTAssertClaim(Trap.segment.claim) }
  func testOverflow() throws { try XCTAssertClaim(Trap.overflow.claim) }
  func testExits() throws { try XCTAssertClaim(Trap.exits.claim) }
  func testForces() throws { try XCTAssertClaim(Trap.forces.claim) }
  func testDeadlock() throws { try XCTAssertClaim(Trap.deadlock.claim) }
  func testRest() throws { try XCTAssertClaim(.honest("trap.rest")) }
  func testForks() throws { try XCTAssertClaim(Trap.forks.claim) }
  func testFlood() throws { try XCTAssertClaim(Trap.flood.claim) }
  func testDescriptors() throws { try XCTAssertClaim(Trap.descriptors.claim) }
  func testFolder() throws { try XCTAssertClaim(Trap.folder.claim) }
  func testKilled() throws { try XCTAssertClaim(Trap.killed.claim) }
}
