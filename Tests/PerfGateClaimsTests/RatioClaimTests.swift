import PerfGate
import PerfGateTesting
import XCTest

/// The ratios of the catalog and a speedup's baseline, judged by XCTest; those of times are judged where
/// the times are measured, and scaling by Swift Testing.
final class RatioClaimTests: XCTestCase {
  func testViete() throws { try XCTAssertClaim(own("viete.swift-vs-c")) }
  func testTextScan() throws { try XCTAssertClaim(own("text.scan.swift-vs-c")) }
  func testTextScalars() throws { try XCTAssertClaim(own("text.scalars.swift-vs-c")) }
  func testBatchOfSSE2() throws { try XCTAssertClaim(own("viete.batch.swift-vs-c.sse2")) }
  func testBatchOfAVX2() throws { try XCTAssertClaim(own("viete.batch.swift-vs-c.avx2")) }
  func testBatchOfAVX512() throws { try XCTAssertClaim(own("viete.batch.swift-vs-c.avx512")) }
  func testBatchAtItsLimit() throws { try XCTAssertClaim(own("viete.batch.limit")) }
  func testTextScanAtItsLimit() throws { try XCTAssertClaim(own("text.scan.limit")) }
  func testTextScalarsAtTheirLimit() throws { try XCTAssertClaim(own("text.scalars.limit")) }
  func testTextScanFaster() throws { try XCTAssertClaim(own("text.scan.faster")) }
  func testTextScalarsFaster() throws { try XCTAssertClaim(own("text.scalars.faster")) }
  func testSpeedupAgainstItsBaseline() throws { try XCTAssertClaim(own("viete.scaling.time")) }
}
