import PerfGate
import XCTest

extension XCTestCase {
  /// Runs `block` ten times, prints XCTest's line, and then judges the claim. Only the claim
  /// decides whether the test passes.
  ///
  /// With `PERFGATE_RECORD_DIR` the times go into the record of the run, under the claim's name.
  ///
  /// - Parameters:
  ///   - claim: a claim about the code that the block runs, usually against a baseline.
  ///   - file: the file of the call.
  ///   - line: the line of the call.
  ///   - column: the column of the call.
  ///   - block: the code to time for the printed line.
  /// - Throws: `XCTSkip` if the claim is not checkable here; see `XCTAssertClaim`.
  public func measure(
    _ claim: @autoclosure () -> TestClaim, file: StaticString = #filePath, line: UInt = #line,
    column: UInt = #column, _ block: () -> Void
  ) throws {
    if ClaimServer.isServing {
      return try XCTAssertClaim(claim(), file: file, line: line, column: column)
    }
    let claim = claim()
    report(claim.id ?? claimName) { BlockTimes(block) }
    try XCTAssertClaim(claim, file: file, line: line, column: column)
  }

  /// Times a block while no other program measures, prints the times, and adds them to the record
  /// of the run.
  ///
  /// In a process that serves a claim the block runs once, for what it leaves behind.
  @discardableResult
  private func report(_ id: String, _ take: () -> BlockTimes) -> [Double] {
    if ClaimServer.isServing { return take().seconds }
    let times = ClaimJudge.shared.apart(id, take)
    if let mistake = times.mistake {
      XCTFail(mistake)
      return []
    }
    print(times.line(name).asASCII)
    do { try times.write(as: id) } catch { XCTFail("\(error)") }
    return times.seconds
  }
}

// XCTest on Linux fails a test if its ten times have a relative standard deviation above 10 %. That
// limit cannot be changed, and one stall of a shared machine exceeds it. The following functions
// replace XCTest's own wherever this module is imported: they have no default arguments, so
// overload resolution prefers them. On Apple platforms XCTest's functions keep baselines in Xcode,
// and are not replaced.
#if !canImport(Darwin)
  extension XCTestCase {
    /// Runs `block` ten times and prints XCTest's line. Never fails because of the times.
    ///
    /// With `PERFGATE_RECORD_DIR` the times go into the record of the run, under the test's name.
    ///
    /// - Returns: the times in seconds, in time order.
    @discardableResult
    public func measure(block: () -> Void) -> [Double] { report(claimName) { BlockTimes(block) } }

    /// Runs `block` ten times, times it from `startMeasuring()` to `stopMeasuring()`, and prints
    /// XCTest's line. Never fails because of the times.
    ///
    /// - Parameters:
    ///   - metrics: ignored: XCTest on Linux has only the time, which is always measured.
    ///   - automaticallyStartMeasuring: whether the timing starts with the block; otherwise the
    ///     block must call `startMeasuring()`. It ends with `stopMeasuring()`, or with the block.
    ///   - block: the code to time. The test fails if it starts or stops the timing wrongly.
    /// - Returns: the times in seconds, in time order; empty after such a failure.
    @discardableResult
    public func measureMetrics(
      _ metrics: [XCTPerformanceMetric], automaticallyStartMeasuring: Bool, for block: () -> Void
    ) -> [Double] {
      report(claimName) { BlockTimes(startsItself: !automaticallyStartMeasuring, block) }
    }

    /// Starts the timing in a block of `measureMetrics`.
    public func startMeasuring() {
      if !BlockTimes.start() { XCTFail("startMeasuring() works only in a block of measureMetrics") }
    }

    /// Stops the timing in a block of `measureMetrics`.
    public func stopMeasuring() {
      if !BlockTimes.stop() { XCTFail("stopMeasuring() works only in a block of measureMetrics") }
    }
  }
#endif
