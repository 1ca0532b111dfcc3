/// How a round avoids disturbances while rounds are being lost to them: with shorter arms, and more
/// pairs of them.
///
/// It follows from counters only, never from a time.
struct RoundEffort: Hashable, Sendable {
  /// How many parts an arm is cut into, of which a pair runs one.
  private(set) var parts = 1

  /// The most parts. Then the shortest arm takes 7 ms.
  static let mostParts = 16

  /// How many pairs a round runs; their median counts.
  var pairs: Int { parts == 1 ? 1 : parts - 1 }
  /// How many of them must be undisturbed.
  var leastPairs: Int { parts == 1 ? 1 : 3 }

  /// Makes arms four times as short, unless they are as short as possible.
  mutating func shorten() { parts = min(parts * 4, Self.mostParts) }

  /// The part of an arm that a pair runs: as many tasks for each worker, at least one.
  ///
  /// An arm whose tasks cannot be divided evenly among its workers stays whole, because fewer tasks
  /// would be divided differently.
  func part(of arm: Arm) -> Arm {
    guard parts > 1, arm.tasks.isMultiple(of: arm.workers) else { return arm }
    var part = arm
    part.tasks = max(1, arm.tasks / arm.workers / parts) * arm.workers
    return part
  }
}
