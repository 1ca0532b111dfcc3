import PerfGate
import PerfGateTesting
import XCTest

/// The ratios of the catalog, judged by XCTest; scaling is judged by Swift Testing.
final class RatioClaimTests: XCTestCase {
  func testViete() throws { try XCTAssertClaim(own("viete.swift-vs-c")) }
  func testTextScan() throws { try XCTAssertClaim(own("text.scan.swift-vs-c")) }
  func testTextScalars() throws { try XCTAssertClaim(own("text.scalars.swift-vs-c")) }
}
