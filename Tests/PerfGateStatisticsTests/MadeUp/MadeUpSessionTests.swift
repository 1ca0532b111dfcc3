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

/// Stored sessions on made-up days: 3 % from day to day that kernel and reference share, 0.8 % of the
/// kernel's own, and within a session eight rounds with 0.7 % of noise in each arm.
@Suite struct MadeUpSessionTests {
  struct Session {
    /// Relative to the reference of the same rounds, and on its own.
    var relative: Double
    var raw: Double

    init(slower times: Double, random: inout SplitMix64) {
      let (shared, own) = (0.03 * Self.normal(&random), 0.008 * Self.normal(&random))
      var shape = NoiseModel.Shape.even.with(sigma: 0.007)
      (shape.driftHeight, shape.driftStep) = (0, 0)
      var noise = NoiseModel(
        shape, trueSeconds: [exp(shared), times * exp(shared + own)], seed: random.next())
      let rounds = (0..<8).map { _ in (noise.seconds(arm: 0), noise.seconds(arm: 1)) }
      relative = median(rounds.map { logRatio($0.1, over: $0.0) }) ?? .nan
      raw = median(rounds.map { log($0.1) }) ?? .nan
    }

    private static func normal(_ random: inout SplitMix64) -> Double {
      (-2 * log(1 - random.nextUnit())).squareRoot() * cos(2 * .pi * random.nextUnit())
    }
  }

  struct Shares {
    var (holds, violated): (Double, Double) = (0, 0)

    mutating func add(_ today: Double, _ stored: [Double], of repetitions: Int) throws {
      let test = try #require(BaselineTest(today: today, stored: stored, limit: 0.05))
      holds += test.verdict == .holds ? 1 / Double(repetitions) : 0
      violated += test.verdict == .violated ? 1 / Double(repetitions) : 0
    }

    func line(_ name: String) -> String {
      func percent(_ share: Double) -> Double { (share * 1_000).rounded() / 10 }
      return "\(name): holds \(percent(holds)) %, violated \(percent(violated)) %, inconclusive "
        + "\(percent(1 - holds - violated)) % of 2,000"
    }
  }

  static func judge(slower times: Double) throws -> (relative: Shares, raw: Shares) {
    var (relative, raw) = (Shares(), Shares())
    for repetition in 0..<2_000 {
      var random = SplitMix64(seed: 5, stream: repetition)
      let stored = (0..<10).map { _ in Session(slower: 1, random: &random) }
      let today = Session(slower: times, random: &random)
      try relative.add(today.relative, stored.map(\.relative), of: 2_000)
      try raw.add(today.raw, stored.map(\.raw), of: 2_000)
    }
    return (relative, raw)
  }

  @Test func relativeToAReferenceDaysDoNotMatter() throws {
    let (equal, slower) = (try Self.judge(slower: 1), try Self.judge(slower: 1.1))
    print(equal.relative.line("baseline, equal, against a reference"))
    print(equal.raw.line("baseline, equal, raw times"))
    print(slower.relative.line("baseline, 10 % slower, against a reference"))
    print(slower.raw.line("baseline, 10 % slower, raw times"))
    #expect(equal.relative.holds >= 0.99 && equal.relative.violated <= 0.001)
    #expect(slower.relative.violated >= 0.90 && slower.relative.holds <= 0.001)
    // Why raw times are not stored: the same days hide most of what is 10 % slower.
    #expect(slower.raw.violated < 0.30)
    #expect(equal.raw.holds < 0.60)
  }
}
