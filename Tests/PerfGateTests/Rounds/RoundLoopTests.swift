import PerfGate
import PerfGateTestSupport
import Testing

/// The loop with a fixed number of rounds, as tables use it, in virtual time.
@Suite struct RoundLoopTests {
  private let arms = ["a", "b", "c"].map {
    Arm(kernel: "made-up", variant: $0, workers: 1, tasks: 2, size: 3)
  }

  /// Samples of any arm; `causes` tells what disturbs the n-th run.
  private final class Runner: ArmRunner, MeasurementClock {
    var runs: [Arm] = []
    var seconds = 0.0
    var failsAfter = Int.max
    var armSeconds = 1.0
    var causes: (Arm, _ earlier: Int) -> [DropCause] = { _, _ in [] }
    var startsProcesses = false
    var kept: Set<String> = []

    func startsAnew(_ arm: Arm) -> Bool { startsProcesses && !kept.contains(arm.variant) }
    func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
      guard runs.count < failsAfter else { throw .worker(.interrupted(signal: 15)) }
      let earlier = runs.count { $0 == arm }
      runs.append(arm)
      seconds += armSeconds
      let value = Double(arm.variant.utf8.first ?? 0)
      return ArmSample(seconds: value, cpuSeconds: value, disturbances: causes(arm, earlier))
    }
    func sleep(seconds: Double) {}
  }

  private func run(
    _ runner: Runner, rounds: Int, warmups: Int = 1, pairs: [RoundGroup.Pair] = [],
    arms: [Arm]? = nil
  ) -> (result: RoundResult, shown: [Int], failure: MeasurementError?) {
    let arms = arms ?? self.arms
    let group = RoundGroup(
      id: "compare made-up", arms: arms, pairs: pairs, rounds: rounds, warmups: warmups)
    let loop = RoundLoop(
      RoundRequest(
        group: group.id, stage: .first, arms: arms, comparisons: group.comparisons,
        warmups: warmups, leastRounds: rounds, budget: nil, seed: 5),
      runner: runner, clock: runner, probe: QuietProbe()
    ) { Series($0, group: $1, stage: $2, cpus: [0], bind: "close") }
    var shown: [Int] = []
    var failure: MeasurementError?
    do throws(MeasurementError) {
      try loop.run { round, _ in shown.append(round) }
    } catch { failure = error }
    return (loop.result, shown, failure)
  }

  /// An arm whose process is kept comes from one start, whatever the others do.
  @Test func startsAreCountedForEachArm() {
    let runner = Runner()
    runner.startsProcesses = true
    runner.kept = ["b"]
    let (result, _, _) = run(runner, rounds: 6)
    #expect(result.series.map(\.starts) == [6, 1, 6])
    #expect(result.stage.starts == 6)
  }

  /// While rounds are being lost arms get shorter, unless one is of a program in another language.
  @Test(arguments: [false, true]) func someArmsStayWhole(isWhole: Bool) {
    let runner = Runner()
    var arms = self.arms
    if isWhole { arms[2].program = "go" }
    runner.startsProcesses = true
    runner.causes = { arm, earlier in
      arm.variant == "a" && earlier < 4 ? [DropCause(kind: "spinDrift", text: "")] : []
    }
    let (result, _, _) = run(runner, rounds: 6, arms: arms)
    #expect(runner.runs.allSatisfy { $0.tasks == 2 } == isWhole)
    #expect((result.stage.shortest == nil) == isWhole)
    #expect(result.series.allSatisfy { Set($0.rounds).count >= 6 })
  }

  @Test func everyArmRunsOnceInARound() {
    let runner = Runner()
    let (result, shown, _) = run(runner, rounds: 6, warmups: 3)
    #expect(shown == Array(-3..<6))
    #expect(runner.runs.count == 27)
    for round in 0..<9 {
      #expect(Set(runner.runs[(3 * round)..<(3 * round + 3)].map(\.variant)) == ["a", "b", "c"])
    }
    // Each arm is at each place equally often in every block of three rounds.
    for block in 1..<3 {
      for place in 0..<3 {
        let there = (0..<3).map { runner.runs[9 * block + 3 * $0 + place].variant }
        #expect(Set(there) == ["a", "b", "c"], "block \(block), place \(place)")
      }
    }
    for (arm, one) in zip(arms, result.series) {
      #expect(one.rounds == Array(0..<6) && one.discarded == 0)
      let seconds = Double(arm.variant.utf8.first ?? 0)
      #expect(one.seconds == Array(repeating: seconds, count: 6) && one.cpuSeconds == one.seconds)
    }
  }

  /// What was measured before an error is kept, in whole rounds.
  @Test func anErrorKeepsTheRoundsBefore() {
    for runs in 0..<12 {
      let runner = Runner()
      runner.failsAfter = runs
      let (result, _, failure) = run(runner, rounds: 6)
      #expect(failure == .worker(.interrupted(signal: 15)))
      let kept = Array(0..<max(0, runs / 3 - 1))
      #expect(
        result.series.allSatisfy { $0.rounds == kept && $0.seconds.count == kept.count }, "\(runs)")
    }
  }

  /// A disturbed arm runs again in further rounds, with its partner and without the others.
  @Test func aDisturbedPairIsMadeAgain() {
    let runner = Runner()
    runner.causes = { arm, earlier in arm.variant == "b" && [2, 4].contains(earlier) ? ["x"] : [] }
    let (result, _, _) = run(runner, rounds: 5, pairs: [.init(1, 0)])
    #expect(result.series.map(\.discarded) == [0, 2, 0])
    #expect(result.series.map { $0.seconds.count } == [7, 5, 5])
    let pairs = Set(result.series[0].rounds).intersection(result.series[1].rounds)
    #expect(pairs.count == 5)
    #expect(result.stage.discards.map(\.round) == [1, 3])
    #expect(result.stage.discards.allSatisfy { $0.causes == ["x"] && $0.series == arms[1].key })
  }

  /// A single round is tried more than twice, and a neighbor is waited for only as long as the rounds took.
  @Test func fewRoundsAreTriedOftenAndLongOnesAreNot() {
    let runner = Runner()
    runner.causes = { arm, earlier in arm.variant == "b" && earlier < 6 ? ["x"] : [] }
    #expect(run(runner, rounds: 1).result.series.map { $0.seconds.count } == [1, 1, 1])
    let slow = Runner()
    slow.armSeconds = 100
    slow.causes = { arm, _ in arm.variant == "b" ? ["x"] : [] }
    // Three arms in the wanted round, and as long again for the one that was dropped.
    #expect(run(slow, rounds: 1).result.series[1].discarded == 4)
  }

  /// What is disturbed every time is given up, and nothing of it is kept.
  @Test func aNeighborThatStaysDoesNotKeepTheLoopRunning() {
    let runner = Runner()
    runner.causes = { arm, _ in arm.variant == "c" ? ["x"] : [] }
    let (result, _, failure) = run(runner, rounds: 5)
    #expect(failure == nil)
    #expect(result.series.map { $0.seconds.count } == [5, 5, 0])
    #expect(result.series[2].discarded == 8 && runner.runs.count { $0.variant == "c" } == 9)
  }
}
