import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import PerfGateStatistics
import Testing

/// The live decision and the judge of the stored record are one and the same.
@Suite struct AgreementTests {
  /// A run with everything drawn: truths, noise, disturbances of arms and rounds, interruptions.
  static func drawn(_ seed: UInt64) throws -> VirtualRun.Outcome {
    var random = SplitMix64(seed: seed)
    func pick<Value>(_ values: [Value]) -> Value { values[random.nextIndex(below: values.count)] }
    let claims = [
      try Claim.ratio("ratio.a", subject: "a", reference: "old"),
      try Claim.ratio("ratio.b", subject: "b", reference: "old", atMost: 1.1),
      try Claim.ratio("ratio.ab", subject: "a", reference: "b", atMost: 1.25),
      try Claim.speedup("speedup.a", "a", workers: 5, atLeast: 4.5),
      try Claim.speedup("speedup.b", "b", workers: 2, atLeast: 1.9),
    ]
    var run = VirtualRun(claims: claims, seed: seed)
    run.noise = pick([.even, .asymmetric, .harsh, .even.with(sigma: 0.08)])
    run.truth = [
      "a/1": pick([0.09, 0.1, 0.105, 0.11, 0.2]), "b/1": pick([0.1, 0.108, 0.12]),
      "a/5": pick([0.02, 0.0225, 0.025, 0.04]), "b/2": pick([0.05, 0.053, 0.06]),
    ]
    run.ceiling = pick([nil, nil, 4.5, 3])
    run.budget = pick([20, 12, 8, 3])
    run.leastRounds = pick([0, 0, 8, 20])
    let share = pick([0, 0.02, 0.2, 0.5, 0.8])
    let common = pick([0, 0, 0.02, 0.3])
    let victim = pick(["a", "b", "old", "c.spin", ""])
    let end = pick([Int.max, Int.max, Int.max, 3, 20, 40])
    let causes: [DropCause] = ["steal of 3 ticks", "a page fault", "worker 7 waited 9 ms"]
    return run.run { machine in
      machine.event = { arm, _ in
        guard arm.variant == victim || random.nextIndex(below: 20) == 0 else { return .init() }
        guard random.nextUnit() < share else { return .init() }
        return .init(factor: 1 + random.nextUnit(), causes: [pick(causes)])
      }
      machine.roundCauses = { _ in random.nextUnit() < common ? ["the spin probe changed"] : [] }
      machine.failure = { _, round in round > end ? .worker(.interrupted(signal: 2)) : nil }
    }
  }

  @Test func liveAndStoredAgreeWhateverHappens() throws {
    var verdicts: [Verdict.Word: Int] = [:]
    var (interrupted, confirmed, discards) = (0, 0, 0)
    for seed in 1...400 as ClosedRange<UInt64> {
      let outcome = try Self.drawn(seed)
      let live = outcome.live
      for result in live {
        verdicts[result.verdict.word, default: 0] += 1
        confirmed += result.confirmationRounds > 0 ? 1 : 0
        discards += result.discarded
        try Self.checkConsistency(result, outcome)
      }
      interrupted += outcome.failure == nil ? 0 : 1
      var stored = try Record.decode(Data(try outcome.record.json().utf8))
      #expect(stored == outcome.record)
      #expect(Judge.results(stored) == live)
      stored.claims = []
      #expect(Judge.results(stored) == live)
    }
    // All of it happened, or nothing was shown.
    print("agreement: \(verdicts), \(interrupted) interrupted, \(confirmed) confirmed")
    #expect(verdicts.count == 4)
    #expect(verdicts.values.allSatisfy { $0 > 50 })
    #expect(interrupted > 50 && confirmed > 100 && discards > 1000)
  }

  /// What the gate decided while it ran is what the judge finds: a stage is confirmed exactly when
  /// its rounds fail, stops exactly when all is settled, and its counts are the judge's.
  static func checkConsistency(_ result: ClaimResult, _ outcome: VirtualRun.Outcome) throws {
    let record = outcome.record
    let plan = try #require(record.claimPlans.first { $0.id == result.id })
    guard let subject = plan.subject, let reference = plan.reference,
      let sequential = plan.sequentialPlan
    else {
      #expect(result.rounds == 0, "\(result.id) has rounds and no plan")
      return
    }
    var states: [SequentialTest.State] = []
    for stage in Stage.allCases {
      let (first, second) = (record.series(subject.at(stage)), record.series(reference.at(stage)))
      let byRound = Dictionary(
        zip(second?.rounds ?? [], second?.seconds ?? []), uniquingKeysWith: { first, _ in first })
      // A test of its own, from the public pieces.
      var test = SequentialTest(stage == .confirmation ? sequential.confirmation : sequential)
      var used = 0
      for (round, seconds) in zip(first?.rounds ?? [], first?.seconds ?? []) {
        guard test.state == .undecided, let other = byRound[round] else { continue }
        test.add(logRatio(other, over: seconds))
        used += 1
      }
      states.append(test.state)
      if result.stages.count >= stage.rawValue {
        #expect(result.stages[stage.rawValue - 1].rounds == used)
      }
    }
    let wasConfirmed = record.series(subject.at(.confirmation)) != nil
    if wasConfirmed { #expect(states[0] == .fails || sharesConfirmation(result, record)) }
    if outcome.failure == nil, states[0] == .fails { #expect(wasConfirmed) }
    if result.verdict == .violated { #expect(states == [.fails, .fails]) }
    if result.verdict == .holds { #expect(states[0] == .holds) }
    if outcome.failure == nil, states[0] == .undecided {
      // Given up for drops, or for time; never for its values.
      let stage = try #require(result.stages.first)
      let dropped = (stage.lost ?? stage.discards.count)
      #expect(
        dropped > stage.rounds && dropped >= max(8, sequential.maximumRounds / 2)
          || outcome.machine.seconds > 2 * outcome.budget)
    }
    if let interval = result.interval {
      #expect(interval[0] <= interval[1])
      if result.verdict == .holds { #expect(isInside(interval, result)) }
    }
  }

  /// Whether another claim that failed brought this arm's confirmation about.
  static func sharesConfirmation(_ result: ClaimResult, _ record: Record) -> Bool {
    record.claimPlans.contains { other in
      other.id != result.id
        && ([other.subject, other.reference].contains(result.subject)
          || [other.subject, other.reference].contains(result.reference))
        && record.stages.contains { $0.stage == .confirmation && $0.group == other.group }
    }
  }

  static func isInside(_ interval: [Double], _ result: ClaimResult) -> Bool {
    result.kind == .ratio ? interval[1] < result.limit : interval[0] > result.limit
  }
}
