import Foundation
import PerfGate
import PerfGateKernels
import Testing

/// Each claim of the catalog is judged once in a `swift test`.
@Suite struct CoverageTests {
  private func source(_ name: String) throws -> SwiftSource {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return SwiftSource(
      try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8))
  }

  @Test func eachClaimIsJudgedOnce() throws {
    let claims = try Claim.perfGate()
    let xctest = try ["RatioClaimTests.swift", "KernelMeasureTests.swift"].flatMap {
      try source($0).claimsOfXCTests
    }
    let swiftTesting = try source("ScalingClaims.swift").claimsOfSwiftTesting
    let all = xctest + swiftTesting
    #expect(Set(all).count == all.count, "one is judged twice")
    #expect(Set(all) == Set(claims.map(\.id)))
    for claim in claims {
      let isXCTests = claim.kind.form.comparesVariants || claim.kind.form == .baseline
      #expect((isXCTests ? xctest : swiftTesting).contains(claim.id), "\(claim.id)")
    }
  }

  /// What the compiler does not see, or no framework runs, judges nothing.
  @Test func whatIsNotRunDoesNotCount() {
    let source = SwiftSource(
      """
      final class Tests: XCTestCase {
        func testOne() throws { try XCTAssertClaim(own("one")) }
        // func testLine() throws { try XCTAssertClaim(own("line")) }
        /* func testBlock() throws { try XCTAssertClaim(own("block")) }
           /* nested */ func testRest() throws { try XCTAssertClaim(own("rest")) } */
        func testAddress() throws { print("https://"); try XCTAssertClaim(own("address")) }
        #if false
          func testLeftOut() throws { try XCTAssertClaim(own("left out")) }
        #endif
        func helper() throws { try XCTAssertClaim(own("helper")) }
        func testTwo() throws { print("/* \\" //"); try XCTAssertClaim(own("two")) }
        @Test(.claim(own("three"))) func three() {}  // @Test(.claim(own("comment"))) func four() {}
        @Test(.disabled(), .claim(own("disabled"))) func five() {}
      }
      """)
    #expect(source.claimsOfXCTests == ["one", "address", "two"])
    #expect(source.claimsOfSwiftTesting == ["three"])
  }
}

/// The text of a Swift file without what the compiler skips: comments, and all between `#if` and `#endif`.
private struct SwiftSource {
  private var text = ""

  init(_ source: String) {
    var rest = source[...]
    var depth = 0
    var isString = false
    while let character = rest.first {
      if isString {
        let isEscape = character == "\\"
        if isEscape { text.append(rest.removeFirst()) }
        isString = isEscape || character != "\""
      } else if rest.hasPrefix("/*") || depth > 0 && rest.hasPrefix("*/") {
        depth += rest.hasPrefix("/*") ? 1 : -1
        rest.removeFirst(2)
        continue
      } else if depth > 0 {
        rest.removeFirst()
        continue
      } else if rest.hasPrefix("//") {
        rest = rest.drop { $0 != "\n" }
        continue
      } else {
        isString = character == "\""
      }
      if !rest.isEmpty { text.append(rest.removeFirst()) }
    }
    text = text.replacing(/#if[\s\S]*?#endif/, with: "")
  }

  /// The claims in functions that XCTest calls.
  var claimsOfXCTests: [String] {
    // An attribute of the next function stands before its `func`.
    text.split(separator: "func ").filter { $0.hasPrefix("test") }.flatMap { function in
      function.prefix { $0 != "@" }.matches(of: /own\("([^"]+)"\)/).map { String($0.1) }
    }
  }

  /// The claims of tests that Swift Testing runs.
  var claimsOfSwiftTesting: [String] {
    text.matches(of: /@Test\(\.claim\(own\("([^"]+)"\)\)\)/).map { String($0.1) }
  }
}
