import Foundation
import PerfGate
import PerfGateTestSupport
import PerfGateUnoptimizedPlant
import Synchronization
import Testing
import XCTest

@testable import PerfGateTesting

/// Claims that are told without measuring, or whose work is wrong.
@Suite(.uninstrumented) struct JudgeTests {
  private let temporary: TemporaryFolder
  private var lockPath: String { "\(temporary.root)/held" }
  /// A lock that nobody holds.
  private var free: String { "\(temporary.root)/free" }
  private let held: FileLock

  /// The lock is held, so that nothing that waits for it can pass.
  init() throws {
    temporary = try TemporaryFolder()
    held = try MachineLock.acquire(path: "\(temporary.root)/held", atMost: 0)
  }

  private func judge(
    _ claim: TestClaim, lock: String? = nil, test: String = "A.b", settings: Settings = Settings()
  ) -> (Judgement, TestVerdict) {
    ClaimJudge(
      settings: .success(settings), lockPath: lock ?? lockPath,
      timeouts: ClaimJudge.Timeouts(lock: 0, waitsForIdleCPUs: false),
      built: { .madeUp(files: [#filePath]) }, report: { _ in }
    ).judge(claim, test: test, place: Place(file: #filePath, line: 1))
  }

  private func expect(
    _ judged: (Judgement, TestVerdict), fails: Bool, _ parts: String...,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let text: String
    switch judged.1 {
    case .failed(let message) where fails: text = message
    case .skipped(let message) where !fails: text = message
    default:
      Issue.record("it is told as \(judged.1)", sourceLocation: sourceLocation)
      return
    }
    for part in parts {
      #expect(text.contains(part), "\(part) is not in: \(text)", sourceLocation: sourceLocation)
    }
  }

  @Test func unoptimizedClosuresAreNotChecked() throws {
    // With one core the missing ones are what is told of the second.
    let cores = try MeasurementEnvironment().machine.allowed.workers
    for claim in [UnoptimizedClaims.ratio, UnoptimizedClaims.flat].prefix(cores) {
      expect(
        judge(claim), fails: false, "closures of this test were built without optimization",
        "swift test -c release")
    }
  }

  @Test func unoptimizedKernelsAreNotChecked() {
    let claim = TestClaim.ratio(of: "swift.a", to: "swift.b", in: Unoptimized.self, atMost: 1.5)
    expect(
      judge(claim), fails: false, "swift.a, swift.b of plant.unoptimized was built without")
  }

  @Test func optimizedClosuresAreWaitedFor() {
    expect(
      judge(.ratio(atMost: 1.5, of: { 1 }, to: { 1 })), fails: false,
      "process \(getpid()) (")
  }

  @Test func tooFewCoresAreTold() {
    expect(
      judge(.speedup(atLeast: 2, workers: 999) { $0 }), fails: false, "claim A.b",
      "needs 999 cores")
  }

  @Test func unknownVariantsAreTold() {
    expect(
      judge(.ratio(of: "x", to: "swift.b", in: Unoptimized.self, atMost: 1.5)), fails: true,
      "has no variant x: expected swift.a, swift.b")
  }

  @Test func whatIsNoClaimFails() {
    expect(
      judge(.speedup(atLeast: 6, workers: 5) { $0 }), fails: true, "cannot make claim A.b",
      "out of reach")
    expect(
      judge(.ratio(atMost: 1.001, id: "mine", of: { 1 }, to: { 1 })), fails: true,
      "cannot make claim mine", "is within noise")
    expect(judge(.speedup(atLeast: 1, workers: .min) { $0 }), fails: true, "use at least 2")
    expect(
      judge(.listed("x", in: [], of: try Catalog([]))), fails: true, "there is no claim x")
  }

  @Test func aWrongClosureFails() {
    expect(
      judge(
        .ratio(atMost: 1.5, of: { sum(opaque(2000)) ^ 1 }, to: { sum(opaque(2000)) }), lock: free),
      fails: true, "claim A.b: the work of the `of:` closure is not proven: it returned 0x",
      " and to: 0x", ", and both must return the same")
  }

  /// A lock that cannot be had is told, and nothing is skipped because of it.
  @Test func anUnusableLockSkipsNothing() throws {
    try FileManager.default.createDirectory(atPath: free, withIntermediateDirectories: true)
    expect(
      judge(
        .ratio(atMost: 1.5, of: { sum(opaque(2000)) ^ 1 }, to: { sum(opaque(2000)) }), lock: free),
      fails: true, "claim A.b: the work of the `of:` closure is not proven")
  }

  /// What is compared must be something, and there must be something to compare.
  @Test func resultsMustBeHashable() {
    struct Opaque { var number = 1 }
    expect(
      judge(.ratio(atMost: 1.5, of: { Opaque() }, to: { Opaque() })), fails: true,
      "results of type Opaque cannot be compared", "not Hashable")
    expect(
      judge(.speedup(atLeast: 1.5, workers: 2) { _ in Opaque() }), fails: true,
      "results of type Opaque cannot be compared")
    expect(
      judge(.ratio(atMost: 1.5, of: {}, to: {})), fails: false,
      "is already measuring on this machine")
  }

  /// The optimizer leaves nothing of a result that nobody gets: then both sides are equally fast.
  @Test func closuresOfWhichNothingIsLeftAreNotChecked() {
    let claims = [
      TestClaim.ratio(atMost: 1.5, of: {}, to: {}),
      .ratio(atMost: 1.5, of: { _ = sum(2000) }, to: { blackHole(sum(opaque(2000))) }),
      .ratio(atMost: 1.5, of: { 1 }, to: { 1 }),
    ]
    for claim in claims {
      expect(
        judge(claim, lock: free), fails: false, "is not checkable: of: a call takes",
        "times as long as one that does nothing")
    }
  }

  @Test func aClosureOfAnotherResultEachTimeFails() {
    let calls = Atomic<Int>(0)
    expect(
      judge(
        .ratio(
          atMost: 1.5, of: { calls.add(1, ordering: .relaxed).newValue },
          to: { calls.add(1, ordering: .relaxed).newValue }), lock: free),
      fails: true, "the work of the `", "in one call and 0x",
      "in another, and must return the same each time")
    expect(
      judge(
        .speedup(atLeast: 1.5, workers: 1 + 1) { _ in calls.add(1, ordering: .relaxed).newValue },
        lock: free), fails: true, "the work of the closure is not proven: task ",
      "in one call and 0x")
  }

  @Test func noBudgetLeavesOut() {
    var settings = Settings()
    settings.budget = nil
    expect(
      judge(.ratio(atMost: 1.5, of: { 1 }, to: { 1 }), settings: settings), fails: false,
      "claim A.b is skipped: PERFGATE_BUDGET=0")
  }

  /// What nobody can write is told before anything is waited for or measured.
  @Test func filesThatCannotBeMadeAreFoundBefore() {
    var settings = Settings()
    settings.junit = "/proc/perfgate/junit.xml"
    expect(
      judge(.ratio(atMost: 1.5, of: { 1 }, to: { 1 }), settings: settings), fails: true,
      "cannot write /proc/perfgate/junit.xml", "choose another PERFGATE_JUNIT")
  }

  @Test func xctestInsideSwiftTestingIsTold() throws {
    let one = XCTestCase(name: "A.b") { _ in }
    try withKnownIssue {
      try one.XCTAssertClaim(.ratio(atMost: 1.5, of: { 1 }, to: { 1 }))
    } matching: { issue in
      issue.comments.contains { $0.rawValue.contains("use @Test(.claim(...))") }
    }
  }

  @Test func resultsAreBits() {
    #expect(resultBits(5) == 5)
    #expect(resultBits(-1) == .max)
    #expect(resultBits(1.5) == 1.5.bitPattern)
    #expect(resultBits(0.0) != resultBits(-0.0))
    #expect(resultBits(UInt8(7)) == 7)
    #expect(resultBits("a") == resultBits("a"))
    #expect(resultBits("a") != resultBits("b"))
    #expect(resultBits([1, 2]) == resultBits([1, 2]))
    #expect(resultBits([1, 2]) != resultBits([2, 1]))
  }
}

private func sum(_ steps: Int) -> UInt64 {
  var sum = UInt64(1)
  for step in 0..<steps { sum = (sum ^ UInt64(step)) &* 0x100_0000_01b3 }
  return sum
}
