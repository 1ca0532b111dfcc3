import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// What the machine itself can do decides whether a speedup says anything about the code.
@Suite struct CeilingTests {
  /// Arms of 0.1 s at one worker, and at `workers` of a speedup.
  static func run(
    _ claim: Claim, speedup: Double, ceiling: Double?, noise: NoiseModel.Shape? = .even,
    seed: UInt64 = 1
  ) -> VirtualRun.Outcome {
    let workers = claim.workers(allowed: 8)
    var run = VirtualRun(
      claims: [claim], truth: ["new/\(workers)": 0.1 / speedup], noise: noise, seed: seed)
    run.ceiling = ceiling
    return run.run()
  }

  @Test func aSpeedupHoldsBelowAHighCeiling() throws {
    let result = Self.run(try .speedup(), speedup: 4.8, ceiling: 4.95).result
    #expect(result.verdict == .holds)
    #expect((4.6...5).contains(try #require(result.estimate)))
    #expect((4.8...5.1).contains(try #require(result.ceiling)))
    let interval = try #require(result.ceilingInterval)
    #expect(interval[0] <= 4.95 && interval[1] >= 4.9)
    #expect(try #require(result.interval)[0] > 4.5)
  }

  @Test func badCodeUnderAHighCeilingIsViolated() throws {
    let result = Self.run(try .speedup(), speedup: 3, ceiling: 4.95).result
    #expect(result.verdict == .violated)
    // (1/3 − 1/5) / (1 − 1/5): a sixth of the work is serial.
    #expect(abs(try #require(result.karpFlatt) - 1 / 6) < 0.02)
  }

  @Test func karpFlattIsOneWhereNothingIsGained() throws {
    let result = Self.run(try .speedup(), speedup: 1, ceiling: nil).result
    #expect(result.verdict == .violated)
    #expect((0.95...1.05).contains(try #require(result.karpFlatt)))
  }

  /// Turbo that falls, or two CPUs on one core: the machine cannot do it, whatever the code.
  @Test func aLowCeilingTurnsViolatedIntoNotCheckable() throws {
    let result = Self.run(try .speedup(), speedup: 4, ceiling: 4.1).result
    #expect(result.verdict.word == .notCheckable)
    let reason = try #require(result.sentence)
    #expect(reason.contains(/^the machine itself reaches 4\.[0-9]+ at 5 workers, 4.5 is claimed$/))
    #expect((3.8...4.2).contains(try #require(result.estimate)))
    #expect(result.confirmationRounds > 0)
  }

  /// A ceiling that was not shown to be high enough is not good enough to blame the code.
  @Test func anUndecidedCeilingBlamesNobody() throws {
    let result = Self.run(try .speedup(), speedup: 4, ceiling: 4.5, seed: 2).result
    #expect(result.verdict.word == .notCheckable)
    #expect(try #require(result.sentence).hasSuffix("does not show that 4.5 is possible"))
  }

  /// A claim that holds needs no ceiling: the code has done it.
  @Test func whatHoldsHoldsUnderAnUndecidedCeiling() throws {
    let result = Self.run(try .speedup(), speedup: 4.7, ceiling: 4.5, seed: 2).result
    #expect(result.verdict == .holds)
  }

  @Test func aSpeedupClearlyAboveTheCeilingIsWorkNotProven() throws {
    let result = Self.run(try .speedup(atLeast: 3), speedup: 4.9, ceiling: 3.5).result
    #expect(result.verdict.word == .notCheckable)
    let reason = try #require(result.sentence)
    #expect(reason.hasPrefix("work not proven: 4."))
    #expect(reason.contains("is above what the machine itself reaches, 3."))
  }

