import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

@testable import PerfGateModel

/// What a fleet keeps of its runs.
@Suite struct FleetTests {
  /// A run on a machine, with verdicts by claim.
  static func run(
    _ machine: String = "a-1c-1n", number: Int, _ verdicts: [String: Verdict.Word],
    limit: Double = 1.05, workers: Int = 1, reason: String = "needs 5 cores, 2 allowed",
    cause: Cause? = .hardware
  ) throws -> FleetRun {
    let claim = try Claim.ratio(atMost: limit)
    let findings = verdicts.sorted { $0.key < $1.key }.map { id, verdict in
      let isOpen = verdict == .inconclusive || verdict == .notCheckable
      return FleetRun.Finding(
        statement: FleetStatement(ClaimPlan(claim, id: id, workers: workers, alpha: 0.02)),
        verdict: verdict, reason: isOpen ? FleetReason(reason, cause) : nil)
    }
    return FleetRun(
      identity: .init(machine: machine, started: "2026", seed: UInt64(number), seconds: 1),
      cpu: "CPU of \(machine)", isComplete: true, findings: findings, unproven: [])
  }

  static func fleet(_ runs: [FleetRun]) -> Fleet {
    var fleet = Fleet()
    for (number, run) in runs.enumerated() { fleet.add(run, named: "\(number).json") }
    return fleet
  }

  @Test func runsAreCountedByKey() throws {
    let fleet = Self.fleet([
      try Self.run("a", number: 0, ["x": .holds, "y": .holds]),
      try Self.run("a", number: 1, ["x": .violated, "y": .inconclusive]),
      try Self.run("b", number: 2, ["x": .notCheckable, "y": .holds]),
      try Self.run("a", number: 3, ["x": .holds]),
    ])
    #expect(fleet.machines.mapValues(\.runs) == ["a": 3, "b": 1])
    #expect(fleet.claims.map(\.statement.id) == ["x", "y"])
    let x = fleet.claims[0]
    #expect(x.machines.map(\.key) == ["a", "b"])
    #expect(x.machines[0].tally.verdict == .mixed && x.verdict == .violated)
    #expect(x.machines[0].tally.runs(.holds).map { fleet.names[$0] } == ["0.json", "3.json"])
    #expect(x.machines[0].tally.runs(.violated).map { fleet.names[$0] } == ["1.json"])
    #expect(x.keys(.mixed) == 1 && x.keys(.notCheckable) == 1 && x.keys(.holds) == 0)
    #expect(x.runs == 4 && x.runs(.holds) == 2 && x.runs(without: .hardware) == 1)
    #expect(fleet.claims[1].verdict == .holds && fleet.claims[1].runs == 3)
  }

  /// A copy has the same key, start, seed and length, and says the same; machines of one kind that
  /// begin in the same second are not copies of each other.
  @Test func aRunCountsOnce() throws {
    let run = try Self.run(number: 7, ["x": .violated])
    var other = run
    other.identity.seconds = 1.5
    let fleet = Self.fleet([run, run, other, run])
    #expect(fleet.names == ["0.json", "2.json"])
    #expect(fleet.copies.map(\.name) == ["1.json", "3.json"])
    #expect(fleet.copies.map(\.run) == [0, 0])
    #expect(fleet.claims[0].runs == 2 && fleet.machines.values.map(\.runs) == [2])
  }

