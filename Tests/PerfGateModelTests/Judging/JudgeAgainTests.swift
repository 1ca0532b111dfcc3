import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// A stored record is judged to the same verdicts; a changed one to others.
@Suite struct JudgeAgainTests {
  /// One claim of each verdict, with confirmation, ceiling and discards.
  static func everything() throws -> VirtualRun.Outcome {
    let claims = [
      try Claim.ratio("holds", subject: "good", reference: "old"),
      try Claim.ratio("violated", subject: "bad", reference: "old"),
      try Claim.ratio("open", subject: "close", reference: "old"),
      try Claim.ratio("disturbed", subject: "hit", reference: "old"),
      try Claim.speedup("scales", "good", workers: 5, atLeast: 4.5),
    ]
    var run = VirtualRun(claims: claims, seed: .max)
    run.truth = ["bad/1": 0.12, "close/1": 0.105, "good/5": 0.1 / 4.8]
    return run.run { machine in
      machine.event = { arm, round in
        let isHit = arm.variant == "hit" || arm.variant == "good" && round % 7 == 0
        return .init(
          causes: isHit ? ["the hypervisor gave cpu 0 to another guest for 3 ticks"] : [])
      }
    }
  }

  static func stored() throws -> Record {
    var record = try everything().record
    record.claims = Judge.results(record)
    return record
  }

