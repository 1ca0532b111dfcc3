import PerfGate
import PerfGateReport
import PerfGateStatistics
import PerfGateWorkers
import PerfGateTestSupport
import Testing

/// Claims that share arms share rounds, and nothing runs that nobody needs any more.
@Suite struct SharedRoundsTests {
  /// Two ratios to one reference: `near` takes long to decide, `far` does not.
  static func run(_ truth: [String: Double] = ["far/1": 0.09, "near/1": 0.1035]) throws
    -> VirtualRun
  {
    VirtualRun(
      claims: [
        try .ratio("far", subject: "far", reference: "old"),
        try .ratio("near", subject: "near", reference: "old"),
      ], truth: truth, seed: 5)
  }

  @Test func armsThatNobodyNeedsAnyMoreStop() throws {
    let outcome = try Self.run().run()
    let far = try #require(outcome.result("far"))
    let near = try #require(outcome.result("near"))
    #expect(far.verdict == .holds && near.rounds > far.rounds)
    #expect(outcome.rounds(of: "made.up/far/pool/1") == Array(0..<far.rounds))
    #expect(outcome.rounds(of: "made.up/near/pool/1") == Array(0..<near.rounds))
    // The reference is shared: it runs once a round, as long as one of them needs it.
    #expect(outcome.rounds(of: "made.up/old/pool/1") == Array(0..<near.rounds))
    #expect(outcome.record.stages[0].rounds == near.rounds)
  }

  /// Each claim's verdict is that of its own pair: that another one shares the rounds only shows in
  /// the noise.
  @Test func eachClaimIsJudgedByItsOwnPair() throws {
    let outcome = try Self.run(["far/1": 0.09, "near/1": 0.13]).run()
    #expect(outcome.result("far")?.verdict == .holds)
    #expect(outcome.result("near")?.verdict == .violated)
    // Only the suspect is confirmed.
    let confirmed = outcome.record.series.map(\.id).filter { $0.hasSuffix("#confirmation") }
    #expect(
      confirmed.sorted() == [
        "made.up/near/pool/1#confirmation", "made.up/old/pool/1#confirmation",
      ])
  }

  /// What disturbs one claim's own arm costs the other claim nothing.
  @Test func aDisturbedArmCostsOnlyItsOwnClaims() throws {
    let outcome = try Self.run(["far/1": 0.09, "near/1": 0.09]).run { machine in
      machine.event = { arm, _ in .init(causes: arm.variant == "near" ? ["a page fault"] : []) }
    }
    let far = try #require(outcome.result("far"))
    let near = try #require(outcome.result("near"))
    #expect(far.verdict == .holds && far.discarded == 0)
    #expect(near.verdict.word == .notCheckable && near.discarded == 20)
  }

  /// An arm with several partners goes on with one of them; rounds without the other are not the
  /// other's discards.
  @Test func discardsBelongToThePairThatWasTried() throws {
    let claims = [
      try Claim.ratio("hopeless", subject: "shared", reference: "disturbed"),
      try Claim.ratio("slow", subject: "shared", reference: "old"),
    ]
    let outcome = VirtualRun(claims: claims, truth: ["shared/1": 0.105], seed: 4).run { machine in
      machine.event = { arm, round in
        let hit =
          arm.variant == "disturbed" || (arm.variant == "shared" && round > 25 && round % 3 == 0)
        return .init(causes: hit ? ["a page fault"] : [])
      }
    }
    let hopeless = try #require(outcome.result("hopeless"))
    let slow = try #require(outcome.result("slow"))
    let drops = outcome.record.series("made.up/disturbed/pool/1")?.discarded
    #expect(hopeless.verdict.word == .notCheckable)
    #expect(hopeless.discarded == drops)
    #expect(slow.rounds > 20)
    #expect(slow.discarded > 0)
    #expect(hopeless.sentence?.hasPrefix("\(hopeless.discarded) of \(hopeless.discarded) ") == true)
  }

  /// An interrupted run keeps what it has, and a verdict that was reached stays.
  @Test func anInterruptionLeavesWhatWasDecided() throws {
    let outcome = try Self.run().run { machine in
      machine.failure = { _, round in round == 18 ? .worker(.interrupted(signal: 2)) : nil }
    }
    #expect(outcome.failure == .worker(.interrupted(signal: 2)))
    #expect(outcome.result("far")?.verdict == .holds)
    let near = try #require(outcome.result("near"))
    #expect(near.verdict.word == .inconclusive)
    #expect(near.rounds == 16)
    #expect(try #require(near.sentence).hasPrefix("only 16 of 40 rounds were measured"))
    #expect(near.estimate != nil)
  }

  @Test(arguments: 0...2) func anInterruptionBeforeTheFirstRoundIsNoVerdict(round: Int) throws {
    let outcome = try Self.run().run { machine in
      machine.failure = { _, now in now == round ? .worker(.interrupted(signal: 15)) : nil }
    }
    for result in outcome.results {
      #expect(result.verdict.word == .notCheckable)
      #expect(result.sentence == "no rounds were measured")
    }
  }

  @Test func anInterruptedConfirmationIsNoViolation() throws {
    let run = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.15], noise: nil)
    for rounds in 0...9 {
      let outcome = run.run { machine in
        machine.failure = { [unowned machine] _, _ in
          machine.sleeps.isEmpty || machine.rounds <= 12 + rounds
            ? nil : .worker(.interrupted(signal: 2))
        }
      }
      let result = outcome.result
      // Ten rounds with warm-ups first, two more warm-ups, then what is counted here.
      #expect(result.confirmationRounds == min(rounds, 8))
      #expect(result.verdict.word == (rounds < 8 ? .inconclusive : .violated))
      if rounds < 8 {
        #expect(
          result.sentence
            == "not confirmed: only \(rounds) of 40 rounds were measured to confirm it")
      }
    }
  }

  /// The confirmation of one claim says nothing of another on the same arms that did not need it.
  @Test func whatHoldsIsNotLostToAnothersConfirmation() throws {
    let claims = [try Claim.ratio("tight"), try Claim.ratio("loose", atMost: 1.5)]
    let outcome = VirtualRun(claims: claims, truth: ["new/1": 0.12], noise: nil).run { machine in
      machine.event = { [unowned machine] _, _ in
        .init(causes: machine.sleeps.isEmpty ? [] : ["a page fault"])
      }
    }
    let (tight, loose) = (outcome.results[0], outcome.results[1])
    #expect(tight.verdict.word == .notCheckable && tight.cause == .disturbed)
    #expect(loose.verdict == .holds)
    #expect(loose.confirmationRounds == 0 && loose.discarded == 0)
  }

  /// A second measurement of the same arms in one record would be judged by the first one's rounds.
  @Test func anArmIsMeasuredOnceInARecord() throws {
    let run = VirtualRun(claims: [try .ratio("first")])
    let first = run.run()
    var again = run
    again.claims = [try .ratio("second")]
    again.record = first.record
    let second = again.run()
    #expect(second.machine.executions.isEmpty)
    let results = second.results
    #expect(results[0] == first.result)
    #expect(results[1].verdict.word == .notCheckable)
    #expect(
      results[1].sentence
        == "made.up/old/pool/1 was measured before in this record; judge in a new one")
  }
}
