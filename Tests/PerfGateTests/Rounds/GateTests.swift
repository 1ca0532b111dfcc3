import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// The gate in virtual time: how many rounds, which stages, which verdict.
@Suite struct GateTests {
  /// Undisturbed: no spikes; the errors of both arms are what they are on the real machine.
  @Test(arguments: 1...50 as ClosedRange<UInt64>)
  func aClearClaimNeedsFewRounds(seed: UInt64) throws {
    let quiet = NoiseModel.Shape(spikeShare: 0...0).with(sigma: 0.01)
    let run = VirtualRun(claims: [try .ratio()], noise: quiet, seed: seed)
    let result = run.run().result
    #expect(result.verdict == .holds)
    #expect((8...12).contains(result.rounds))
    #expect(result.sentence == nil)
    #expect(result.confirmationRounds == 0)
    #expect(result.discarded == 0)
  }

  @Test func aSlowerProgramIsViolatedTwice() throws {
    let outcome = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.11]).run()
    let result = outcome.result
    let limit = try #require(result.interval)
    #expect(result.verdict == .violated)
    #expect((1.07...1.13).contains(try #require(result.estimate)))
    #expect(limit[0] > 1.05)
    #expect((8...16).contains(result.rounds))
    #expect((8...16).contains(result.confirmationRounds))
    #expect(result.stages.count == 2)
    #expect(result.stages[0].seed != result.stages[1].seed)
    #expect(result.stages.map(\.rounds) == [result.rounds, result.confirmationRounds])
    #expect(outcome.record.stages.map(\.stage) == [.first, .confirmation])
    #expect(
      outcome.record.series.map(\.id).sorted() == [
        "made.up/new/pool/1", "made.up/new/pool/1#confirmation", "made.up/old/pool/1",
        "made.up/old/pool/1#confirmation",
      ])
  }

  /// A confirmation is a fresh sequence: later, in another order, warmed up anew, counted anew.
  @Test func aConfirmationBeginsAnew() throws {
    let outcome = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.13]).run()
    let machine = outcome.machine
    let sleep = try #require(machine.sleeps.first)
    #expect(machine.sleeps.count == 1)
    #expect(sleep.seconds >= 3)
    let before = machine.executions.filter { $0.begin < sleep.begin }
    let after = machine.executions.filter { $0.begin >= sleep.begin + sleep.seconds }
    #expect(before.count + after.count == machine.executions.count)
    let stages = outcome.record.stages
    #expect(before.count == 2 * (RoundLoop.warmups + stages[0].rounds))
    #expect(after.count == 2 * (RoundLoop.warmups + stages[1].rounds))
    for arm in [VirtualRun.arm("new"), VirtualRun.arm("old")] {
      #expect(outcome.rounds(of: arm.key.at(.confirmation)) == Array(0..<stages[1].rounds))
    }
    let orders = [before, after].map { $0.dropFirst(4).map(\.arm.variant) }
    #expect(orders[0].prefix(16) != orders[1].prefix(16))
    // The inputs too: where they lie in memory is drawn again.
    let fresh = machine.released.first { $0.kernel == VirtualRun.kernel }
    #expect(fresh?.time == sleep.begin + sleep.seconds)
  }

  /// Slow in the first stage only: a neighbor that was there and went away.
  @Test func whatIsNotConfirmedIsNotViolated() throws {
    let outcome = VirtualRun(claims: [try .ratio()]).run { machine in
      machine.event = { [unowned machine] arm, _ in
        .init(factor: arm.variant == "new" && machine.sleeps.isEmpty ? 1.2 : 1)
      }
    }
    let result = outcome.result
    #expect(result.verdict.word == .inconclusive)
    #expect(result.sentence == "not confirmed by a second sequence of rounds")
    #expect(result.rounds >= 8 && result.confirmationRounds >= 8)
    let interval = try #require(result.interval)
    #expect(interval[0] < 1.05 && interval[1] > 1.05)
  }

  @Test func whatSitsOnTheLimitIsInconclusive() throws {
    let outcome = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.105], seed: 3).run()
    let result = outcome.result
    #expect(result.verdict.word == .inconclusive)
    #expect(result.rounds == 40)
    #expect(result.maximumRounds == 40)
    let reason = try #require(result.sentence)
    #expect(reason.contains(/^40 rounds are spent, about [0-9]+ would decide$/))
  }

  /// N comes from budget and warm-up alone, even, between 16 and 40; arms are shorter where the budget
  /// is small.
  @Test(arguments: [(20.0, 40), (8.0, 40), (7.99, 38), (5, 24), (3.9, 26), (1.5, 24), (1, 16)])
  func roundsAreFixedBeforehand(budget: Double, rounds: Int) throws {
    var run = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.1], noise: nil)
    run.budget = budget + 1e-9
    let outcome = run.run()
    #expect(outcome.result.maximumRounds == rounds)
    #expect(outcome.result.verdict == .holds)
    // The same N whatever the times of the rounds that count turn out to be.
    let slower = run.run { machine in
      machine.event = { arm, round in
        .init(factor: round >= 2 && arm.variant == "new" ? 1.5 : 1)
      }
    }
    #expect(slower.result.maximumRounds == rounds)
  }

  @Test func aBudgetForFewerThan16RoundsIsNotEnough() throws {
    var run = VirtualRun(claims: [try .ratio()], noise: nil)
    /// Rounds take longer than the sizes promised.
    func measured() -> VirtualRun.Outcome {
      run.run { $0.event = { _, _ in .init(factor: 6.5) } }
    }
    let outcome = measured()
    #expect(outcome.result.verdict.word == .notCheckable)
    #expect(
      outcome.result.sentence
        == "a round takes 1.3 s, the budget of 20.0 s allows 15 rounds, 16 are needed; "
        + "raise --budget")
    run.command = "test"
    #expect(measured().result.sentence?.hasSuffix("; raise PERFGATE_BUDGET") == true)
    #expect(outcome.machine.executions.count == 2 * RoundLoop.warmups)
    #expect(outcome.result.rounds == 0)
    #expect(outcome.result.estimate == nil)
  }

  /// A closure that keeps its result wins any comparison; so does one of which the work was moved away.
  @Test(arguments: [
    (0.0009, "the side that is judged"), (10.2, "the side it is compared with"), (0.0011, nil),
    (9.8, nil),
  ])
  func aRatioNearZeroIsExplained(seconds: Double, side: String?) throws {
    var run = VirtualRun(
      claims: [try .ratio()], truth: ["new/1": seconds, "old/1": 0.1], noise: nil)
    run.budget = 1000
    let outcome = run.run()
    let text = ClaimText.message(outcome.result, in: outcome.record)
    run.claims = [
      try Claim(
        id: "made.up", text: "", kernel: VirtualRun.kernel,
        .faster(subject: "new", reference: "old", atLeast: 1.05, workers: 1))
    ]
    #expect(run.run().result.note == outcome.result.note)
    guard let side else {
      #expect(outcome.result.note == nil)
      return
    }
    #expect(text.contains("; \(side) takes less than a hundredth of the other's time: as a rule "))
  }

  /// Rounds that are slow because others use the CPU: the neighbor is named, and not the budget.
  @Test func aSharedCPUIsNoSmallBudget() throws {
    let run = VirtualRun(claims: [try .ratio()], noise: nil)
    func reason(delay: Double) -> String? {
      run.run { machine in
        machine.others = ["pid 7 (clang -c x.c) 98 %"]
        machine.event = { _, _ in .init(factor: 6.5, delay: delay) }
      }.result.sentence
    }
    #expect(
      reason(delay: 0.5)
        == "a round takes 1.3 s, 0.65 s of it waiting for CPUs that others use, so the budget of "
        + "20.0 s allows 15 rounds, 16 are needed; busy now: pid 7 (clang -c x.c) 98 %; end them, or wait until they end"
    )
    // Alone it would take too long as well.
    #expect(reason(delay: 0.01)?.hasSuffix("16 are needed; raise --budget") == true)
  }

  /// Also where a round is short: `0.0 s` would explain nothing.
  @Test func aSmallBudgetIsToldWithItsDigits() throws {
    var run = VirtualRun(
      claims: [try .ratio()], truth: ["new/1": 0.006, "old/1": 0.005], noise: nil)
    run.budget = 0.1
    let reason = try #require(run.run().result.sentence)
    #expect(reason.hasPrefix("a round takes 0.066 s, the budget of 0.1 s allows 1 round"))
  }

  /// One warm-up that something held up does not decide how many rounds are planned.
  @Test(arguments: [0, 1]) func oneSlowWarmUpDoesNotDecide(warmup: Int) throws {
    let outcome = VirtualRun(claims: [try .ratio()], noise: nil).run { machine in
      machine.event = { _, round in .init(factor: round == warmup ? 50 : 1) }
    }
    #expect(outcome.result.maximumRounds == 40)
    #expect(outcome.result.verdict == .holds)
  }

  /// The gate waits for quiet before the first round, bounded, and tells who was busy.
  @Test func aBusyMachineIsWaitedForAndTold() throws {
    let outcome = VirtualRun(claims: [try .ratio(), try .speedup()], truth: ["new/5": 0.02]).run {
      $0.busy = "others use cpu 0 for 98 % of its time"
    }
    #expect(outcome.machine.waits == [5, 0.5])
    let notes = outcome.record.notes.map(\.text)
    #expect(notes.count == 2)
    #expect(
      notes
        == ["the ceiling", "claims made.up"].map {
          "\($0) was measured on a busy machine: others use cpu 0 for 98 % of its time"
        })
    #expect(outcome.results.allSatisfy { $0.verdict == .holds })
  }

  /// Rounds for tables come beside those for the verdict, never instead of them.
  @Test func tablesGetTheirRoundsAndDoNotChangeTheVerdict() throws {
    var run = VirtualRun(claims: [try .ratio()])
    let alone = run.run()
    run.leastRounds = 25
    let outcome = run.run()
    #expect(outcome.rounds(of: "made.up/new/pool/1").count == 25)
    #expect(outcome.result == alone.result)
  }
}
