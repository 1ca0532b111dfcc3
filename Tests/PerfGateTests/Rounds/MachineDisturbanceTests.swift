import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Disturbed rounds in virtual time: judged from covariates only, dropped in pairs, counted, bounded.
@Suite struct MachineDisturbanceTests {
  static let steal: DropCause = "the hypervisor gave cpu 0 to another guest for 3 ticks (2.0 %)"

  /// Far, but the covariates are quiet: it stays.
  @Test func anOutlierWithQuietCovariatesIsKept() throws {
    let outcome = VirtualRun(claims: [try .ratio()], noise: nil).run { machine in
      machine.event = { arm, round in
        .init(factor: arm.variant == "new" && round == 5 ? 15 : 1)
      }
    }
    #expect(outcome.result.discarded == 0)
    let series = try #require(outcome.record.series("made.up/new/pool/1"))
    #expect(series.seconds.contains { $0 > 1.4 })
    #expect(outcome.result.verdict == .holds)
    // One sign of the wrong kind costs rounds.
    #expect(outcome.result.rounds > 8)
  }

  /// Innocent in its time, but a covariate moved: it goes, and with it its pair.
  @Test func anInnocentSampleWithADisturbedCovariateIsDropped() throws {
    let outcome = VirtualRun(claims: [try .ratio()], noise: nil).run { machine in
      machine.event = { arm, round in
        .init(causes: arm.variant == "old" && round == 4 ? [Self.steal] : [])
      }
    }
    let result = outcome.result
    #expect(result.verdict == .holds)
    #expect(result.rounds == 8)
    #expect(result.discarded == 1)
    // Rounds 0 and 1 of the machine are warm-ups.
    let discard = Discard(round: 2, series: "made.up/old/pool/1", causes: [Self.steal])
    #expect(result.stages[0].discards == [discard])
    #expect(outcome.rounds(of: "made.up/old/pool/1") == [0, 1, 3, 4, 5, 6, 7, 8])
    // The other arm's sample is a good one for whoever else needs it, but makes no pair.
    #expect(outcome.rounds(of: "made.up/new/pool/1") == Array(0...8))
    #expect(outcome.record.series("made.up/old/pool/1")?.discarded == 1)
  }

  /// What disturbs the round disturbs every arm in it, and the pair counts once.
  @Test func aDisturbedRoundIsOneDiscardedPair() throws {
    let drift: DropCause = "the spin probe took 20.0 ms before and 21.0 ms after (5.0 %)"
    let outcome = VirtualRun(claims: [try .ratio()]).run { machine in
      machine.roundCauses = { $0 == 6 ? [drift] : [] }
    }
    #expect(outcome.result.verdict == .holds)
    #expect(outcome.result.discarded == 1)
    #expect(outcome.result.stages[0].discards[0].causes == [drift])
    #expect(outcome.record.stages[0].discards.count == 2)
  }

  /// Warm-ups are not kept whatever happens in them, so nothing of them is counted.
  @Test func disturbedWarmUpsCountForNothing() throws {
    let outcome = VirtualRun(claims: [try .ratio()]).run { machine in
      machine.event = { _, round in .init(causes: round < 2 ? [Self.steal] : []) }
    }
    #expect(outcome.result.discarded == 0)
    #expect(outcome.result.verdict == .holds)
  }

  /// Discarding by covariate takes the slow rounds away that a neighbor made, in one arm only.
  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func aNeighborOfOneArmIsNoVerdict(seed: UInt64) throws {
    let outcome = VirtualRun(claims: [try .ratio()], seed: seed).run { machine in
      machine.event = { arm, round in
        arm.variant == "new" && round % 3 == 0
          ? .init(factor: 2, causes: ["worker thread 7 waited 100.0 ms for its cpu (50.0 %)"])
          : .init()
      }
    }
    #expect(outcome.result.verdict == .holds)
    #expect(outcome.result.discarded > 2)
  }

  @Test func mostlyDisturbedIsNotCheckableWithTheMostCommonCause() throws {
    let outcome = VirtualRun(claims: [try .ratio()]).run { machine in
      machine.event = { arm, round in
        let cause =
          round % 4 == 3
          ? Self.steal
          : DropCause(
            kind: "runDelay",
            text: "worker thread 7 waited \(round).0 ms for its cpu (\(round).5 %)")
        return .init(causes: arm.variant == "old" && round % 5 != 0 ? [cause] : [])
      }
    }
    let result = outcome.result
    #expect(result.verdict.word == .notCheckable)
    let reason = try #require(result.sentence)
    let numbers = try #require(reason.firstMatch(of: /^([0-9]+) of ([0-9]+) rounds were discarded/))
    #expect(Int(numbers.1) == result.discarded)
    #expect(Int(numbers.2) == result.discarded + result.rounds)
    #expect(reason.contains("worker thread 7 waited"))
    #expect(!reason.contains("hypervisor"))
    // It ends well before twice the planned rounds: 20 drops cannot be made up for any more.
    #expect(result.discarded >= 20)
    #expect(outcome.record.stages[0].rounds <= 40)
    #expect(outcome.record.stages.count == 1)
  }

  @Test func allDisturbedEndsAndSaysSo() throws {
    let outcome = VirtualRun(claims: [try .ratio()]).run { machine in
      machine.roundCauses = { _ in [Self.steal] }
    }
    #expect(outcome.result.verdict.word == .notCheckable)
    #expect(
      outcome.result.sentence
        == "20 of 20 rounds were discarded, 20 times as in: \(Self.steal.text)")
    #expect(outcome.result.rounds == 0)
    #expect(outcome.result.estimate == nil)
    #expect(outcome.machine.seconds < 20)
  }

  /// Half of the rounds may go; more may not, whatever the others say.
  @Test func exactlyHalfDiscardedStillCounts() throws {
    let outcome = VirtualRun(claims: [try .ratio()], noise: nil).run { machine in
      machine.event = { _, round in .init(causes: round % 2 == 0 ? [Self.steal] : []) }
    }
    #expect(outcome.result.rounds == 8)
    #expect(outcome.result.discarded == 8)
    #expect(outcome.result.verdict == .holds)
  }

  /// A violation whose confirmation was mostly disturbed is not known, rather than refuted.
  @Test func aDisturbedConfirmationIsNotCheckable() throws {
    let outcome = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.12]).run { machine in
      machine.event = { [unowned machine] _, _ in
        .init(causes: machine.sleeps.isEmpty ? [] : [Self.steal])
      }
    }
    let result = outcome.result
    #expect(result.verdict.word == .notCheckable)
    let reason = try #require(result.sentence)
    #expect(reason.hasPrefix("20 of 20 rounds of the confirmation were discarded"))
    #expect(result.rounds >= 8)
    #expect(result.confirmationRounds == 0)
  }

  /// Rounds that become slow while they are dropped do not go on for ever.
  @Test func slowAndDisturbedRoundsEndInBoundedTime() throws {
    let outcome = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.105]).run { machine in
      machine.event = { _, round in
        round < 2 ? .init() : .init(factor: 30, causes: round % 4 == 0 ? [Self.steal] : [])
      }
    }
    #expect(outcome.result.verdict.word == .inconclusive)
    // Twice the budget, and the round that was on when it was over.
    #expect(outcome.machine.seconds < 2 * 20 + 10)
    let reason = try #require(outcome.result.sentence)
    #expect(reason.contains(/^only [0-9]+ of 40 rounds were measured/))
  }
}
