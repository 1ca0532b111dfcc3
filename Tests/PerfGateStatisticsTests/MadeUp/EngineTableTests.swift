import PerfGateStatistics
import PerfGateTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A truth, the claim about it, and what 2,000 repetitions must come to, as shares.
struct EngineRow: Sendable, CustomTestStringConvertible {
  var name: String
  var trueSeconds: [Double]
  var limit: Double
  var noise: NoiseModel.Shape
  var holds: ClosedRange<Double> = 0...1
  var violated: ClosedRange<Double> = 0...1
  var meanRounds = Double.infinity

  var testDescription: String { name }
  /// Rows of the same truth in other words draw other rounds (FNV-1a of the name).
  var seed: UInt64 { fnv1a(name.utf8) }

  func gate(maximumRounds: Int = 40, failingAlpha: Double = 0.02) throws -> MadeUpGate {
    let plan = try #require(
      SequentialPlan(
        bound: limit, maximumRounds: maximumRounds, failingAlpha: failingAlpha))
    return MadeUpGate(plan: plan, noise: noise, trueSeconds: trueSeconds)
  }

  /// "No slower by more than 5 %", for a subject that takes `times` as long.
  static func ratio(
    _ name: String, slower times: Double, _ noise: NoiseModel.Shape,
    holds: ClosedRange<Double> = 0...1, violated: ClosedRange<Double> = 0...1,
    meanRounds: Double = .infinity
  ) -> EngineRow {
    EngineRow(
      name: name, trueSeconds: [1, times], limit: -log(1.05), noise: noise, holds: holds,
      violated: violated, meanRounds: meanRounds)
  }

  /// "At least 4.5 times as fast", for a true speedup.
  static func speedup(
    _ name: String, _ speedup: Double, _ noise: NoiseModel.Shape,
    holds: ClosedRange<Double> = 0...1, violated: ClosedRange<Double> = 0...1
  ) -> EngineRow {
    EngineRow(
      name: name, trueSeconds: [1, 1 / speedup], limit: log(4.5), noise: noise, holds: holds,
      violated: violated)
  }
}

/// What must be true of the engine, on made-up rounds.
@Suite struct EngineTableTests {
  static let rows: [EngineRow] = [
    .ratio("equal, limit 5 %", slower: 1, .even, holds: 0.99...1, violated: 0...0.001),
    .ratio(
      "equal, limit 5 %, asymmetric", slower: 1, .asymmetric, holds: 0.98...1, violated: 0...0.001),
    .ratio("at the limit of 5 %", slower: 1.05, .even, violated: 0...0.005),
    .ratio("at the limit of 5 %, asymmetric", slower: 1.05, .asymmetric, violated: 0...0.01),
    .ratio("10 % slower, limit 5 %", slower: 1.1, .even, violated: 0.99...1, meanRounds: 26),
    .ratio(
      "10 % slower, limit 5 %, asymmetric", slower: 1.1, .asymmetric, violated: 0.99...1,
      meanRounds: 26),
    .speedup("speedup 4.75, claim 4.5", 4.75, .even, holds: 0.99...1, violated: 0...0.001),
    .speedup(
      "speedup 4.75, asymmetric", 4.75, .asymmetric, holds: 0.98...1, violated: 0...0.001),
    .speedup("speedup 4.6, claim 4.5", 4.6, .even, holds: 0.90...1, violated: 0...0.001),
    .speedup("speedup 4.6, asymmetric", 4.6, .asymmetric, holds: 0.80...1, violated: 0...0.001),
    .speedup(
      "speedup 4.6, sigma 0.5 %", 4.6, .even.with(sigma: 0.005), holds: 0.99...1,
      violated: 0...0.001),
    .speedup(
      "speedup 4.6, sigma 0.5 %, asymmetric", 4.6, .asymmetric.with(sigma: 0.005), holds: 0.99...1,
      violated: 0...0.001),
    .speedup("speedup exactly 4.5", 4.5, .even, holds: 0...0.06, violated: 0...0.005),
    .speedup(
      "speedup exactly 4.5, asymmetric", 4.5, .asymmetric, holds: 0...0.06, violated: 0...0.01),
    .speedup("speedup 4.3, claim 4.5", 4.3, .even, violated: 0.99...1),
    .speedup("speedup 4.3, asymmetric", 4.3, .asymmetric, violated: 0.99...1),
    .speedup("speedup 4.0, claim 4.5", 4, .even, violated: 0.999...1),
    .speedup("speedup 4.0, asymmetric", 4, .asymmetric, violated: 0.999...1),
  ]

  @Test(arguments: rows) func row(_ row: EngineRow) throws {
    let tally = try row.gate().tally(seed: row.seed)
    print(tally.line(row.name))
    #expect(tally.repetitions == 2_000)
    #expect(row.holds.contains(tally.share(tally.holds)))
    #expect(row.violated.contains(tally.share(tally.violated)))
    #expect(tally.meanRounds <= row.meanRounds)
  }

