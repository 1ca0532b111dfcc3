import Foundation
import PerfGate
import PerfGateTestSupport
import Synchronization
import Testing

@testable import PerfGateTesting

/// Judges a claim in this process.
private struct ClaimBench {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  func judge(_ claim: TestClaim, budget: Double = 2) async -> (Judgement, TestVerdict) {
    var settings = Settings()
    settings.budget = budget
    return await ClaimJudge(
      settings: .success(settings), lockPath: "\(temporary.root)/lock",
      timeouts: ClaimJudge.Timeouts(lock: 0, waitsForIdleCPUs: false),
      built: { .madeUp(files: [#filePath]) }, report: { _ in }
    ).judgeApart(claim, test: "A.b", place: Place(file: #filePath, line: 1))
  }

  func text(_ claim: TestClaim) async -> String {
    switch await judge(claim).1 {
    case .failed(let text): text
    case let other: "it is told as \(other)"
    }
  }
}

private struct Broken: Error {}

@Sendable private func work(_ steps: Int) async -> Int {
  var value = opaque(1)
  for step in 0..<opaque(steps) { value = (value ^ step) &* 0x100_0000_01b3 }
  await Task.yield()
  return value
}

@Sendable private func plain(_ steps: Int) -> Int {
  var value = opaque(1)
  for step in 0..<steps { value = (value ^ step) &* 0x100_0000_01b3 }
  return value
}

private actor Sum {
  func of(_ steps: Int) async -> Int { await work(steps) }
}

/// What is wrong with asynchronous closures is told.
@Suite(.uninstrumented, .serialized) struct AsyncClaimTests {
  private let bench: ClaimBench

  init() throws { bench = try ClaimBench() }

  @Test func aThrownErrorFailsTheClaim() async {
    let found = await bench.text(
      .ratio(
        atMost: 1.5,
        of: { () async throws -> Int in
          await Task.yield()
          throw Broken()
        }, to: { await work(1000) }))
    #expect(found.contains("threw") && found.contains("Broken()"), "\(found)")
  }

  @Test func aWrongResultFails() async {
    let found = await bench.text(
      .ratio(atMost: 1.5, of: { await work(2000) ^ 1 }, to: { await work(2000) }))
    #expect(found.contains("both must return the same"), "\(found)")
  }

  @Test func resultsMustBeHashable() async {
    struct Opaque: Sendable { var number = 1 }
    let found = await bench.text(
      .ratio(
        atMost: 1.5,
        of: { () async -> Opaque in
          await Task.yield()
          return Opaque()
        },
        to: { () async -> Opaque in
          await Task.yield()
          return Opaque()
        }))
    #expect(found.contains("results of type Opaque cannot be compared"), "\(found)")
  }

  @Test func anUnknownExecutorIsTold() async {
    let found = await bench.text(.ratio(atMost: 1.5, executor: "fibers", of: { 1 }, to: { 1 }))
    #expect(found.contains("there is no executor fibers: expected pool, channel"), "\(found)")
  }
}

/// What is measured of them, with nothing beside it.
@Suite(.engine, .serialized, .timeLimit(.minutes(15))) struct RealAsyncClaimTests {
  private let bench: ClaimBench

  init() throws { bench = try ClaimBench() }

  /// A busy machine may disturb all rounds of a short budget; then it is judged again, four times at most.
  private func measured(_ claim: TestClaim, budget: Double) async -> Judgement {
    var found = await bench.judge(claim, budget: budget).0
    for _ in 0..<4 where found.record?.claims.first?.rounds == 0 {
      found = await bench.judge(claim, budget: budget).0
    }
    return found
  }

  /// Closures that wait for each other's jobs and for actors are timed and compared like any other.
  @Test func aRatioIsJudged() async throws {
    let sum = Sum()
    let judgement = await measured(
      .ratio(
        atMost: 1.5, of: { await sum.of(20_000) }, to: { await work(20_000) }), budget: 3)
    let result = try #require(judgement.record?.claims.first)
    #expect(result.verdict != .violated && result.rounds > 0, "\(result)")
    let series = try #require(judgement.record?.series.first)
    #expect(series.executor == "task-executor")
    #expect((0.3...3).contains(result.estimate ?? 0), "\(result)")
  }

  /// The planted fault: three times the work is found.
  @Test func moreWorkIsViolated() async throws {
    let judgement = await measured(
      .ratio(
        atMost: 1.1,
        of: {
          blackHole(await work(40_000))
          return await work(20_000)
        }, to: { await work(20_000) }),
      budget: 3)
    let result = try #require(judgement.record?.claims.first)
    #expect(result.verdict != .holds && (result.estimate ?? 0) > 2, "\(result)")
  }

  @Test func tasksAreSharedByWorkers() async throws {
    let machine = try MeasurementEnvironment().machine
    guard machine.allowed.workers >= 2 else { return }
    let (judgement, _) = await bench.judge(
      .speedup(atLeast: 1.05, workers: 2) { task in await work(50_000 + opaque(task) * 0) },
      budget: 4)
    let result = try #require(judgement.record?.claims.first)
    #expect(result.verdict != .violated, "\(result)")
  }

  /// A closure that is not asynchronous is called as before, on the pool.
  @Test func othersStayOnThePool() async throws {
    let (judgement, _) = await bench.judge(
      .ratio(atMost: 1.9, of: { plain(opaque(30_000)) }, to: { plain(opaque(30_000)) }))
    let series = try #require(judgement.record?.series.first)
    #expect(series.executor == "pool")
  }

  @Test(arguments: ["channel", "task-group", "dispatch"])
  func aClaimMayNameItsExecutor(name: String) async throws {
    let (judgement, _) = await bench.judge(
      .ratio(
        atMost: 1.9, executor: name, of: { plain(opaque(30_000)) },
        to: { plain(opaque(30_000)) }))
    let series = try #require(judgement.record?.series.first)
    #expect(series.executor == name)
    #expect(judgement.record?.claims.first?.verdict != .violated)
  }
}
