import Foundation
import PerfGate
import PerfGateTestSupport
import Testing

@testable import PerfGateTesting

@Suite(.uninstrumented) struct BaselinesTests {
  private let temporary: TemporaryFolder
  private var folder: String { "\(temporary.root)/baselines" }
  private var lockPath: String { "\(temporary.root)/lock" }

  init() throws { temporary = try TemporaryFolder() }

  private func judge(
    _ claim: TestClaim, record: BaselineUpdate.Selection? = nil
  ) -> (finding: TestVerdict, told: [String]) {
    var settings = Settings()
    settings.baselines = folder
    settings.record = record
    settings.budget = 2
    let told = Lines()
    let judge = ClaimJudge(
      settings: .success(settings), lockPath: lockPath,
      timeouts: ClaimJudge.Timeouts(lock: 60, waitsForIdleCPUs: false),
      built: { .madeUp(files: [#filePath]) }, report: { told.add($0) })
    let (_, finding) = judge.judge(claim, test: "A.b", place: Place(file: #filePath, line: 1))
    return (finding, told.all)
  }

  private final class Lines: Sendable {
    private let lock = NSLock()
    /// `nonisolated(unsafe)`: only touched while `lock` is held.
    private nonisolated(unsafe) var lines: [String] = []
    func add(_ line: String) { lock.withLock { lines.append(line) } }
    var all: [String] { lock.withLock { lines } }
  }

  private let claim = TestClaim.baseline(worseByAtMost: 0.5, id: "a.time") { opaque(1) }

  @Test func withoutSessionsItIsNotChecked() {
    guard case .skipped(let text) = judge(claim).finding else {
      Issue.record("it is not skipped")
      return
    }
    #expect(text.contains("no baseline for "))
    #expect(text.contains("PERFGATE_UPDATE_BASELINES=new swift test"))
  }

  @Test func damagedFilesAreErrors() throws {
    let key = try MeasurementEnvironment().machine.key.description
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/\(key).json"
    try "{\"schema\": 7".write(toFile: path, atomically: true, encoding: .utf8)
    guard case .failed(let text) = judge(claim).finding else {
      Issue.record("it does not fail")
      return
    }
    #expect(text.contains(path))
    // Nothing is written over it.
    guard case .failed = judge(claim, record: .all).finding else {
      Issue.record("it does not fail")
      return
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"schema\": 7")
  }

  @Test func otherClaimsDoNotReadThem() throws {
    let key = try MeasurementEnvironment().machine.key.description
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "{".write(toFile: "\(folder)/\(key).json", atomically: true, encoding: .utf8)
    guard case .skipped = judge(.speedup(atLeast: 2, workers: 999) { $0 }).finding else {
      Issue.record("it is not skipped")
      return
    }
  }

  @Test func aTestsPackageHoldsItsBaselines() {
    let baselines = Baselines(Settings(), file: #filePath)
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    #expect(baselines.store.folder == "\(root)/baselines")
  }
}
