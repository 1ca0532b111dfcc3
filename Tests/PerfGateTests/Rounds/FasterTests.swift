import PerfGate
import PerfGateReport
import PerfGateStatistics
import PerfGateTestSupport
import Testing

/// Claims of being faster, in virtual time: by a ratio below 1, or by how many times.
@Suite struct FasterTests {
  /// Two ways to claim that `new` takes at most a part of the time of `old`.
  static let limits = [1.0, 0.5, 0.1]

  private func claims(_ limit: Double) throws -> [Claim] {
    [try .ratio("ratio", atMost: limit), try .faster("faster", atLeast: 1 / limit)]
  }

  private func run(_ limit: Double, new: Double, noise: NoiseModel.Shape?, seed: UInt64) throws
    -> [ClaimResult]
  {
    try claims(limit).map {
      VirtualRun(claims: [$0], truth: ["new/1": new], noise: noise, seed: seed).run().result
    }
  }

  @Test(arguments: limits) func whatIsFasterHolds(limit: Double) throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let results = try run(limit, new: 0.1 * limit * 0.9, noise: .even, seed: seed)
      #expect(results.map(\.verdict.word) == [.holds, .holds], "seed \(seed)")
    }
  }

  @Test(arguments: limits) func whatIsSlowerThanClaimedIsViolated(limit: Double) throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let results = try run(limit, new: 0.1 * limit * 1.12, noise: .even, seed: seed)
      #expect(results.map(\.verdict.word) == [.violated, .violated], "seed \(seed)")
    }
  }

  /// Without noise each round is a tie, which counts for neither side.
  @Test(arguments: limits) func whatSitsOnTheLimitIsNotDecided(limit: Double) throws {
    for result in try run(limit, new: 0.1 * limit, noise: nil, seed: 1) {
      #expect(result.verdict.word == .inconclusive)
      #expect(result.rounds == 40)
    }
  }

  /// With noise it holds no more often than the error allows, and is never violated twice.
  @Test(arguments: limits) func noiseDoesNotCarryItOverTheLimit(limit: Double) throws {
    var held = 0
    for seed in 1...200 as ClosedRange<UInt64> {
      let results = try run(limit, new: 0.1 * limit, noise: .even, seed: seed)
      held += results.count { $0.verdict == .holds }
      #expect(results[0].verdict == results[1].verdict)
    }
    #expect(held <= 2 * 20, "\(held) of 400")
  }

  /// The figure is the one a person expects: 10.3 times, not 0.097 times as long.
  @Test func theFigureIsHowManyTimes() throws {
    let result = VirtualRun(
      claims: [try .faster(atLeast: 10)], truth: ["new/1": 0.1 / 10.5], noise: nil
    ).run().result
    #expect(result.kind == .faster)
    #expect(result.limit == 10)
    #expect(abs(try #require(result.estimate) - 10.5) < 1e-6)
    let interval = try #require(result.interval)
    #expect(interval[0] <= interval[1] && interval[0] > 10)
    #expect(result.verdict == .holds)
    let text = ClaimText.message(result, in: VirtualRun.emptyRecord(seed: 1))
    #expect(
      text.hasPrefix(
        "10.500 [10.50, 10.50] times as fast, claimed ≥ 10.00, 8 rounds in one process; "))
  }

  /// What is claimed is not wondered at: a hundredth of the time and less is as a rule a cached result.
  @Test(arguments: [(120.0, false), (10.0, true)])
  func onlyAnUnclaimedExtremeIsNoted(limit: Double, isNoted: Bool) throws {
    for claim in try claims(1 / limit) {
      let result = VirtualRun(claims: [claim], truth: ["new/1": 0.0005], noise: nil).run().result
      #expect(result.verdict == .holds)
      #expect((result.note != nil) == isNoted)
    }
  }

  /// The ratio is that of a call: whoever does forty times as many in an arm is not slower for it.
  @Test(arguments: [(40, 1), (1, 40), (7, 3)])
  func eachArmHasItsOwnNumberOfCalls(new: Int, old: Int) throws {
    func series(_ variant: String, tasks: Int, call: Double) -> Series {
      var series = Series(
        VirtualRun.arm(variant, tasks: tasks), group: "g", cpus: [], bind: "close")
      series.rounds = [0, 1]
      series.seconds = [call * Double(tasks), 2 * call * Double(tasks)]
      return series
    }
    let (subject, reference) = (
      series("new", tasks: new, call: 0.01), series("old", tasks: old, call: 0.4)
    )
    let comparison = try #require(Tables().comparison(of: subject, to: reference))
    #expect(abs(comparison.ratio - 0.025) < 1e-12)
    var record = VirtualRun.emptyRecord(seed: 1)
    record.series = [subject, reference]
    for index in record.series.indices {
      record.series[index].rounds = Array(0..<8)
      record.series[index].seconds = Array(repeating: record.series[index].seconds[0], count: 8)
    }
    var stage = StageRecord(group: "g", stage: .first, seed: 1)
    stage.rounds = 8
    record.stages = [stage]
    var plan = ClaimPlan(try .faster(atLeast: 30), workers: 1, alpha: 0.02)
    (plan.subject, plan.reference, plan.group) = (subject.key, reference.key, "g")
    plan.maximumRounds = 40
    record.claimPlans = [plan]
    let result = Judge.results(record)[0]
    #expect(result.verdict == .holds)
    #expect(abs(try #require(result.estimate) - 40) < 1e-9)
  }
}
