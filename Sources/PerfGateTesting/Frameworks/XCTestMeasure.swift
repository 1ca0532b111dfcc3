import PerfGate
import XCTest

extension XCTestCase {
  /// Runs `block` ten times and prints XCTest's line; then the claim is judged, which decides.
  ///
  /// With `PERFGATE_RECORD_DIR` the times are in the record of the run, under the claim's name.
  ///
  /// - Parameters:
  ///   - claim: about the code that the block runs; as a rule one against a baseline.
  ///   - file: where it stands.
  ///   - line: where it stands.
  ///   - column: where it stands.
  ///   - block: what is timed for the printed line.
  /// - Throws: `XCTSkip` when the claim is not checkable here; see `XCTAssertClaim`.
  public func measure(
    _ claim: @autoclosure () -> TestClaim, file: StaticString = #filePath, line: UInt = #line,
    column: UInt = #column, _ block: () -> Void
  ) throws {
    let claim = claim()
    report(claim.id ?? claimName) { BlockTimes(block) }
    try XCTAssertClaim(claim, file: file, line: line, column: column)
  }

  /// Takes times while nobody else measures, prints them, and adds them to the record of the run.
  @discardableResult
  private func report(_ id: String, _ take: () -> BlockTimes) -> [Double] {
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

// XCTest on Linux fails a test when its ten times deviate from each other by more than 10 %, a limit
// that cannot be changed: one stall of a shared machine is enough. These take the place of XCTest's own
// functions wherever this module is imported: they need no default argument, so they are the better
// match. Where XCTest is Apple's, its functions keep baselines in Xcode, and stay.
#if !canImport(Darwin)
  extension XCTestCase {
    /// Runs `block` ten times and prints XCTest's line; never fails for what it finds.
    ///
    /// With `PERFGATE_RECORD_DIR` the times are in the record of the run, under the test's name.
    ///
    /// - Returns: the times in seconds, in time order.
    @discardableResult
    public func measure(block: () -> Void) -> [Double] { report(claimName) { BlockTimes(block) } }

    /// Runs `block` ten times, times it from `startMeasuring()` to `stopMeasuring()`, and prints
    /// XCTest's line; never fails for what it finds.
    ///
    /// - Parameters:
    ///   - metrics: the time is the only one that XCTest has on Linux, and is taken in any case.
    ///   - automaticallyStartMeasuring: whether the time begins with the block; otherwise the block
    ///     calls `startMeasuring()`. It ends with the block, or by `stopMeasuring()`.
    ///   - block: what is timed; one that does not keep to this fails the test.
    /// - Returns: the times in seconds, in time order; none after such a failure.
    @discardableResult
    public func measureMetrics(
      _ metrics: [XCTPerformanceMetric], automaticallyStartMeasuring: Bool, for block: () -> Void
    ) -> [Double] {
      report(claimName) { BlockTimes(startsItself: !automaticallyStartMeasuring, block) }
    }

    /// Begins the time of this run of the block of `measureMetrics`.
    public func startMeasuring() {
      if !BlockTimes.start() { XCTFail("startMeasuring() is for the block of measureMetrics") }
    }

    /// Ends the time of this run of the block of `measureMetrics`.
    public func stopMeasuring() {
      if !BlockTimes.stop() { XCTFail("stopMeasuring() is for the block of measureMetrics") }
    }
  }
#endif
