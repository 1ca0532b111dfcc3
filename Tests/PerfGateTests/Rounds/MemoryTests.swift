import Foundation
import PerfGate
import PerfGateReport
import PerfGateStatistics
import PerfGateTestSupport
import Testing

/// Claims about memory in virtual time: fresh starts, two stages, bytes.
@Suite struct MemoryTests {
  private static let megabyte = 1_000_000

  private func claim(
    upTo workers: Int? = 2, size: Int? = 1000, atMost bytes: Int = 5 * megabyte
  ) throws -> Claim {
    let kind: Claim.Kind =
      workers.map { .memoryOfWorkers(variant: "new", upTo: $0, size: size, atMost: bytes) }
      ?? .memory(variant: "new", size: size, atMost: bytes)
    return try Claim(id: "memory", text: "memory", kernel: VirtualRun.kernel, kind)
  }

  /// A run whose arms take `base` bytes and `each` more for each worker but the first, and up to as much
  /// as `noise` more or less.
  private func run(
    _ claims: [Claim], base: Int = 200 * megabyte, each: Int, noise: Int = 0, seed: UInt64 = 1,
    allowed: Int = 8, starts: Bool = true, budget: Double = 20
  ) -> VirtualRun.Outcome {
    var run = VirtualRun(claims: claims, seed: seed)
    run.allowedWorkers = allowed
    run.budget = budget
    var random = SplitMix64(seed: seed)
    return run.run { machine in
      machine.startSeconds = starts ? 0.2 : nil
      machine.memory = { arm in
        let drift = noise == 0 ? 0 : random.nextIndex(below: 2 * noise + 1) - noise
        return base + (arm.workers - 1) * each + drift
      }
    }
  }