  @Test func allVerdictsAreThere() throws {
    #expect(
      try Self.stored().claims.map(\.verdict.word) == [
        .holds, .violated, .inconclusive, .notCheckable, .holds,
      ])
    #expect(try Self.stored().claims[4].discarded > 0)
  }

  /// A verdict tells the violation that it would have found: beyond the limit, and nothing where one was
  /// found, nothing was checked, or the machine itself would be at fault.
  @Test func aVerdictTellsWhatItWouldHaveFound() throws {
    let claims = try Self.stored().claims
    for index in [0, 2] {
      #expect(try #require(claims[index].detectable) > claims[index].limit)
    }
    #expect(claims[1].detectable == nil && claims[3].detectable == nil)
    let speedup = try #require(claims[4].detectable)
    #expect(speedup < 4.5 && speedup > 3)
    for (ceiling, isTold) in [(4.8, true), (4.3, false)] {
      var run = VirtualRun(
        claims: [try Claim.speedup("scales", "good", workers: 5, atLeast: 4.5)])
      run.truth = ["good/5": 0.1 / 4.5]
      run.ceiling = ceiling
      let result = try #require(Judge.results(run.run().record).first)
      #expect(result.verdict.word == .inconclusive)
      #expect((result.detectable != nil) == isTold)
    }
  }

  /// A run that ended early had no more rounds than it has; one that holds early would have had all.
  @Test func fewerRoundsWouldFindLess() throws {
    func result(_ seconds: Double, rounds: Int = .max) throws -> ClaimResult {
      var run = VirtualRun(claims: [try Claim.ratio("made.up", subject: "new", reference: "old")])
      run.truth = ["new/1": seconds]
      let record = run.run { machine in
        machine.failure = { _, round in round < rounds ? nil : .worker(.interrupted(signal: 2)) }
      }.record
      return try #require(Judge.results(record).first)
    }
    let whole = try result(0.105)
    let few = try result(0.105, rounds: 12)
    #expect(whole.rounds == whole.maximumRounds && few.rounds < 16)
    #expect(try #require(few.detectable) > #require(whole.detectable) * 1.005)
    #expect(try result(0.105, rounds: 7).detectable == nil)
    let held = try result(0.09)
    #expect(held.rounds < 12 && held.verdict == .holds)
    #expect(try #require(held.detectable) < #require(few.detectable))
  }

  @Test func encodingAndDecodingChangeNothing() throws {
    let record = try Self.stored()
    let again = try Record.decode(Data(try record.json().utf8))
    #expect(again == record)
    #expect(again.seed == .max)
    #expect(Judge.results(again) == record.claims)
  }

  @Test(arguments: [false, true]) func theCommandReachesTheSameVerdicts(isDeleted: Bool) throws {
    let record = try Self.stored()
    let text = try (record).edited { if isDeleted { $0["claims"] = nil } }
    #expect(text.contains("\"claims\":") != isDeleted)
    let printed = try judgedAgain(text)
    #expect(printed.error == "")
    #expect(printed.status == 1)
    let again = try Record.decode(Data(printed.out.utf8))
    #expect(again == record)
  }

  /// Verdicts that somebody wrote into the file by hand count for nothing.
  @Test func forgedResultsAreNotBelieved() throws {
    var record = try Self.stored()
    let honest = record.claims
    record.claims[1].verdict = .holds
    record.claims[1].rounds = 40
    record.claims.removeLast()
    let again = try Record.decode(Data(try judgedAgain(try record.json()).out.utf8))
    #expect(again.claims == honest)
  }

  @Test func changedRoundsGiveOtherVerdicts() throws {
    var record = try Self.stored()
    for index in record.series.indices where record.series[index].variant == "bad" {
      record.series[index].seconds = record.series[index].seconds.map { $0 / 1.3 }
    }
    var results = Judge.results(record)
    #expect(results[1].verdict == .holds)
    #expect(results[0] == record.claims[0])
    for index in record.series.indices where record.series[index].id == "made.up/good/pool/1" {
      record.series[index].seconds = record.series[index].seconds.map { $0 * 1.3 }
    }
    results = Judge.results(record)
    // Failing its first stage it lacks a confirmation: no verdict is made up.
    #expect(results[0].verdict.word == .inconclusive)
    #expect(
      results[0].sentence == "not confirmed: only 0 of 36 rounds were measured to confirm it")
    #expect(results[4].verdict.word == .notCheckable)
  }

  /// One round more or less is seen, and so is a pair that is taken apart.
  @Test func removedRoundsAreMissed() throws {
    var record = try Self.stored()
    let index = try #require(record.series.firstIndex { $0.id == "made.up/good/pool/1" })
    let rounds = record.claims[0].rounds
    record.series[index].rounds.removeSubrange(4...)
    record.series[index].seconds.removeSubrange(4...)
    let result = Judge.results(record)[0]
    #expect(rounds >= 8)
    #expect(result.verdict.word == .inconclusive)
    #expect(result.rounds == 4)
    #expect(try #require(result.sentence).hasPrefix("only 4 of 36 rounds were measured"))
  }

  @Test func aStricterLimitGivesAnotherVerdict() throws {
    let text = try (try Self.stored()).edited { object in
      var plans = object["claimPlans"] as? [[String: Any]] ?? []
      plans[0]["limit"] = 0.9
      object["claimPlans"] = plans
    }
    let again = try Record.decode(Data(try judgedAgain(text).out.utf8))
    #expect(again.claims[0].verdict != .holds)
  }

  /// Programs that know only floating point rewrite numbers; nothing of that matters.
  @Test(
    .enabled(if: installed("jq") != nil, "jq is not installed"),
    arguments: [".", "del(.claims)", ".seconds = 1e-05", ".series[0].size = 1e3"])
  func recordsThatJqWroteSurvive(filter: String) throws {
    let record = try Self.stored()
    let text = try #require(try pipe(try record.json(), through: "jq", [filter]))
    let printed = try judgedAgain(text)
    #expect(printed.error == "")
    #expect(printed.status == 1)
    #expect(try Record.decode(Data(printed.out.utf8)).claims == record.claims)
  }

  /// The same without jq: numbers as it and others write them.
  @Test(arguments: [
    ("\"seed\":18446744073709551615", "\"seed\":18446744073709552000"),
    ("\"seed\":18446744073709551615", "\"seed\":1.8446744073709552e19"),
    ("\"seed\":18446744073709551615", "\"seed\":42.0"),
    ("\"workers\":5", "\"workers\":5.0"), ("\"tasks\":50", "\"tasks\":5e1"),
    ("\"size\":1000", "\"size\":1e+03"), ("\"seconds\":0,", "\"seconds\":1e-05,"),
    ("\"seconds\":0,", "\"seconds\":-0.0,"), ("\"memoryNodes\":1", "\"memoryNodes\":1.0"),
  ])
  func floatingPointIsReadAsWholeNumbers(old: String, new: String) throws {
    let record = try Self.stored()
    let text = try (record).edited { _ in }
    try #require(text.contains(old))
    let printed = try judgedAgain(text.replacingOccurrences(of: old, with: new))
    #expect(printed.error == "")
    #expect(try Record.decode(Data(printed.out.utf8)).claims == record.claims)
  }

  /// Unknown keys are of a later version, and none of our business.
  @Test func unknownKeysAreIgnored() throws {
    let record = try Self.stored()
    let text = try (record).edited { $0["futures"] = [["name": "go"]] }
    #expect(try Record.decode(Data(try judgedAgain(text).out.utf8)) == record)
  }

  @Test func theTablesOfARecordAreThoseOfTheRun() throws {
    let record = try Self.stored()
    try withFolder { folder in
      let path = folder + "/record.json"
      try record.json().write(toFile: path, atomically: true, encoding: .utf8)
      let copy = folder + "/copy.json"
      let printed = try perfGate(["judge", path, "--json", copy])
      #expect(printed.status == 1)
      #expect(printed.out.contains("\nchecked 4 of 5, violated 1, inconclusive 1\n"))
      #expect(printed.out.hasSuffix(copy + "\n"))
      #expect(try Record.read(path: copy) == record)
    }
  }
}
