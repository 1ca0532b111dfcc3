import Foundation
import PerfGateTestSupport
import Testing

import PerfGate
import PerfGateModel

/// The claims of a run that is several processes, in one record.
@Suite struct RecordMergeTests {
  /// Claims about arms of the same names, each judged in a part of its own.
  private static func parts() throws -> [(name: String, record: Record)] {
    let parts: [(Claim, Double)] = [
      (try Claim.ratio("holds", subject: "new", reference: "old"), 0.1),
      (try Claim.ratio("violated", subject: "new", reference: "old"), 0.12),
      (try Claim.speedup("scales", "new", workers: 5, atLeast: 4.5), 0.1),
      (try Claim.ratio("a:holds", subject: "new", reference: "old"), 0.1),
    ]
    return parts.enumerated().map { index, part in
      var run = VirtualRun(claims: [part.0], seed: UInt64(index + 1))
      run.truth = ["new/1": part.1, "new/5": 0.1 / 4.8]
      var record = run.run { machine in
        machine.event = { _, round in .init(causes: round % 7 == 3 ? ["stolen"] : []) }
      }.record
      record.seconds = 1
      record.notes = [Record.Note(code: "neighbors", text: "busy")]
      record.claims = Judge.results(record)
      return (part.0.id, record)
    }
  }

  private static func merged(_ parts: [(name: String, record: Record)]) -> Record {
    var record = Record.ofParts(parts[0].record)
    for part in parts { record.add(part.record, named: part.name) }
    return record
  }

  /// What is left of a result without the names of its series.
  private static func nameless(_ result: ClaimResult) -> ClaimResult {
    var result = result
    (result.subject, result.reference) = (nil, nil)
    for stage in result.stages.indices {
      for discard in result.stages[stage].discards.indices {
        result.stages[stage].discards[discard].series.part = nil
      }
    }
    return result
  }

  @Test func verdictsStayWhatTheyWere() throws {
    let parts = try Self.parts()
    let record = Self.merged(parts)
    #expect(record.claims.map(\.verdict.word) == [.holds, .violated, .holds, .holds])
    #expect(record.claims.allSatisfy { $0.discarded > 0 })
    #expect(record.claims[1].confirmationRounds > 0 && record.claims[2].ceiling != nil)
    #expect(
      record.claims.map(Self.nameless) == parts.flatMap { $0.record.claims.map(Self.nameless) })
    #expect(record.seconds == 4)
    #expect(record.notes.map(\.text).contains("violated: busy"))
  }

  @Test func itCanBeReadAndJudgedAgain() throws {
    let record = Self.merged(try Self.parts())
    let again = try Record.decode(Data(try record.json().utf8))
    #expect(again == record)
    #expect(Judge.results(again) == record.claims)
    #expect(again.series("made.up/new/pool/1:violated#confirmation") != nil)
  }

  @Test func aPartIsReplacedByItsNewer() throws {
    let parts = try Self.parts()
    var record = Self.merged(parts)
    let before = record
    var newer = parts[0].record
    newer.series[0].seconds[0] *= 1.001
    record.add(newer, named: "holds")
    #expect(record.series.count == before.series.count)
    #expect(record.stages.count == before.stages.count)
    #expect(Set(record.claims.map(\.id)) == Set(before.claims.map(\.id)))
    #expect(record.series != before.series)
    // The other part whose name ends alike is left alone.
    #expect(record.series.filter { $0.group.part == "a:holds" }.count == 2)
  }

  @Test func aVariantThatOnePartFindsWrongHasNoTimes() throws {
    var parts = try Self.parts()
    parts[3].record.series = []
    parts[3].record.unproven = [
      Record.UnprovenVariant(
        Unproven(kernel: VirtualRun.kernel, variant: "new", reason: .slept(share: 0.5)))
    ]
    let record = Self.merged(parts)
    #expect(record.claims.allSatisfy { $0.isUnproven })
    #expect(!record.series.contains { $0.variant == "new" })
  }

  @Test func anInterruptedPartIsTold() throws {
    var parts = try Self.parts()
    parts[1].record.complete = false
    #expect(!Self.merged(parts).complete)
  }
}
