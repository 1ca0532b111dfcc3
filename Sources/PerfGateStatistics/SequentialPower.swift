/// What a sequential test would have found: its power, by the exact sum.
///
/// Rounds are signs here: each lies below the bound with some probability, none on it. As in
/// `SignBoundary`, the distribution of their count is carried forward, and what stops at a look is removed.
extension SequentialPlan {
  /// How often a change of the size that `detectableShift(sigma:measured:rounds:)` returns is found.
  package static let power = 0.9

  /// The chance that a sequence of at most `rounds` rounds fails.
  ///
  /// - Parameters:
  ///   - probability: that of a round to lie below the bound, 0 … 1.
  ///   - rounds: at least 0; those after the last look, N, change nothing.
  func failing(probability: Double, rounds: Int) -> Double {
    let rounds = min(max(rounds, 0), maximumRounds)
    var walk = [Double](repeating: 0, count: rounds + 1)
    walk[0] = 1
    var failed = 0.0
    for n in 0..<rounds {
      for count in stride(from: n + 1, to: 0, by: -1) {
        walk[count] = walk[count] * (1 - probability) + walk[count - 1] * probability
      }
      walk[0] *= 1 - probability
      let (fails, holds) = (failing[n + 1] ?? .max, holding[n + 1] ?? .max)
      guard min(fails, holds) <= n + 1 else { continue }
      for count in 0...n + 1 where count >= fails || n + 1 - count >= holds {
        if count >= fails { failed += walk[count] }
        walk[count] = 0
      }
    }
    return failed
  }

  /// How far below the bound the median must lie for `violated` in 9 of 10 runs: the first stage within
  /// this many rounds, and its confirmation within N.
  ///
  /// Assumes that log ratios are about normal. The spread of a few of them is known badly, so it is taken
  /// as `1 + 4.3 / (n − 2)` times as large: then 9 of 10 is right on average over what n rounds can show
  /// (by simulation, for n from 8 to 40).
  ///
  /// - Parameters:
  ///   - sigma: spread of the log ratios that were measured, above 0; see `madSigma(_:)`.
  ///   - measured: how many these were, at least 8.
  ///   - rounds: how many the first stage may have, at least 0.
  /// - Returns: above 0, a difference of logarithms; `nil` if a value is out of range, and if this many
  ///   rounds never find anything that often.
  package func detectableShift(sigma: Double, measured: Int, rounds: Int) -> Double? {
    func isFound(_ shift: Double) -> Bool {
      let probability = CMath.normal(shift)
      let first = failing(probability: probability, rounds: rounds)
      return first >= Self.power
        && first * confirmation.failing(probability: probability, rounds: maximumRounds)
          >= Self.power
    }
    // In units of sigma. At 9 of them no round is on the other side.
    var (least, most) = (0.0, 9.0)
    guard sigma > 0, sigma.isFinite, measured >= SignBoundary.firstLook, isFound(most) else {
      return nil
    }
    while most - least > 1e-4 {
      let middle = (least + most) / 2
      if isFound(middle) { most = middle } else { least = middle }
    }
    return most * sigma * (1 + 4.3 / Double(measured - 2))
  }
}
