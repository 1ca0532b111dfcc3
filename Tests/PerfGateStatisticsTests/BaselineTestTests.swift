import PerfGateStatistics
import Testing

@Suite struct BaselineTestTests {
  /// Worked by hand: mean 0, deviation 0.01, √(1 + 1/5) · 0.01 = 0.010954.
  @Test func zAsDefined() throws {
    let stored = [-0.01, -0.01, 0, 0.01, 0.01]
    let test = try #require(BaselineTest(today: 0.1, stored: stored, limit: 0.05))
    #expect(abs(test.mean) < 1e-18 && abs(test.deviation - 0.01) < 1e-15)
    #expect(abs(try #require(test.z) - (0.1 - 0.04879016416943205) / 0.010954451150103323) < 1e-9)
    #expect(test.verdict == .violated && !test.isAdvice && !test.isBetter)
    #expect(abs(test.change - 1.1051709180756477) < 1e-12)
  }

  @Test func findingsMoveAtTheQuantiles() throws {
    // Five sessions, spread by the floor 0.005: error 0.0054772; t(0.99, 4) = 3.746947388 and
    // t(0.95, 4) = 2.131846786 from the limit 0.04879016.
    let stored = Array(repeating: 1.0, count: 5)
    let (limit, error) = (0.04879016416943205, 0.005477225575051661)
    let cases: [(Double, Decision.Verdict)] = [
      (limit + 3.7470 * error, .violated), (limit + 3.7469 * error, .inconclusive),
      (limit, .inconclusive), (limit - 2.1318 * error, .inconclusive),
      (limit - 2.1319 * error, .holds), (0, .holds),
    ]
    for (shift, finding) in cases {
      let test = try #require(BaselineTest(today: 1 + shift, stored: stored, limit: 0.05))
      #expect(test.deviation == 0.005)
      #expect(test.verdict == finding)
    }
  }

  @Test func muchBetterIsWorthANote() throws {
    let stored = Array(repeating: 0.0, count: 10)
    #expect(try #require(BaselineTest(today: -0.1, stored: stored, limit: 0.05)).isBetter)
    let slightly = try #require(BaselineTest(today: -0.04, stored: stored, limit: 0.05))
    #expect(!slightly.isBetter && slightly.verdict == .holds)
  }

  @Test func fewSessionsAreAdvice() throws {
    for count in 1...6 {
      let test = try #require(
        BaselineTest(today: 1, stored: Array(repeating: 0, count: count), limit: 0.05))
      #expect(test.isAdvice == (count < 5))
      // One session has no spread to compare with.
      #expect((test.z == nil) == (count == 1))
      #expect(test.verdict == (count == 1 ? .inconclusive : .violated))
      #expect((test.changeInterval == nil) == (count == 1))
    }
  }

  @Test func intervalAndFindingAgree() throws {
    var findings: Set<Decision.Verdict> = []
    for seed in 0..<3_000 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let stored = (0..<2 + random.nextIndex(below: 19)).map { _ in 0.04 * random.nextUnit() }
      let today = 0.25 * random.nextUnit() - 0.05
      let test = try #require(BaselineTest(today: today, stored: stored, limit: 0.05))
      let interval = try #require(test.changeInterval)
      findings.insert(test.verdict)
      #expect((interval.lower > 1.05) == (test.verdict == .violated))
      #expect((interval.upper < 1.05) == (test.verdict == .holds))
      #expect(interval.contains(test.change))
    }
    #expect(findings == [.holds, .violated, .inconclusive])
  }

  @Test func outOfRange() {
    #expect(BaselineTest(today: .nan, stored: [1], limit: 0.05) == nil)
    #expect(BaselineTest(today: 1, stored: [], limit: 0.05) == nil)
    #expect(BaselineTest(today: 1, stored: [1, .infinity], limit: 0.05) == nil)
    for limit in [-0.01, .nan, .infinity] {
      #expect(BaselineTest(today: 1, stored: [1, 1], limit: limit) == nil)
    }
  }
}
