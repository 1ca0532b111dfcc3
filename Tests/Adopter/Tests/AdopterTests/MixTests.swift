import Kernels
import PerfGate
import PerfGateTesting
import XCTest

final class MixTests: XCTestCase {
  func testSwiftKeepsUpWithC() throws {
    try XCTAssertClaim(
      .listed("mix.swift-vs-c", in: try Claim.adopter(), of: try Catalog.adopter()))
  }

  func testTime() throws {
    try measure(.listed("mix.time", in: try Claim.adopter(), of: try Catalog.adopter())) {
      blackHole(Mix.run(steps: 100_000, task: 1))
    }
  }
}
