import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Weak scaling: each worker has its own share of tasks, so that a round should last as long on five
/// workers as on one.
@Suite struct WeakScalingTests {
  /// One worker does its share in 0.1 s.
  private func run(roundOnFive: Double, tasks: Int = 50) throws -> VirtualRun.Outcome {
    let claim = try Claim(
      id: "made.weak", text: "work of 1 → 5 workers in the same time", kernel: VirtualRun.kernel,
      .weakScaling(variant: "new", workers: 5, atLeast: 4.5), tasks: tasks)
    return VirtualRun(claims: [claim], truth: ["new/5": roundOnFive / 5]).run()
  }

  @Test func asLongOnFiveWorkersHolds() throws {
    let outcome = try run(roundOnFive: 0.1)
    #expect(outcome.result.verdict == .holds)
    #expect((4.8...5.2).contains(try #require(outcome.result.estimate)))
    #expect(outcome.result.ceiling != nil && outcome.result.karpFlatt == nil)
    // Ten tasks for each worker.
    #expect(
      outcome.record.series.filter { $0.kernel == VirtualRun.kernel }.map(\.tasks) == [10, 50])
  }

  @Test func longerOnFiveWorkersIsViolated() throws {
    let outcome = try run(roundOnFive: 0.13)
    #expect(outcome.result.verdict == .violated)
    #expect((3.7...4.0).contains(try #require(outcome.result.estimate)))
  }

  /// Tasks that do not share out evenly: every worker has the same number all the same.
  @Test func everyWorkerHasItsShare() throws {
    let outcome = try run(roundOnFive: 0.1, tasks: 13)
    #expect(
      outcome.record.series.filter { $0.kernel == VirtualRun.kernel }.map(\.tasks) == [2, 10])
    #expect(outcome.result.verdict == .holds)
  }

  @Test func itIsReadBack() throws {
    let record = try run(roundOnFive: 0.1).record
    let again = try Record.decode(Data(try record.json().utf8))
    #expect(Judge.results(again) == Judge.results(record))
    #expect(again.claimPlans[0].kind == .weakScaling)
  }
}
