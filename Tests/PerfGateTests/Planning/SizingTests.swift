import Foundation
import PerfGateMachine
import PerfGateStatistics
import PerfGateTestSupport
import Testing

import PerfGate
import PerfGateModel

/// How long arms last, and under which names they run.
@Suite struct SizingTests {
  static func options(budget: Double = 20) -> GateOptions {
    GateOptions(allowedWorkers: 8, quota: nil, budget: budget)
  }

  /// Two variants at 1 and w workers are 2 (w + 1) times the shortest arm; the budget must allow
  /// more than the 16 rounds without which nothing is judged, on 16 workers as on 2.
  @Test(arguments: 2...16) func theDefaultBudgetAllowsEnoughRounds(workers: Int) throws {
    let options = Self.options()
    let load = 2 * (Double(workers) + 1)
    let seconds = Sizing.armSeconds(load: load, options: options)
    let round = load * seconds + options.roundSeconds
    #expect((Sizing.leastArmSeconds...options.armSeconds).contains(seconds))
    #expect((seconds == options.armSeconds) == (workers <= 3))
    // From 15 workers on arms as short as they may be take more than the twentieth part of the budget.
    #expect((seconds == Sizing.leastArmSeconds) == (workers >= 15))
    let rounds = try #require(
      plannedRounds(budgetSeconds: options.budget, roundSeconds: round * (1 - 1e-12)))
    #expect(rounds >= (workers >= 15 ? 18 : Int(Sizing.wantedRounds)))
  }

  @Test func armsAreNeverTooShort() {
    #expect(Sizing.armSeconds(load: 1000, options: Self.options()) == 0.03)
    #expect(Sizing.armSeconds(load: 6, options: Self.options(budget: 0.1)) == 0.03)
    #expect(Sizing.armSeconds(load: 0, options: Self.options(budget: 100)) == 0.115)
    var short = Self.options()
    short.armSeconds = 0.01
    #expect(Sizing.armSeconds(load: 2, options: short) == 0.01)
  }

  /// A test has one claim, and people wait for it.
  @Test func aRoundOfATestIsShort() {
    var options = Self.options()
    options.roundArmSeconds = 0.2
    #expect(Sizing.armSeconds(load: 2, options: options) == 0.1)
    #expect(Sizing.armSeconds(load: 4, options: options) == 0.05)
    #expect(Sizing.armSeconds(load: 40, options: options) == Sizing.leastArmSeconds)
    #expect(Sizing.armSeconds(load: 1, options: options) == options.armSeconds)
  }

  /// One task that takes long leaves less of a round for the arms beside it.
  @Test(arguments: [
    ([0.001, 0.001], 0.08), ([0.14, 0.003], 0.03), ([0.1, 0.003], 0.06), ([0.1, 0.11], 0.08),
    ([0.07, 0.003], 0.08), ([0.095, 0.07, 0.003], 0.0725), ([0.15, 0.06, 0.003], 0.03),
  ]) func aLongTaskLeavesLessForOthers(paces: [Double], seconds: Double) {
    let found = Sizing.armSeconds(
      0.08, of: 0.08 * Double(paces.count), arms: paces.map { (1, $0) })
    #expect(abs(found - seconds) < 1e-12)
  }

  /// Claims with other tasks are another group: its arms must not go by the names of the first, and
  /// one arm of a fixed size must be one arm in every claim about it.
  @Test func everySeriesHasItsOwnName() throws {
    let machine = try RealRun.machine()
    let catalog = try Catalog([AnyKernel(Plain.self), AnyKernel(Fixed.self)])
    let slots = (0..<2).map { WorkerSlot(worker: $0, cpu: nil, node: nil) }
    let session = try LocalSession(
      record: VirtualRun.emptyRecord(seed: 1), catalog: catalog, machine: machine, slots: slots,
      cacheBytes: 1 << 20)
    var options = GateOptions(allowedWorkers: 2, quota: nil, budget: 1, quietSeconds: 0)
    options.armSeconds = 0.002
    let claims = [
      try Claim.real("plain", "b", to: "a", atMost: 1.5, tasks: 50),
      try Claim(
        id: "more", text: "", kernel: "plain",
        .ratio(subject: "b", reference: "a", atMost: 1.5, workers: 1), tasks: 100),
      try Claim.real("fixed", "b", to: "a", atMost: 1.5),
      try Claim(
        id: "scales", text: "", kernel: "fixed",
        .speedup(variant: "b", workers: 2, atLeast: 1.1), tasks: 60),
    ]
    try session.judge(claims, catalog: catalog, options: options)
    let record = session.record
    #expect(Set(record.series.map(\.id)).count == record.series.count)
    #expect(record.claims.allSatisfy { $0.sentence?.contains("measured before") != true })
    let plans = record.claimPlans
    #expect(plans[0].subject == "plain/b/pool/1")
    #expect(plans[1].subject?.variant == "b" && plans[1].subject?.amount?.tasks == 100)
    #expect(plans[2].subject == plans[3].reference)
    #expect(
      plans.map(\.group) == ["claims plain", "claims plain x100", "claims fixed", "claims fixed"])
    #expect(throws: Never.self) { try Record.decode(Data(try record.json().utf8)) }
  }
}
