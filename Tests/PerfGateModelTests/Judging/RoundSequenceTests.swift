import PerfGateModel
import PerfGateStatistics
import PerfGateTestSupport
import Testing

/// The rounds of a claim one by one lead where its verdict is.
@Suite struct RoundSequenceTests {
  /// A claim over rounds with these ratios of subject to reference.
  private func measured(_ ratios: [Double], limit: Double = 1.05) throws -> Record {
    var record = madeUpRecord()
    let arms = ["new", "old"].map {
      Arm(kernel: "k", variant: $0, workers: 1, tasks: 50, size: 1000)
    }
    let group = GroupKey(.claims, "k")
    record.series = [
      Series.madeUp(arms[0], seconds: ratios),
      Series.madeUp(arms[1], seconds: ratios.map { _ in 1 }),
    ]
    for index in 0..<2 { record.series[index].group = group }
    record.stages = [StageRecord(group: group, stage: .first, seed: 7)]
    record.stages[0].rounds = ratios.count
    let claim = try Claim(
      id: "k.ratio", text: "", kernel: "k",
      .ratio(subject: "new", reference: "old", atMost: limit, workers: 1))
    var plan = ClaimPlan(claim, workers: 1, alpha: 0.02)
    (plan.subject, plan.reference, plan.group) = (arms[0].key, arms[1].key, group)
    plan.maximumRounds = 40
    record.claimPlans = [plan]
    return record
  }

  private func sequence(_ record: Record) throws -> RoundSequence {
    try #require(record.measuredClaims.first?.sequences.first)
  }

  /// At every length of every sequence: the path is at a boundary exactly when the test has stopped there.
  @Test(arguments: 1...200) func boundariesAreThoseOfTheTest(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let drift = Double(seed % 5) * 0.01
    let ratios = (0..<40).map { _ -> Double in
      // Some rounds are on the limit, and count for neither side.
      let number = generator.next() % 10
      return number == 0 ? 1.05 : 1.03 + drift + Double(number) * 0.004
    }
    let record = try measured(ratios)
    let sequence = try sequence(record)
    let result = Judge.results(record)[0]
    #expect(sequence.rounds.count == result.rounds)
    #expect(
      sequence.rounds.map(\.value).elementsEqual(ratios.prefix(result.rounds)) {
        abs($0 - $1) < 1e-9
      })
    for (index, balance) in sequence.balances.enumerated() {
      let look = sequence.looks.first { $0.rounds == index + 1 }
      let holds = look?.holdsFrom.map { balance >= $0 } ?? false
      let fails = look?.failsTo.map { balance <= $0 } ?? false
      let isLast = index + 1 == sequence.balances.count
      #expect((holds || fails) == (isLast && index + 1 < 40) || isLast && index + 1 == 40)
      if holds { #expect(result.verdict == .holds) }
      if fails { #expect(result.verdict.reason != nil && result.confirmationRounds == 0) }
      if isLast, !holds, !fails { #expect(result.verdict.word == .inconclusive) }
    }
  }

  @Test func aFailedStageIsFollowedByItsConfirmation() throws {
    var record = try measured((0..<20).map { 1.2 + 0.001 * Double($0) })
    #expect(record.measuredClaims[0].sequences.map(\.stage) == [.first])
    for index in 0..<2 {
      var again = record.series[index]
      again.key.stage = .confirmation
      record.series.append(again)
    }
    record.stages.append(StageRecord(group: GroupKey(.claims, "k"), stage: .confirmation, seed: 8))
    let sequences = record.measuredClaims[0].sequences
    #expect(sequences.map(\.stage) == [.first, .confirmation])
    #expect(sequences.allSatisfy { $0.balances.last == -$0.rounds.count })
    #expect(Judge.results(record)[0].verdict == .violated)
    // It confirms more easily than it raises a suspicion.
    let bounds = sequences.map { $0.looks.compactMap(\.failsTo) }
    #expect(zip(bounds[0], bounds[1]).allSatisfy { $0 <= $1 } && bounds[0] != bounds[1])
  }

  @Test func droppedRoundsKeepTheirCause() throws {
    var record = try measured([1, 1, 1, 1, 1, 1, 1, 1])
    record.series[0].rounds = [0, 1, 3, 4, 5, 6, 7, 8]
    record.series[1].rounds = record.series[0].rounds
    record.stages[0].discards = record.series.map {
      Discard(round: 2, series: $0.key, causes: [DropCause(kind: "steal", text: "3 ticks")])
    }
    let sequence = try sequence(record)
    #expect(sequence.dropped.map(\.round) == [2])
    #expect(sequence.dropped[0].causes.map(\.text) == ["3 ticks"])
    #expect(sequence.rounds.map(\.number) == [0, 1, 3, 4, 5, 6, 7, 8])
  }

  /// A round of several pairs counts if any of them does.
  @Test func shortenedRoundsAreNotDropped() throws {
    var record = try measured([1, 1, 1, 1, 1, 1, 1, 1])
    record.stages[0].discards = [
      Discard(
        round: 2, series: record.series[0].key, causes: [DropCause(kind: "steal", text: "3 ticks")])
    ]
    let sequence = try sequence(record)
    #expect(sequence.dropped.isEmpty && sequence.shortened.map(\.round) == [2])
    #expect(sequence.rounds.map(\.number) == Array(0..<8))
  }

  @Test func refusedClaimsHaveNoRounds() throws {
    var record = try measured([1, 1, 1, 1, 1, 1, 1, 1])
    record.claimPlans[0].refusal = .noRounds
    #expect(record.measuredClaims[0].sequences.isEmpty)
    record.claimPlans[0].refusal = nil
    record.claimPlans[0].maximumRounds = nil
    #expect(record.measuredClaims[0].sequences.isEmpty)
  }
}
