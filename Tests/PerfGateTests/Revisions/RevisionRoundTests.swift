import Foundation
import PerfGate
import PerfGateStatistics
import PerfGateTestSupport
import Testing

/// Rounds of two revisions, on a virtual machine: each start has a layout of both.
@Suite struct RevisionRoundTests {
  private static let old = "0123456789ab"

  /// A run of identical revisions, or of a new one that takes longer; where functions lie is drawn.
  ///
  /// - Parameters:
  ///   - spread: the standard deviation over layouts, of each revision.
  ///   - layouts: how many there are of each; `nil`: another one for each start.
  static func run(
    truth: Double, spread: Double, seed: UInt64, layouts: Int? = nil, limit: Double = 1.05,
    startSeconds: Double = 0.02, budget: Double = 20
  ) throws -> VirtualRun.Outcome {
    let claim = try Claim(
      id: "made.up/new", text: "no slower", kernel: VirtualRun.kernel,
      .revision(variant: "new", against: old, atMost: limit, workers: 1))
    var run = VirtualRun(
      claims: [claim],
      noise: NoiseModel.Shape(spikeShare: 0...0).with(sigma: 0.01 / 2.0.squareRoot()), seed: seed)
    run.budget = budget
    return run.run { machine in
      machine.isOfRevisions = true
      machine.startSeconds = startSeconds
      machine.startFactor = { arm, start in
        let isNew = arm.program == SeriesKey.ownProgram
        let number = layouts.map { start % $0 } ?? start
        var random = SplitMix64(seed: seed &* 31 &+ (isNew ? 1 : 0), stream: number)
        let radius = (-2 * log(1 - random.nextUnit())).squareRoot()
        return (isNew ? truth : 1) * exp(spread * radius * cos(2 * .pi * random.nextUnit()))
      }
    }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var truth: Double
    var layouts: Int?
    var holds: ClosedRange<Int>
    var violated: ClosedRange<Int>
    static let repetitions = 400
    var testDescription: String { "\(truth), \(layouts.map { "\($0) layouts" } ?? "drawn")" }
  }

  /// Layouts of 3 % each side, a limit of 5 %.
  static let rows = [
    Row(truth: 1, holds: 380...400, violated: 0...0),
    Row(truth: 1.15, holds: 0...0, violated: 385...400),
    // A truth on the limit is neither shown nor refuted.
    Row(truth: 1.05, holds: 0...16, violated: 0...2),
    // The planted fault: one layout of each. Identical source is called slower.
    Row(truth: 1, layouts: 1, holds: 0...390, violated: 10...120),
  ]

  @Test(arguments: rows) func errors(_ row: Row) throws {
    var counts: [Verdict.Word: Int] = [:]
    for repetition in 0..<Row.repetitions {
      let result = try Self.run(
        truth: row.truth, spread: 0.03, seed: UInt64(repetition), layouts: row.layouts
      ).result
      counts[result.verdict.word, default: 0] += 1
    }
    #expect(row.holds.contains(counts[.holds] ?? 0), "\(counts)")
    #expect(row.violated.contains(counts[.violated] ?? 0), "\(counts)")
  }

  /// The record tells how many layouts there were, and by how much they differ.
  @Test func recorded() throws {
    let outcome = try Self.run(truth: 1, spread: 0.03, seed: 3)
    let claim = outcome.result
    let subject = try #require(claim.subject.flatMap(outcome.record.series))
    let reference = try #require(claim.reference.flatMap(outcome.record.series))
    #expect(subject.key.program == SeriesKey.ownProgram && reference.key.program == Self.old)
    #expect(reference.id == "\(Self.old)!made.up/new/pool/1")
    #expect(subject.layouts == subject.rounds.count && subject.starts == subject.layouts)
    let found = try #require(Tables(outcome.record).comparison(of: subject, to: reference))
    #expect(found.layouts == found.rounds)
    // Two layouts of 3 %, and 1 % of noise.
    #expect((0.02...0.07).contains(found.layoutSpread ?? 0))
    let again = try Record.decode(Data(try outcome.record.json().utf8))
    #expect(Judge.results(again) == outcome.results)
    #expect(Tables(again).comparison(of: subject, to: reference) == found)
  }

  /// Rounds never share a layout, however long a start takes: fewer rounds, or none.
  @Test func slowStartsStayStarts() throws {
    let slow = try Self.run(truth: 1, spread: 0.01, seed: 5, startSeconds: 1.5)
    #expect(slow.result.verdict.word == .holds && slow.result.maximumRounds == 16)
    #expect(slow.result.starts == slow.result.rounds)
    let slower = try Self.run(truth: 1, spread: 0.01, seed: 5, startSeconds: 5)
    #expect(slower.result.verdict.word == .notCheckable)
    #expect(slower.result.rounds == 0)
  }

  @Test func limitsWithinNoiseAreRefused() throws {
    #expect(throws: ClaimError.self) {
      try Claim(
        id: "x", text: "", kernel: "x",
        .revision(variant: "a", against: Self.old, atMost: 1.01, workers: 1))
    }
  }
}
