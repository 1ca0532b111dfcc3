import PerfGateStatistics
import Testing

@Suite struct SignBoundaryTests {
  @Test(arguments: [
    (0.02, [8, 10, 11, 13, 14, 15, 16, 18, 19, 20, 21, 23, 24, 25, 26, 27, 29], 0.0192),
    (0.05, [8, 9, 11, 12, 13, 14, 16, 17, 18, 19, 20, 22, 23, 24, 25, 26, 27], 0.0483),
  ])
  func goldenBoundaryOfFortyRounds(alpha: Double, counts: [Int], spent: Double) throws {
    let boundary = try #require(SignBoundary(alpha: alpha, maximumRounds: 40))
    #expect(boundary.looks == Array(stride(from: 8, through: 40, by: 2)))
    #expect(boundary.looks.map { boundary[$0] } == counts)
    #expect((boundary.spent * 10_000).rounded() / 10_000 == spent)
  }

  /// Walks through every sequence of signs, each as likely as any other, and counts those that are
  /// stopped. All numbers are multiples of 2⁻ᴺ, so the comparison is exact.
  @Test(arguments: [8, 10, 12, 16, 18], [0.02, 0.05, 0.2])
  func spentErrorIsThatOfAllSequences(maximumRounds: Int, alpha: Double) throws {
    let boundary = try #require(SignBoundary(alpha: alpha, maximumRounds: maximumRounds))
    let needed = (0...maximumRounds).map { boundary[$0] ?? .max }
    var stopped = 0
    for signs in 0..<(1 << maximumRounds) {
      var count = 0
      for round in 1...maximumRounds {
        count += (signs >> (round - 1)) & 1
        if count >= needed[round] {
          stopped += 1
          break
        }
      }
    }
    #expect(Double(stopped) / Double(1 << maximumRounds) == boundary.spent)
    #expect(boundary.spent <= alpha)
  }

  /// One sign fewer at any look would spend more than is allowed by then: the boundary is not only
  /// right but the strongest right one.
  @Test(arguments: [12, 16], [0.02, 0.05])
  func noLookCanDoWithFewerSigns(maximumRounds: Int, alpha: Double) throws {
    let boundary = try #require(SignBoundary(alpha: alpha, maximumRounds: maximumRounds))
    for look in boundary.looks {
      // One above the rounds stands for "not even all": its weaker neighbor is all.
      let weaker = (boundary[look] ?? look + 1) - 1
      var stopped = 0
      for signs in 0..<(1 << look) {
        var count = 0
        for round in 1...look {
          count += (signs >> (round - 1)) & 1
          let needed = round == look ? weaker : boundary[round] ?? .max
          if count >= needed {
            stopped += 1
            break
          }
        }
      }
      // ln(1 + (e − 1) n/N), by the series of the logarithm's inverse: exp(spent/alpha) must exceed
      // 1 + (e − 1) n/N.
      let overspent = Double(stopped) / Double(1 << look) / alpha
      let allowed = 1 + (2.718281828459045 - 1) * Double(look) / Double(maximumRounds)
      #expect(power(of: overspent) > allowed)
    }
  }

  /// Rounds that sit on the threshold count for neither side: all sequences of below, on, above,
  /// weighted by how likely they are. The error falls with every tie and never grows.
  @Test func tiesOnlyLowerTheError() throws {
    let boundary = try #require(SignBoundary(alpha: 0.05, maximumRounds: 10))
    var before = boundary.spent
    for tie in [0.1, 0.3, 0.6] {
      let side = (1 - tie) / 2
      var error = 0.0
      for code in 0..<59_049 {
        var (rest, count, weight, isStopped) = (code, 0, 1.0, false)
        for round in 1...10 {
          let sign = rest % 3
          rest /= 3
          count += sign == 2 ? 1 : 0
          weight *= sign == 1 ? tie : side
          isStopped = isStopped || boundary.isReached(by: count, after: round)
        }
        error += isStopped ? weight : 0
      }
      #expect(error < before)
      before = error
    }
  }

  @Test func everyPlannedNumberOfRoundsKeepsItsError() throws {
    for maximumRounds in stride(from: 16, through: 40, by: 2) {
      for alpha in [0.02, 0.05, 0.001, 1e-5] {
        let boundary = try #require(SignBoundary(alpha: alpha, maximumRounds: maximumRounds))
        #expect(boundary.spent <= alpha)
        for look in boundary.looks {
          if let count = boundary[look] { #expect(count * 2 > look && count <= look) }
        }
      }
    }
  }

  @Test func tooSmallAnErrorCannotStopEarlyOrAtAll() throws {
    let early = try #require(SignBoundary(alpha: 0.001, maximumRounds: 40))
    #expect(early[8] == nil)
    #expect(!early.isReached(by: 8, after: 8))
    #expect(early[40] == 32)
    let never = try #require(SignBoundary(alpha: 1e-6, maximumRounds: 16))
    #expect(never.looks.allSatisfy { never[$0] == nil })
    #expect(never.spent == 0)
    #expect(never.fewestFurtherRounds(count: 0, after: 0) == nil)
  }

  @Test func looksAreEvenAndFromEightOn() throws {
    let boundary = try #require(SignBoundary(alpha: 0.05, maximumRounds: 16))
    for round in [-2, 0, 6, 7, 9, 15, 17, 18] { #expect(boundary[round] == nil) }
    #expect(boundary[8] == 8)
    #expect(boundary[16] == 12)
  }

  @Test func fewestFurtherRoundsAreCountedToALook() throws {
    let boundary = try #require(SignBoundary(alpha: 0.05, maximumRounds: 40))
    #expect(boundary.fewestFurtherRounds(count: 0, after: 0) == 8)
    #expect(boundary.fewestFurtherRounds(count: 7, after: 7) == 1)
    // 7 of 8 are not enough; 9 of 10 are.
    #expect(boundary.fewestFurtherRounds(count: 7, after: 8) == 2)
    #expect(boundary.fewestFurtherRounds(count: 13, after: 26) == 14)
    #expect(boundary.fewestFurtherRounds(count: 12, after: 26) == nil)
    #expect(boundary.fewestFurtherRounds(count: 26, after: 40) == nil)
  }

  @Test func valuesOutOfRangeMakeNoBoundary() {
    for alpha in [0, -0.1, 0.5, 1, .nan, .infinity] {
      #expect(SignBoundary(alpha: alpha, maximumRounds: 40) == nil)
    }
    for maximumRounds in [Int.min, -8, 0, 6, 7, 9, 41, 1_002, .max] {
      #expect(SignBoundary(alpha: 0.05, maximumRounds: maximumRounds) == nil)
    }
    #expect(SignBoundary(alpha: 0.05, maximumRounds: 8) != nil)
    #expect(SignBoundary(alpha: 0.05, maximumRounds: 1_000) != nil)
  }

  /// eˣ by its series, so that the test does not lean on the library that it tests.
  private func power(of x: Double) -> Double {
    var (term, sum) = (1.0, 1.0)
    for step in 1...60 {
      term *= x / Double(step)
      sum += term
    }
    return sum
  }
}
