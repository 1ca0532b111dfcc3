import PerfGateStatistics
import PerfGateTestSupport

/// A claim judged on made-up rounds by the rules of a real one: two warm-up rounds, drawn order, a
/// first stage, and if that fails a fresh confirmation with an order of its own.
struct MadeUpGate: Sendable {
  /// In which order the arms run: two for a round, one round after the other.
  enum Ordering: Sendable {
    case drawn
    /// All of the first arm, then all of the second: the mistake that blocks of two prevent.
    case oneArmAfterTheOther
  }

  var plan: SequentialPlan
  var noise: NoiseModel.Shape
  /// The true times of the reference and of the subject.
  var trueSeconds: [Double]
  var ordering = Ordering.drawn
  var swapsArms = false

  /// Judges once.
  func judge(seed: UInt64) -> Decision {
    var noise = NoiseModel(noise, trueSeconds: trueSeconds, seed: seed)
    let first = run(plan, &noise, seed: seed)
    guard first.state == .fails else { return Decision(first: first) }
    return Decision(first: first, confirmation: run(plan.confirmation, &noise, seed: ~seed))
  }

  /// Judges with seeds 0 ..< repetitions, moved apart by `seed`.
  func tally(_ repetitions: Int = 2_000, seed: UInt64 = 1) -> Tally {
    var tally = Tally()
    for repetition in 0..<repetitions {
      var seeds = SplitMix64(seed: seed, stream: repetition)
      tally.add(judge(seed: seeds.next()))
    }
    return tally
  }

  private func run(
    _ plan: SequentialPlan, _ noise: inout NoiseModel, seed: UInt64
  ) -> SequentialTest {
    guard let order = RoundOrder(arms: 2, seed: seed) else { return SequentialTest(plan) }
    var test = SequentialTest(plan)
    switch ordering {
    case .drawn:
      for round in -2..<plan.maximumRounds where test.state == .undecided {
        var seconds = [0.0, 0.0]
        for arm in order.order(ofRound: round) { seconds[arm] = noise.seconds(arm: arm) }
        if round >= 0 { test.add(logRatioOfRound(seconds)) }
      }
    case .oneArmAfterTheOther:
      let first = (0..<plan.maximumRounds).map { _ in noise.seconds(arm: 0) }
      for time in first where test.state == .undecided {
        test.add(logRatioOfRound([time, noise.seconds(arm: 1)]))
      }
    }
    return test
  }

  private func logRatioOfRound(_ seconds: [Double]) -> Double {
    swapsArms
      ? logRatio(seconds[1], over: seconds[0]) : logRatio(seconds[0], over: seconds[1])
  }
}

/// How often each finding came, and after how many rounds.
struct Tally: Equatable, Sendable {
  private(set) var holds = 0
  private(set) var violated = 0
  private(set) var inconclusive = 0
  private(set) var notConfirmed = 0
  private(set) var rounds = 0

  mutating func add(_ decision: Decision) {
    switch decision.verdict {
    case .holds: holds += 1
    case .violated: violated += 1
    case .inconclusive: inconclusive += 1
    }
    if decision.reason == .notConfirmed { notConfirmed += 1 }
    rounds += decision.rounds + decision.confirmationRounds
  }

  var repetitions: Int { holds + violated + inconclusive }
  var decided: Int { holds + violated }
  var suspected: Int { violated + notConfirmed }
  var meanRounds: Double { Double(rounds) / Double(repetitions) }
  func share(_ count: Int) -> Double { Double(count) / Double(repetitions) }

  /// One line: no false-alarm figure without the number of verdicts that were decided.
  func line(_ name: String) -> String {
    let padded = name + String(repeating: " ", count: max(0, 44 - name.count))
    let mean = (meanRounds * 10).rounded() / 10
    return "\(padded) of \(repetitions): holds \(holds), violated \(violated), inconclusive "
      + "\(inconclusive) (\(notConfirmed) not confirmed), decided \(decided), mean rounds \(mean)"
  }
}
