import PerfGateStatistics

/// Arms that are measured in the same rounds, so that any two of them can be compared in pairs.
public struct RoundGroup: Hashable, Sendable {
  /// Which group it is.
  public var id: GroupKey
  /// At least one; each runs once in every round.
  public var arms: [Arm]
  /// How many rounds are kept.
  public var rounds: Int
  /// How many rounds come first and are not kept.
  public var warmups: Int

  /// A group of arms.
  public init(id: GroupKey, arms: [Arm], rounds: Int, warmups: Int = 2) {
    self.id = id
    self.arms = arms
    self.rounds = rounds
    self.warmups = warmups
  }
}

/// Runs rounds: every arm once, back to back, in an order that is drawn.
public final class Measurement {
  private let runner: any ArmRunner
  private let seed: UInt64

  /// A measurement that draws its orders from `seed`.
  public init(runner: any ArmRunner, seed: UInt64) {
    self.runner = runner
    self.seed = seed
  }

  /// Runs the group's rounds.
  ///
  /// - Parameters:
  ///   - series: one for each arm, in the order of the arms; rounds are added as they come, so
  ///     that what was measured before an error is not lost.
  ///   - progress: called before each round with its number, warm-ups below 0.
  public func run(
    _ group: RoundGroup, into series: inout [Series], progress: (_ round: Int) -> Void
  ) throws(MeasurementError) {
    guard let order = RoundOrder(arms: group.arms.count, seed: seed) else { return }
    for round in -group.warmups..<group.rounds {
      progress(round)
      var samples: [Int: ArmSample] = [:]
      for index in order.order(ofRound: round + group.warmups) {
        samples[index] = try runner.run(group.arms[index])
      }
      guard round >= 0 else { continue }
      for (index, sample) in samples {
        series[index].rounds.append(round)
        series[index].seconds.append(sample.seconds)
        series[index].cpuSeconds.append(sample.cpuSeconds)
        series[index].migrations += sample.migrations
      }
    }
  }
}
