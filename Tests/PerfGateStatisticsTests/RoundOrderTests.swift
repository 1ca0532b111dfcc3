import PerfGateStatistics
import Testing

@Suite struct RoundOrderTests {
  /// The published first numbers of SplitMix64.
  @Test func generatorIsSplitMix64() {
    var generator = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in generator.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func drawsAreInRangeAndEven() {
    var generator = SplitMix64(seed: 3)
    var counts = Array(repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[generator.nextIndex(below: 6)] += 1 }
    #expect(counts.allSatisfy { (9_600...10_400).contains($0) })
    #expect((0..<1_000).allSatisfy { _ in (0..<1).contains(generator.nextUnit()) })
    #expect(generator.nextIndex(below: 1) == 0 && generator.nextIndex(below: -4) == 0)
    #expect(generator.nextPermutation(of: -1).isEmpty)
    #expect(generator.nextPermutation(of: 9).sorted() == Array(0..<9))
  }

  /// The order is part of a record: it must be the same on every machine and with every toolchain.
  /// The expected values come from the same rules written in another language.
  @Test func sameSeedSameOrder() throws {
    let two = try #require(RoundOrder(arms: 2, seed: 42))
    #expect((0..<8).map { two.order(ofRound: $0)[0] } == [1, 0, 1, 0, 0, 1, 0, 1])
    let three = try #require(RoundOrder(arms: 3, seed: 42))
    #expect(
      (-1..<3).map(three.order(ofRound:)) == [[0, 1, 2], [1, 0, 2], [2, 1, 0], [0, 2, 1]])
    #expect(RoundOrder(arms: 0, seed: 1) == nil)
    #expect(try #require(RoundOrder(arms: 1, seed: 1)).order(ofRound: 5) == [0])
  }

  @Test(arguments: [2, 3, 5, 8]) func everyArmIsOnceAtEveryPlaceOfABlock(arms: Int) throws {
    for seed in 0..<50 as Range<UInt64> {
      let order = try #require(RoundOrder(arms: arms, seed: seed))
      for block in -2...5 {
        let rows = (0..<arms).map { order.order(ofRound: block * arms + $0) }
        for place in 0..<arms {
          #expect(Set(rows.map { $0[place] }).count == arms)
          #expect(Set(rows[place]) == Set(0..<arms))
        }
      }
    }
  }

  /// The coin is fair, changes from block to block, and no arm always follows the same one.
  @Test func blocksAreDrawn() throws {
    var firsts = 0
    for seed in 0..<1_000 as Range<UInt64> {
      let order = try #require(RoundOrder(arms: 2, seed: seed))
      firsts += (0..<10).reduce(0) { $0 + order.order(ofRound: 2 * $1)[0] }
    }
    #expect((4_800...5_200).contains(firsts))
    var follows = Array(repeating: 0, count: 4)
    let order = try #require(RoundOrder(arms: 4, seed: 7))
    for round in 0..<4_000 {
      let arms = order.order(ofRound: round)
      if let place = arms.firstIndex(of: 0), place > 0 { follows[arms[place - 1]] += 1 }
    }
    #expect(follows[0] == 0)
    #expect(follows.dropFirst().allSatisfy { (850...1_150).contains($0) })
  }
}
