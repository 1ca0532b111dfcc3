import PerfGate
import Testing
import XCTest

extension XCTestCase {
  /// Judges a claim: `try XCTAssertClaim(.ratio(of: "swift", to: "c", in: Mine.self, atMost: 1.05))`.
  ///
  /// Violated: the test fails, with estimate, interval, limit, rounds and machine. Inconclusive: a
  /// warning is printed.
  ///
  /// - Throws: `XCTSkip` with the numbers if the claim is not checkable here.
  public func XCTAssertClaim(
    _ claim: @autoclosure () -> TestClaim, file: StaticString = #filePath, line: UInt = #line,
    column: UInt = #column
  ) throws {
    // XCTest failures inside a test of Swift Testing are lost.
    if Test.current != nil {
      Issue.record("XCTAssertClaim works only in XCTest; use @Test(.claim(...)) in Swift Testing")
      return
    }
    let (_, finding) = ClaimJudge.shared.judge(
      claim(), test: claimName,
      place: Place(file: "\(file)", line: Int(line), column: Int(column)))
    switch finding {
    case .passed: break
    case .warning(let text): Console.say("warning: \(text)")
    case .skipped(let text): throw XCTSkip(text, file: file, line: line)
    case .failed(let text): XCTFail(text, file: file, line: line)
    }
  }

  /// The test's class and method: `MyTests.testIt`.
  var claimName: String {
    // On Apple platforms the name is "-[MyTests testIt]".
    name.filter { !"-[]".contains($0) }.replacingOccurrences(of: " ", with: ".")
  }
}