  @Test func aLittleAboveTheCeilingIsNoise() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let result = Self.run(try .speedup(atLeast: 3), speedup: 4.2, ceiling: 4.1, seed: seed).result
      #expect(result.verdict == .holds)
    }
  }

  /// Efficiency is told as efficiency, the ceiling's too.
  @Test func efficiencyIsJudgedAtTheWorkersThatAreAllowed() throws {
    let claim = try Claim(
      id: "made.efficiency", text: "efficiency at up to 5 workers", kernel: VirtualRun.kernel,
      .efficiency(variant: "new", upTo: 5, atLeast: 0.9))
    var run = VirtualRun(claims: [claim], truth: ["new/2": 0.1 / 1.96])
    (run.allowedWorkers, run.ceiling) = (2, 1.98)
    let result = run.run().result
    #expect(result.verdict == .holds)
    #expect(result.workers == 2)
    #expect((0.95...1).contains(try #require(result.estimate)))
    #expect((0.95...1.02).contains(try #require(result.ceiling)))
    #expect((-0.02...0.06).contains(try #require(result.karpFlatt)))
    run.truth = ["new/2": 0.1 / 1.5]
    #expect(run.run().result.verdict == .violated)
    run.ceiling = 1.5
    let reason = try #require(run.run().result.sentence)
    #expect(reason.contains(/^the machine itself reaches 0\.7[0-9]* at 2 workers, 0.9 is claimed$/))
  }

  /// 52 tasks share out evenly among 4 workers, and so do the ceiling's: what is beyond the 3.85 of 50
  /// tasks is no cheating, and 3.9 is not out of the machine's reach.
  @Test func theCeilingIsThatOfTheClaimsOwnTasks() throws {
    let claim = try Claim.speedup(workers: 4, atLeast: 3.9, tasks: 52)
    let fast = Self.run(claim, speedup: 3.99, ceiling: nil, noise: nil).result
    #expect(fast.verdict == .holds)
    #expect((3.9...4.1).contains(try #require(fast.ceiling)))
    let slow = Self.run(claim, speedup: 3, ceiling: nil, noise: nil).result
    #expect(slow.verdict == .violated)
    // And the other way: where the claim's own tasks cannot reach what the ceiling does.
    let coarse = try Claim.speedup(workers: 8, atLeast: 3.5, tasks: 12)
    let cheat = Self.run(coarse, speedup: 6.9, ceiling: nil, noise: nil).result
    #expect(cheat.verdict.word == .notCheckable)
    #expect(try #require(cheat.sentence).hasPrefix("work not proven: 6."))
  }

  @Test func ratiosHaveNoCeiling() throws {
    let result = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.12]).run().result
    #expect(result.verdict == .violated)
    #expect(result.ceiling == nil && result.ceilingInterval == nil && result.karpFlatt == nil)
  }

  /// Without its ceiling a violated speedup is not known, and says so.
  @Test func aMissingCeilingIsToldAsUnknown() throws {
    var record = Self.run(try .speedup(), speedup: 3, ceiling: nil).record
    #expect(Judge.results(record)[0].verdict == .violated)
    record.series.removeAll { $0.kernel == "ceiling" }
    let result = Judge.results(record)[0]
    #expect(result.verdict.word == .notCheckable)
    #expect(result.sentence == "the machine's own speedup at 5 workers is not known")
  }

  /// The ceiling is measured once, for all worker counts, each pair as long as it needs.
  @Test func claimsShareTheCeiling() throws {
    let claims = [
      try Claim.speedup("a", "a", workers: 2, atLeast: 1.8),
      try Claim.speedup("b", "b", workers: 5, atLeast: 4.5),
      try Claim.speedup("c", "c", workers: 5, atLeast: 4),
    ]
    let truth = ["a/2": 0.1 / 1.98, "b/5": 0.1 / 4.9, "c/5": 0.1 / 4.9]
    let outcome = VirtualRun(claims: claims, truth: truth).run()
    #expect(outcome.results.allSatisfy { $0.verdict == .holds && $0.ceiling != nil })
    let ceilings = outcome.record.series.filter { $0.kernel == "ceiling" }
    #expect(ceilings.map(\.workers) == [1, 2, 5])
    #expect(outcome.record.stages.map(\.group) == ["the ceiling", "claims made.up"])
  }
}