  /// A record with the header of another is no copy if it says something else: it counts.
  @Test func aFalseCopyCounts() throws {
    let run = try Self.run(number: 7, ["x": .holds, "y": .holds])
    let violated = try Self.run(number: 7, ["x": .violated, "y": .holds])
    var rounds = run
    rounds.figures = 1
    let other = try Self.run(number: 7, ["y": .holds, "z": .holds])
    let fleet = Self.fleet([run, violated, run, violated, rounds, other])
    #expect(fleet.names == ["0.json", "1.json", "4.json", "5.json"])
    #expect(fleet.copies.map(\.run) == [0, 1])
    #expect(
      fleet.conflicts == [
        .init(run: 1, first: 0, claims: ["x"]), .init(run: 2, first: 0, claims: []),
        .init(run: 3, first: 0, claims: ["x", "z"]),
      ])
    let x = fleet.claims[0]
    #expect(x.machines[0].tally.verdict == .mixed && x.verdict == .violated && x.runs == 3)
    #expect(Self.fleet([violated, run]).claims[0].verdict == .violated)
    let lines = FleetReport.lines(FleetResult(fleet)).map(\.text)
    #expect(
      lines.contains(
        "conflict   1.json has the machine key, start, seed and length of 0.json, but other "
          + "verdicts on x: it is no copy, and both count"))
    #expect(lines.contains { $0.contains("but other figures or reasons, though no other verdict") })
  }

  /// Everything that a run says makes it another one.
  @Test func anyDifferenceIsAConflict() throws {
    let run = try Self.run(number: 7, ["x": .notCheckable])
    let changes: [(inout FleetRun) -> Void] = [
      { $0.cpu = "another" }, { $0.isComplete = false }, { $0.findings = [] },
      { $0.findings[0].reason = nil }, { $0.findings[0].reason?.sentence += "!" },
      { $0.findings[0].statement.limit = 2 }, { $0.figures = 1 },
      { $0.unproven = [.init(variant: "viete/swift", finding: "wrong")] },
    ]
    for change in changes {
      var other = run
      change(&other)
      let fleet = Self.fleet([run, other])
      #expect(fleet.names.count == 2 && fleet.copies.isEmpty && fleet.conflicts.count == 1)
    }
  }

  /// The verdict of a run is found wherever it stands.
  @Test func theVerdictOfARun() throws {
    let words: [Verdict.Word] = [.holds, .holds, .violated, .holds, .inconclusive, .violated]
    let fleet = Self.fleet(
      try words.enumerated().map { number, word in try Self.run(number: number, ["x": word]) })
    let tally = fleet.claims[0].machines[0].tally
    #expect(words.indices.map(tally.verdict) == words)
    #expect(tally.verdict(of: -1) == nil && tally.verdict(of: words.count) == nil)
  }

  /// Never mixed: another limit, other workers, another text or kind.
  @Test func anotherStatementIsAnotherClaim() throws {
    var texted = try Self.run(number: 3, ["x": .holds])
    texted.findings[0].statement.text = "something else"
    var kind = try Self.run(number: 4, ["x": .holds])
    kind.findings[0].statement.kind = .faster
    let fleet = Self.fleet([
      try Self.run(number: 0, ["x": .holds]), try Self.run(number: 1, ["x": .violated], limit: 1.1),
      try Self.run(number: 2, ["x": .inconclusive], workers: 2), texted, kind,
      try Self.run(number: 5, ["x": .holds]),
    ])
    let claims = fleet.claims
    #expect(claims.count == 5 && claims.allSatisfy { $0.statement.id == "x" })
    #expect(claims.map(\.runs).sorted() == [1, 1, 1, 1, 2])
    #expect(claims.first { $0.statement.limit == 1.1 }?.verdict == .violated)
    let result = FleetResult(fleet)
    #expect(result.ambiguous == ["x"])
    #expect(Set(claims.map { result.label($0.statement) }).count == 5)
  }

  /// Numbers in a sentence differ from run to run.
  @Test func theMostFrequentReasonIsTold() throws {
    let fleet = Self.fleet([
      try Self.run(number: 0, ["x": .notCheckable], reason: "rare"),
      try Self.run(number: 1, ["x": .notCheckable], reason: "7 of 9 rounds", cause: .disturbed),
      try Self.run(number: 2, ["x": .inconclusive], reason: "8 of 12 rounds", cause: .disturbed),
    ])
    let tally = fleet.claims[0].machines[0].tally
    #expect(tally.reason?.count == 2 && tally.reason?.reason.sentence == "7 of 9 rounds")
    #expect(tally.causes == [.hardware: 1, .disturbed: 2])
  }

  /// A stranger's record has any sentence, and each run another one: what is kept has a bound.
  @Test func whatIsKeptHasABound() throws {
    let long = String(repeating: "ä", count: 10_000)
    #expect(FleetReason(long, nil).sentence.count == 300)
    let fleet = Self.fleet(
      try (0..<100).map { number in
        let word = String(repeating: "x", count: number % 50 + 1)
        return try Self.run(number: number, ["x": .notCheckable], reason: word)
      })
    let tally = fleet.claims[0].machines[0].tally
    #expect(tally.count == 100 && tally.reason?.count == 2)
  }

  /// Each machine has its own stored count, so the limit is no part of the statement.
  @Test func aStoredCountHasNoLimitOfItsOwn() throws {
    let claim = try Claim(
      id: "c", text: "as often as stored", kernel: "made.up",
      .allocations(variant: "new", atMost: .stored))
    var plan = ClaimPlan(claim, workers: 1, alpha: 0.02, refusal: .noBaselines)
    #expect(FleetStatement(plan).limit == nil)
    plan.refusal = .noStarts
    #expect(FleetStatement(plan).limit == 0)
    let fixed = try Claim(
      id: "c", text: "thrice", kernel: "made.up", .allocations(variant: "new", atMost: 3))
    #expect(FleetStatement(ClaimPlan(fixed, workers: 1, alpha: 0.02)).limit == 3)
  }

  /// The same code judges a record alone and in a fleet.
  @Test func aRecordIsJudgedAgain() throws {
    let record = try Record.decode(.init(try VirtualRun.record([.holds, .violated]).utf8))
    var run = FleetRun(record, sentence: { "\($0)" })
    #expect(run.findings.map(\.verdict) == Judge.results(record).map(\.verdict.word))
    // One round of another length makes another run.
    var changed = record
    changed.series[0].seconds[0] += 1
    #expect(FleetRun(record, sentence: { "\($0)" }) == run)
    #expect(FleetRun(changed, sentence: { "\($0)" }) != run)
    #expect(run.machine == "made-up-8c-1n" && run.isComplete && run.unproven.isEmpty)
    var fleet = Fleet()
    fleet.add(run, named: "one")
    run.isComplete = false
    run.identity.seed += 1
    run.unproven = [.init(variant: "viete/swift", finding: "wrong")]
    fleet.add(run, named: "two")
    #expect(fleet.unfinished.map { fleet.names[$0] } == ["two"])
    #expect(fleet.unproven["viete/swift"]?.runs == [1])
  }
}