  @Test func whatStaysBelowHolds() throws {
    let outcome = run([try claim()], each: 3 * Self.megabyte)
    let result = outcome.result
    #expect(result.verdict == .holds && result.rounds == 8 && result.confirmationRounds == 0)
    #expect(result.starts == 8 && result.discarded == 0)
    #expect(abs(try #require(result.estimate) - 3e6) < 1)
    let message = ClaimText.message(result, in: outcome.record)
    #expect(message.contains("3.0 [3.0, 3.0] MB, claimed ≤ 5.0 MB"), "\(message)")
    let series = outcome.record.series.filter { $0.bytes != nil }
    #expect(
      series.map(\.id) == [
        "made.up/new/pool/2@memory memory@1000x50", "made.up/new/pool/1@memory memory@1000x50",
      ])
    #expect(series.allSatisfy { $0.bytes?.count == 8 && $0.starts == 8 && $0.peakBytes >= 0 })
    // Judged again from the record alone.
    let again = try Record.decode(Data(outcome.record.json().utf8))
    #expect(Judge.results(again) == outcome.results && again == outcome.record)
    // Without its bytes there is nothing to judge.
    var cut = again
    for index in cut.series.indices { cut.series[index].bytes = nil }
    #expect(try #require(Judge.results(cut).first).verdict.word == .notCheckable)
  }

  @Test func whatIsAboveIsViolatedTwice() throws {
    let outcome = run([try claim()], each: 7 * Self.megabyte, noise: 10_000)
    let result = outcome.result
    #expect(result.verdict == .violated && result.confirmationRounds >= 8)
    #expect(abs(try #require(result.estimate) - 7e6) < 20_000)
    #expect(result.stages.count == 2 && (result.starts ?? 0) >= 16)
  }

  @Test func eachFurtherWorkerCounts() throws {
    let four = run([try claim(upTo: 50)], each: 4 * Self.megabyte, allowed: 5).result
    #expect(four.workers == 5 && four.verdict == .holds)
    #expect(abs(try #require(four.estimate) - 4e6) < 1)
    // A process that shrinks is no negative growth.
    let shrinking = run([try claim()], each: -3 * Self.megabyte).result
    #expect(shrinking.verdict == .holds)
    #expect(abs(try #require(shrinking.estimate) - 0.5) < 1e-6)
    // Nothing at all is below the smallest limit.
    let nothing = run([try claim(atMost: 1)], each: 0)
    #expect(nothing.result.verdict == .holds)
    #expect(ClaimText.message(nothing.result, in: nothing.record).contains("claimed ≤ 0.001 kB"))
    let lonely = run([try claim()], each: 0, allowed: 1).result
    #expect(lonely.sentence == "needs 2 cores, 1 allowed")
  }

  @Test func allMemoryOfOneWorkerIsClaimedToo() throws {
    for (limit, verdict) in [(201, Verdict.holds), (199, .violated)] {
      let outcome = run(
        [try claim(upTo: nil, atMost: limit * Self.megabyte)], each: 0, noise: 1000)
      #expect(outcome.result.verdict == verdict)
      #expect(outcome.record.series.filter { $0.bytes != nil }.allSatisfy { $0.workers == 1 })
    }
  }

  /// On the limit nothing is decided falsely: of all that are decided, no more fall than may.
  @Test func onTheLimitNothingIsViolatedForLuck() throws {
    var verdicts: [Verdict.Word: Int] = [:]
    for seed in 1...200 as ClosedRange<UInt64> {
      let result = run(
        [try claim()], each: 5 * Self.megabyte - 1000, noise: Self.megabyte, seed: seed
      ).result
      verdicts[result.verdict.word, default: 0] += 1
    }
    #expect(verdicts[.violated, default: 0] <= 2, "\(verdicts)")
    #expect(verdicts[.inconclusive, default: 0] > 150, "\(verdicts)")
  }

  /// A variant that turns out to be wrong meanwhile ends all claims about it, and no other.
  @Test func aWrongVariantEndsItsOwnClaims() throws {
    func claim(_ id: String, _ variant: String) throws -> Claim {
      try Claim(
        id: id, text: "memory", kernel: VirtualRun.kernel,
        .memory(variant: variant, size: 1000, atMost: 300 * Self.megabyte))
    }
    let run = VirtualRun(claims: [
      try claim("one", "new"), try claim("two", "new"), try claim("three", "old"),
    ])
    let outcome = run.run { machine in
      machine.startSeconds = 0.2
      machine.memory = { _ in 200 * Self.megabyte }
      machine.failure = { arm, _ in
        arm.variant == "new"
          ? .wrongResult(
            Unproven(
              kernel: arm.kernel, variant: arm.variant,
              reason: .wrongResult(task: 1, found: 2, expected: 3)))
          : nil
      }
    }
    #expect(outcome.failure == nil)
    #expect(outcome.results.map(\.isUnproven) == [true, true, false])
    #expect(outcome.results[2].verdict == .holds)
  }

  @Test func withoutStartsItIsNotCheckable() throws {
    let result = run([try claim()], each: 0, starts: false).result
    #expect(
      ClaimText.verdict(result)
        == "not checkable: memory and counts are those of new processes: this run starts none "
        + "(PERFGATE_STARTS=1, a debugger), or the system does not tell their memory")
  }

  @Test func tooSmallABudgetIsTold() throws {
    let result = run([try claim()], each: 0, budget: 1).result
    #expect(result.sentence?.hasPrefix("a round takes 0.6 s") == true, "\(result.sentence ?? "")")
    #expect(result.sentence?.hasSuffix("raise --budget") == true)
  }

  @Test func memoryAndTimeAreJudgedInOneRun() throws {
    let time = try Claim(
      id: "time", text: "time", kernel: VirtualRun.kernel,
      .ratio(subject: "new", reference: "old", atMost: 1.05, workers: 1))
    // Two claims about the same arms have rounds of their own.
    let other = try Claim(
      id: "other", text: "memory", kernel: VirtualRun.kernel,
      .memory(variant: "new", size: 1000, atMost: 300 * Self.megabyte))
    let outcome = run([try claim(), time, other], each: 0)
    #expect(outcome.results.map(\.verdict.word) == [.holds, .holds, .holds])
    #expect(outcome.results.map { $0.detectable != nil } == [false, true, false])
  }
}