  /// More noise may cost decisions, never make false ones: σ is 5 % instead of 1 to 3 %.
  @Test(arguments: [
    EngineRow.ratio("equal, limit 5 %, sigma 5 %", slower: 1, .even, violated: 0...0.001),
    .ratio("at the limit of 5 %, sigma 5 %", slower: 1.05, .even, violated: 0...0.005),
    .ratio("10 % slower, limit 5 %, sigma 5 %", slower: 1.1, .even, holds: 0...0.001),
    .speedup("speedup 4.75, sigma 5 %", 4.75, .even, violated: 0...0.001),
    .speedup("speedup exactly 4.5, sigma 5 %", 4.5, .even, holds: 0...0.06, violated: 0...0.005),
    .speedup("speedup 4.3, sigma 5 %", 4.3, .even, holds: 0...0.001),
  ]) func noisierMachine(_ row: EngineRow) throws {
    let usual = try row.gate().tally(seed: row.seed)
    var noisy = row
    noisy.noise = row.noise.with(sigma: 0.05)
    let tally = try noisy.gate().tally(seed: row.seed)
    print(tally.line(row.name))
    #expect(row.holds.contains(tally.share(tally.holds)))
    #expect(row.violated.contains(tally.share(tally.violated)))
    // At the limit nearly nothing is decided in either noise, and chance alone moves the few.
    let isAtLimit = row.violated.upperBound == 0.005
    #expect(isAtLimit || tally.inconclusive > usual.inconclusive)
    #expect(isAtLimit || tally.violated <= usual.violated)
  }

  /// Spikes in 5 to 10 % of the samples of each arm, and in 10 to 20 % of the second's: more than the
  /// table's. Whatever must not happen still does not; what is lost is power where the truth is only
  /// 2 % from the limit.
  @Test(arguments: [
    EngineRow.ratio("equal, harsh", slower: 1, .harsh, holds: 0.99...1, violated: 0...0.001),
    .ratio(
      "equal, harsh asymmetric", slower: 1, .harshAsymmetric, holds: 0.98...1,
      violated: 0...0.001),
    .ratio("at the limit, harsh", slower: 1.05, .harsh, violated: 0...0.005),
    .ratio("at the limit, harsh asymmetric", slower: 1.05, .harshAsymmetric, violated: 0...0.01),
    .ratio("10 % slower, harsh", slower: 1.1, .harsh, violated: 0.99...1, meanRounds: 26),
    .ratio(
      "10 % slower, harsh asymmetric", slower: 1.1, .harshAsymmetric, violated: 0.99...1,
      meanRounds: 26),
    .speedup("speedup 4.75, harsh", 4.75, .harsh, holds: 0.99...1, violated: 0...0.001),
    .speedup(
      "speedup 4.75, harsh asymmetric", 4.75, .harshAsymmetric, holds: 0.98...1,
      violated: 0...0.001),
    .speedup("speedup 4.6, harsh", 4.6, .harsh, violated: 0...0.001),
    .speedup("speedup 4.6, harsh asymmetric", 4.6, .harshAsymmetric, violated: 0...0.001),
    .speedup("speedup exactly 4.5, harsh", 4.5, .harsh, holds: 0...0.06, violated: 0...0.005),
    .speedup(
      "speedup exactly 4.5, harsh asymmetric", 4.5, .harshAsymmetric, holds: 0...0.06,
      violated: 0...0.01),
    .speedup("speedup 4.3, harsh", 4.3, .harsh, violated: 0.99...1),
    .speedup("speedup 4.3, harsh asymmetric", 4.3, .harshAsymmetric, violated: 0.99...1),
    .speedup("speedup 4.0, harsh asymmetric", 4, .harshAsymmetric, violated: 0.999...1),
  ]) func harsherSpikes(_ row: EngineRow) throws {
    try self.row(row)
  }

  /// The errors hold for the fewest rounds that may be planned, and for a lowered first stage.
  @Test(arguments: [(16, 0.02), (24, 0.02), (40, 0.001)])
  func fewerRoundsAndMoreClaims(maximumRounds: Int, alpha: Double) throws {
    let label = "\(maximumRounds) rounds, first stage \(alpha)"
    let equal = try EngineRow.ratio("", slower: 1, .asymmetric)
      .gate(maximumRounds: maximumRounds, failingAlpha: alpha).tally()
    print(equal.line("equal, \(label)"))
    #expect(equal.violated <= 2)
    let limit = try EngineRow.ratio("", slower: 1.05, .even)
      .gate(maximumRounds: maximumRounds, failingAlpha: alpha).tally()
    print(limit.line("at the limit, \(label)"))
    #expect(limit.share(limit.violated) <= 0.005)
    #expect(limit.share(limit.suspected) <= alpha + 0.01)
    #expect(limit.share(limit.holds) <= 0.06)
  }
}
