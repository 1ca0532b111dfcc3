/// How many signs of one kind stop a sequential sign test, at each look.
///
/// The test counts the rounds on one side of a threshold and looks after 8, 10, … , N of them. If
/// the rounds are independent and the threshold is their median, the chance that the count reaches
/// the boundary at *any* look is `spent`, and never above `alpha`: exact for every N, whatever the
/// distribution. Rounds that sit on the threshold only lower it.
///
/// The error is spent over the looks by the Pocock-type function `alpha · ln(1 + (e − 1) n/N)`; the
/// boundary at a look is the smallest count that stays within it. It is found by carrying the
/// distribution of a fair-coin random walk forward and removing, at each look, what has stopped.
/// Probabilities are whole multiples of 2⁻ⁿ, so up to 52 rounds the arithmetic in `Double` has no
/// rounding at all.
///
/// Sources: K. K. G. Lan, D. L. DeMets, *Discrete sequential boundaries for clinical trials*,
/// Biometrika 70 (1983); S. J. Pocock, Biometrika 64 (1977); P. Armitage, C. K. McPherson,
/// B. C. Rowe, *Repeated significance tests on accumulating data*, JRSS A 132 (1969).
package struct SignBoundary: Hashable, Sendable {
  /// The number of rounds before the first look.
  package static let firstLook = 8
  /// The most rounds a boundary is made for.
  package static let greatestMaximumRounds = 1_000

  /// The error that may be spent, above 0 and below 0.5.
  package let alpha: Double
  /// The number of rounds at the last look, N.
  package let maximumRounds: Int
  /// The error spent by the last look, 0 … alpha; below alpha, because counts are whole.
  package let spent: Double
  /// One count for each look; rounds + 1 where even equal signs in all rounds are not enough.
  private let counts: [Int]

  /// The boundary of at most `maximumRounds` rounds. It takes microseconds for 40 rounds.
  ///
  /// - Parameters:
  ///   - alpha: one-sided error, above 0 and below 0.5.
  ///   - maximumRounds: even, 8 … 1,000, and fixed before any round is looked at.
  /// - Returns: `nil` when a value is out of range.
  package init?(alpha: Double, maximumRounds: Int) {
    guard alpha > 0, alpha < 0.5, maximumRounds.isMultiple(of: 2),
      (Self.firstLook...Self.greatestMaximumRounds).contains(maximumRounds)
    else { return nil }
    self.alpha = alpha
    self.maximumRounds = maximumRounds
    var walk = [Double](repeating: 0, count: maximumRounds + 1)
    walk[0] = 1
    var spent = 0.0
    var counts: [Int] = []
    for n in 1...maximumRounds {
      for count in stride(from: n, to: 0, by: -1) {
        walk[count] = (walk[count] + walk[count - 1]) / 2
      }
      walk[0] /= 2
      guard Self.isLook(n, of: maximumRounds) else { continue }
      let allowed = Self.allowedError(alpha: alpha, round: n, of: maximumRounds)
      var boundary = n + 1
      var stopping = 0.0
      while boundary > 0, spent + (stopping + walk[boundary - 1]) <= allowed {
        boundary -= 1
        stopping += walk[boundary]
        walk[boundary] = 0
      }
      spent += stopping
      counts.append(boundary)
    }
    self.spent = spent
    self.counts = counts
  }

  /// The rounds after which the test looks: 8, 10, … , N.
  package var looks: [Int] { Array(stride(from: Self.firstLook, through: maximumRounds, by: 2)) }

  /// The smallest count that stops the test at a look.
  ///
  /// - Parameter round: how many rounds there were, any number.
  /// - Returns: more than half of the rounds; `nil` when there is no look after that many rounds, or
  ///   when not even that many signs of one kind are enough.
  package subscript(round: Int) -> Int? {
    guard Self.isLook(round, of: maximumRounds) else { return nil }
    let count = counts[(round - Self.firstLook) / 2]
    return count <= round ? count : nil
  }

  /// Whether `count` signs of one kind stop the test after `round` rounds.
  package func isReached(by count: Int, after round: Int) -> Bool {
    self[round].map { count >= $0 } ?? false
  }

  /// The fewest further rounds after which the boundary can be reached, if every sign from now on
  /// counts.
  ///
  /// - Parameters:
  ///   - count: signs of the kind so far, 0 … round.
  ///   - round: rounds so far, at least 0.
  /// - Returns: at least 1; `nil` when the boundary is out of reach.
  package func fewestFurtherRounds(count: Int, after round: Int) -> Int? {
    looks.first { look in
      look > round && isReached(by: count + look - round, after: look)
    }.map { $0 - round }
  }

  /// The last look that is not after `round`; `nil` before the first.
  package func lastLook(notAfter round: Int) -> Int? {
    round < Self.firstLook ? nil : min(round - round % 2, maximumRounds)
  }

  /// The error that may be spent by a look: Lan and DeMets's Pocock-type function.
  static func allowedError(alpha: Double, round: Int, of maximum: Int) -> Double {
    alpha * CMath.log1p((CMath.exp(1) - 1) * Double(round) / Double(maximum))
  }

  private static func isLook(_ round: Int, of maximum: Int) -> Bool {
    round >= firstLook && round <= maximum && round.isMultiple(of: 2)
  }
}
