/// The order in which the arms of a round run: drawn from a seed, and balanced over blocks.
///
/// A block is as many rounds as there are arms, and in it every arm runs once at every place of a
/// round: a cyclic Latin square with its rows shuffled and its arms relabeled, so that the same arm does
/// not always run before another. With two arms a coin decides between AB, BA and BA, AB.
/// Slow drift then affects all arms alike and is not taken for a difference.
///
/// Source: R. A. Fisher, *The Design of Experiments* (1935), on Latin squares; nanobench orders its
/// rounds this way.
package struct RoundOrder: Hashable, Sendable {
  /// How many arms a round has.
  package let arms: Int
  /// The seed that the order is drawn from.
  package let seed: UInt64

  /// The order of rounds of `arms` arms, at least 1; `nil` for fewer.
  package init?(arms: Int, seed: UInt64) {
    guard arms >= 1 else { return nil }
    self.arms = arms
    self.seed = seed
  }

  /// The arms, 0 ..< arms, as they run in one round.
  ///
  /// - Parameter round: its number, from 0 on. Rounds may be asked for in any order; warm-up rounds
  ///   may have numbers below 0, and their blocks end with number −1.
  package func order(ofRound round: Int) -> [Int] {
    let row = (round % arms + arms) % arms
    var generator = SplitMix64(seed: seed, stream: (round - row) / arms)
    let labels = generator.nextPermutation(of: arms)
    let shift = generator.nextPermutation(of: arms)[row]
    return (0..<arms).map { place in labels[(place + shift) % arms] }
  }
}
