/// How a round avoids disturbances while rounds are being lost to them: with shorter arms, and more
/// pairs of them.
///
/// It follows from counters only, never from a time.
struct RoundEffort {
  /// How many parts an arm is cut into, of which a pair runs one.
  private(set) var parts: Int
  /// How many tasks of an arm are done at a time: fewer would take as long.
  private let grain: (Arm) -> Int
  /// Whether there are more pairs, of which some are expected to be disturbed.
  private(set) var isEvading = false

  /// Whole arms, or a part of each.
  init(parts: Int = 1, grain: @escaping (Arm) -> Int) {
    self.parts = parts
    self.grain = grain
  }

  /// The most parts. Then the shortest arm takes 2 ms: less than what a scheduler lets a program run
  /// before another one has its turn.
  static let mostParts = 64

  /// How many pairs of these arms take about as long as one of whole arms; their median counts.
  func pairs(of arms: [Arm]) -> Int {
    guard isEvading else { return 1 }
    return max(1, min(Self.mostPairs, Int(1 / share(of: arms))))
  }

  private static let mostPairs = 31
  /// How many of those pairs must be undisturbed.
  func leastPairs(of arms: [Arm]) -> Int { min(3, pairs(of: arms)) }

  /// Makes arms as short as possible.
  mutating func shorten() { (parts, isEvading) = (Self.mostParts, true) }

  /// The largest share of an arm that runs.
  func share(of arms: [Arm]) -> Double {
    arms.map { Double(part(of: $0).tasks) / Double($0.tasks) }.max() ?? 1
  }

  /// The part of an arm that a pair runs: as many tasks for each worker, at least one, or as many as are
  /// done at a time.
  ///
  /// An arm whose tasks cannot be divided evenly among its workers stays whole, because fewer tasks
  /// would be divided differently.
  func part(of arm: Arm) -> Arm {
    guard parts > 1, arm.tasks.isMultiple(of: arm.workers) else { return arm }
    var part = arm
    part.tasks = max(1, arm.tasks / arm.workers / parts) * arm.workers
    let grain = grain(arm) * arm.workers
    part.tasks = min(arm.tasks, (part.tasks + grain - 1) / grain * grain)
    return part
  }

  /// Whether an arm of tasks that are done several at a time has too few of them to be cut.
  static func isOfFewBatches(_ arm: Arm, grain: Int) -> Bool {
    grain > 1 && arm.tasks < leastBatches * grain * arm.workers
  }

  private static let leastBatches = 4
}
