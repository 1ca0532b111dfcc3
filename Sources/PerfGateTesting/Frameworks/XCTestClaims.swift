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
    let place = Place(file: "\(file)", line: Int(line), column: Int(column))
    let position = ClaimAddress.Position(
      framework: .xctest, test: filterName, index: AssertionCounts.shared.next(of: self))
    if ClaimServer.isServing {
      return ClaimServer.serve(claim(), test: claimName, at: position, place)
    }
    let (_, finding) = ClaimJudge.shared.judge(
      claim(), test: claimName, place: place, position: position,
      reachedAfter: testRun?.startDate.map { max(0, -$0.timeIntervalSinceNow) } ?? 0)
    switch finding {
    case .passed: break
    case .warning(let text): Console.say("warning: \(text)")
    case .skipped(let text): throw XCTSkip(text, file: file, line: line)
    case .failed(let text): XCTFail(text, file: file, line: line)
    }
  }

  /// The test as XCTest's arguments name it: `MyModule.MyTests/testIt`.
  private var filterName: String {
    "\(String(reflecting: type(of: self)))/\(claimName.split(separator: ".").last ?? "")"
  }

  /// The test's class and method: `MyTests.testIt`.
  var claimName: String {
    // On Apple platforms the name is "-[MyTests testIt]".
    name.filter { !"-[]".contains($0) }.replacingOccurrences(of: " ", with: ".")
  }
}

/// Counts the assertions that a test has reached.
final class AssertionCounts: Sendable {
  static let shared = AssertionCounts()

  private let lock = NSLock()
  /// `nonisolated(unsafe)`: only touched while `lock` is held. Tests run one after another.
  private nonisolated(unsafe) weak var test: XCTestCase?
  private nonisolated(unsafe) var count = 0

  /// How many assertions the test has reached before this one.
  func next(of test: XCTestCase) -> Int {
    lock.withLock {
      if self.test !== test { (self.test, count) = (test, 0) }
      defer { count += 1 }
      return count
    }
  }
}
