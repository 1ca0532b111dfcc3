import PerfGate
import PerfGateReport
import PerfGateStatistics
import PerfGateTestSupport
import Testing

/// Truths, and what 300 whole runs of gate, ceiling and judge in virtual time must come to.
///
/// The statistics' own table does 2,000 repetitions a row; this one shows that nothing between rounds
/// and verdict loses what was proved there, and that discarding does not bring in an error of its own.
@Suite struct ErrorRateTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    /// The true time of the subject, of the reference's 1 s, or the true speedup at 5 workers.
    var truth: Double
    var isSpeedup = false
    var noise = NoiseModel.Shape.even
    /// The share of the subject's samples that something hits, and what it does to their time.
    var hits = 0.0
    var factor = 1.0
    /// Whether a covariate tells of it.
    var isSeen = true
    var holds = 0...Self.repetitions
    var violated = 0...Self.repetitions

    static let repetitions = 300
    var testDescription: String { name }
  }

  static let rows = [
    Row(name: "equal", truth: 1, holds: 295...300, violated: 0...0),
    Row(name: "equal, asymmetric", truth: 1, noise: .asymmetric, holds: 291...300, violated: 0...0),
    Row(name: "at the limit", truth: 1.05, noise: .asymmetric, holds: 0...18, violated: 0...3),
    Row(name: "10 % slower", truth: 1.1, holds: 0...0, violated: 294...300),
    Row(
      name: "10 % slower, asymmetric", truth: 1.1, noise: .asymmetric, holds: 0...0,
      violated: 294...300),
    Row(name: "speedup 4.6", truth: 4.6, isSpeedup: true, holds: 264...300, violated: 0...1),
    Row(name: "speedup 4.5", truth: 4.5, isSpeedup: true, holds: 0...24, violated: 0...3),
    Row(name: "speedup 4.0", truth: 4, isSpeedup: true, holds: 0...0, violated: 297...300),
    // What hits one arm only, and makes it slower than the limit, is discarded: no false alarm.
    Row(
      name: "equal, a tenth of one arm hit", truth: 1, hits: 0.1, factor: 3, holds: 290...300,
      violated: 0...0),
    Row(
      name: "equal, a third of one arm hit", truth: 1, hits: 0.33, factor: 1.3, holds: 280...300,
      violated: 0...0),
    Row(
      name: "equal, most of one arm hit", truth: 1, hits: 0.7, factor: 2, holds: 0...75,
      violated: 0...0),
    Row(
      name: "speedup 4.75, a third of one arm hit", truth: 4.75, isSpeedup: true, hits: 0.33,
      factor: 1.5, holds: 280...300, violated: 0...0),
    // And what is discarded hides nothing: the slower program is found in the rounds that are left.
    Row(
      name: "10 % slower, a third hit", truth: 1.1, hits: 0.33, factor: 0.5, holds: 0...0,
      violated: 270...300),
    // The planted fault: the same hits, and no covariate that tells. Then they are the program's own.
    Row(
      name: "equal, most of one arm hit unseen", truth: 1, hits: 0.7, factor: 2, isSeen: false,
      holds: 0...0, violated: 150...300),
  ]

  @Test(arguments: rows) func row(_ row: Row) throws {
    var counts: [Verdict.Word: Int] = [:]
    var (rounds, discards) = (0, 0)
    let claim = row.isSpeedup ? try Claim.speedup() : try Claim.ratio()
    for repetition in 0..<Row.repetitions {
      let seed = UInt64(repetition) &* 7919 &+ UInt64(row.name.utf8.count)
      var run = VirtualRun(claims: [claim], noise: row.noise, seed: seed)
      run.truth = row.isSpeedup ? ["new/5": 0.1 / row.truth] : ["new/1": 0.1 * row.truth]
      var random = SplitMix64(seed: ~seed)
      let result = run.run { machine in
        machine.event = { arm, _ in
          guard arm.variant == "new", arm.workers > 1 || !row.isSpeedup,
            random.nextUnit() < row.hits
          else { return .init() }
          return .init(factor: row.factor, causes: row.isSeen ? ["a page fault"] : [])
        }
      }.result
      counts[result.verdict.word, default: 0] += 1
      rounds += result.rounds + result.confirmationRounds
      discards += result.discarded
    }
    let (holds, violated) = (counts[.holds] ?? 0, counts[.violated] ?? 0)
    print(
      "\(row.name), of \(Row.repetitions): holds \(holds), violated \(violated), inconclusive "
        + "\(counts[.inconclusive] ?? 0), not checkable \(counts[.notCheckable] ?? 0), decided "
        + "\(holds + violated), \(rounds / Row.repetitions) rounds and "
        + "\(discards / Row.repetitions) discards each")
    #expect(row.holds.contains(holds))
    #expect(row.violated.contains(violated))
  }
}
