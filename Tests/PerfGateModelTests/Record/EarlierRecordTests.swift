import Foundation
import PerfGate
import PerfGateModel
import Testing

/// Records and baselines that an earlier version wrote, with what that version's own `judge` made of them.
///
/// `Earlier/NAME.json` was written by version 0.1.0 at commit 59fd5f9, before series had keys, and
/// `NAME.judged.json` by its `judge --json`, without the rounds. Neither is ever renewed.
@Suite struct EarlierRecordTests {
  /// A quiet run; one whose suspicion was confirmed; one that a signal ended in a confirmation; one beside
  /// busy neighbors, with many dropped rounds and a confirmation.
  static let records = ["quiet", "confirmed", "interrupted", "busy"]
  static let published = ["handoff", "pi-scaling", "pi-single-thread"]

  static func record(_ name: String) throws -> Record {
    guard records.contains(name) else { return try PublishedTests.read(name) }
    return try Record.read(path: try EarlierFile.path(name))
  }

  @Test(arguments: records + published) func everyFigureOfAClaimIsTheSame(name: String) throws {
    let record = try Self.record(name)
    let differences = try EarlierFile.claims("\(name).judged").differences(
      from: try Figures(claims: Judge.results(record)))
    // A ratio of a thousand has a hint now where it had none.
    let hints = name == "handoff" ? ["text.python-mp-vs-sp note"] : []
    #expect(differences.keys.sorted() == hints)
    #expect(record.complete == (name != "interrupted"))
  }

  /// The row that paired a confirmation with a first stage is gone, rounds that a test ended have the
  /// interval of that test, and everything else is the same.
  @Test(arguments: records) func tablesDifferInTwoWays(name: String) throws {
    var record = try Self.record(name)
    record.remakeTables()
    let expected = try #require(Self.changed[name])
    let old = try EarlierFile.tables("\(name).judged")
    let new = try Figures(tables: record)
    #expect(old.rows.subtracting(new.rows) == expected.gone)
    #expect(new.rows.subtracting(old.rows) == [])
    let differences = old.differences(from: new).filter { !$0.key.isPart(of: expected.gone) }
    #expect(differences == expected.figures)
  }

  @Test(arguments: published) func tablesOfOneRoundAreTheSame(name: String) throws {
    var record = try Self.record(name)
    record.remakeTables()
    let old = try EarlierFile.tables("\(name).judged")
    #expect(!old.values.isEmpty)
    #expect(old.differences(from: try Figures(tables: record)) == [:])
  }

  /// One round that took a thousandth longer is seen.
  @Test(arguments: records) func anotherRoundGivesOtherFigures(name: String) throws {
    var record = try Self.record(name)
    let subject = try #require(record.claims.first { $0.estimate != nil }?.subject)
    let index = try #require(record.series.firstIndex { $0.key == subject })
    for round in record.series[index].seconds.indices {
      record.series[index].seconds[round] *= 1.001
    }
    let differences = try EarlierFile.claims("\(name).judged").differences(
      from: try Figures(claims: Judge.results(record)))
    #expect(!differences.isEmpty)
  }

  /// Today's session of one claim against what was stored of each: figures of every kind.
  @Test func aBaselineIsJudgedTheSame() throws {
    let baseline = try Baseline.decode(try EarlierFile.data("baseline"))
    #expect(baseline.claims.count == 17)
    let record = try Self.record("quiet").against(baseline)
    let differences = try EarlierFile.claims("baseline.judged").differences(
      from: try Figures(claims: Judge.results(record)))
    #expect(differences == [:])
  }

  /// The files of this package today: each is read, written again byte for byte, and judged.
  @Test func everyBaselineOfThisPackageIsJudged() throws {
    let folder = URL(fileURLWithPath: PublishedTests.folder).deletingLastPathComponent()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".json") }
    #expect(!files.isEmpty)
    for file in files {
      let data = try Data(contentsOf: folder.appendingPathComponent(file))
      let baseline = try Baseline.decode(data)
      #expect(try baseline.json() == String(decoding: data, as: UTF8.self), "\(file)")
      #expect("\(baseline.machine.key).json" == file)
      let results = Judge.results(try Self.record("quiet").against(baseline))
      #expect(results.count == baseline.claims.count && !results.isEmpty)
      for result in results { #expect(result.estimate != nil, "\(file): \(result.id)") }
    }
  }
}

extension Record {
  /// The same rounds, judged against each entry of a baseline.
  fileprivate func against(_ baseline: Baseline) throws -> Record {
    let plan = try #require(claimPlans.first { $0.id == "viete.swift.time" })
    let old = try #require(plan.baseline)
    var record = self
    record.claimPlans = baseline.claims.sorted { $0.key < $1.key }.map { name, entry in
      var one = plan
      one.id = name
      one.isHigherBetter = entry.isHigherBetter
      // As the latest session was measured: the kinds are not compared with each other.
      let isOfStarts = entry.sessions.last?.isOfStarts ?? false
      var stored = BaselinePlan(entry, isOfStarts: isOfStarts)
      (stored.subjectUnits, stored.referenceUnits) = (old.subjectUnits, old.referenceUnits)
      one.baseline = stored
      return one
    }
    return record
  }
}
