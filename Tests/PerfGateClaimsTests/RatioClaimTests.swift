import PerfGate
import PerfGateTesting
import XCTest

/// The ratios of the catalog and a speedup's baseline, judged by XCTest; those of times are judged where
/// the times are measured, and scaling by Swift Testing.
final class RatioClaimTests: XCTestCase {
  func testViete() throws { try XCTAssertClaim(own("viete.swift-vs-c")) }
  func testTextScan() throws { try XCTAssertClaim(own("text.scan.swift-vs-c")) }
  func testTextScalars() throws { try XCTAssertClaim(own("text.scalars.swift-vs-c")) }
  func testTextScanFaster() throws { try XCTAssertClaim(own("text.scan.faster")) }
  func testTextScalarsFaster() throws { try XCTAssertClaim(own("text.scalars.faster")) }
  func testSpeedupAgainstItsBaseline() throws { try XCTAssertClaim(own("viete.scaling.time")) }
}
