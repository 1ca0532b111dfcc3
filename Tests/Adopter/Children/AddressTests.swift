import Foundation
import PerfGateTesting
import XCTest

class AddressTests: XCTestCase {
  var number: Int { 1 }

  /// Rounds reach only their own assertion; those before it return at once.
  func testMany() throws {
    try XCTAssertClaim(claim(number, "\(Self.self).first"))
    print("between the claims")
    XCTAssertThrowsError(try XCTAssertClaim(.speedup(atLeast: 2, workers: 999) { $0 }))
    try XCTAssertClaim(slower("\(Self.self).third"))
  }

  func testMeasured() throws {
    var blocks = 0
    measure { blocks += 1 }
    try measure(claim(2, "\(Self.self).measured")) { blocks += 1 }
    XCTAssertEqual(blocks, 20)
  }

  func testWaits() async throws {
    await Task.yield()
    try XCTAssertClaim(claim(3, "\(Self.self).waits"))
  }
}

/// The same body in another class.
final class MoreAddressTests: AddressTests {
  override var number: Int { 2 }
  override func testMany() throws { try super.testMany() }
}

final class BranchTests: XCTestCase {
  func testOtherBranch() throws {
    if isRound {
      try XCTAssertClaim(claim(1, "branch.round"))
    } else {
      try XCTAssertClaim(claim(1, "branch.parent"))
    }
  }

  func testEndsBefore() throws {
    if isRound { throw XCTSkip("not in a round") }
    try XCTAssertClaim(claim(1, "branch.ends"))
  }

  func testCrashesBefore() throws {
    if isRound { fatalError("a database that is open already") }
    try XCTAssertClaim(claim(1, "branch.crashes"))
  }
}
