import Foundation
import PerfGateReport
import PerfGate
import PerfGateModel
import PerfGateTestSupport
import Testing

/// What an update stores, and what it leaves.
@Suite struct BaselineUpdateTests {
  static let claims = ["same", "better", "worse", "fresh"]

  /// A record of four claims: as stored, 15 % better, 15 % worse, and one that is not stored.
  static func record(disturbed: Bool = false) throws -> Record {
    var run = VirtualRun(
      claims: try claims.map { name in
        try Claim(
          id: name, text: name, kernel: VirtualRun.kernel,
          .baseline(.ratio(subject: name, reference: "old"), worseByAtMost: 0.05))
      }, truth: ["better/1": 0.085, "worse/1": 0.115], seed: 9)
    run.noise = nil
    run.stored = Dictionary(
      uniqueKeysWithValues: claims.dropLast().map { ($0, BaselineClaimTests.ten) })
    var record = run.run { machine in
      machine.event = { _, _ in .init(causes: disturbed ? ["a page fault"] : []) }
    }.record
    record.claims = Judge.results(record)
    return record
  }

  static func quantity(of name: String) -> String {
    "time of made.up/\(name) over old at 1 worker"
  }

  static func stored() -> Baseline {
    var baseline = Baseline(
      machine: Baseline.Machine(key: "made-up-8c-1n", cpu: "Made up", cores: 8, memoryNodes: 1))
    for name in claims.dropLast() {
      var entry = Baseline.Entry(
        text: name, quantity: quantity(of: name), isHigherBetter: false)
      for figure in BaselineClaimTests.ten { entry.add(.madeUp(figure), pin: false) }
      baseline.claims[name] = entry
    }
    return baseline
  }

  static func stored(by selection: BaselineUpdate.Selection, pin: Bool = false) throws
    -> (claims: [String], baseline: Baseline)
  {
    var baseline = stored()
    let outcomes = BaselineUpdate(selection: selection, pin: pin, commit: "c0ffee")
      .apply(try record(), to: &baseline)
    let names = outcomes.filter { if case .stored = $0.outcome { true } else { false } }
    return (names.map(\.claim), baseline)
  }

  @Test func eachWordStoresWhatItSays() throws {
    #expect(try Self.stored(by: .new).claims == ["fresh"])
    #expect(try Self.stored(by: .better).claims == ["better"])
    #expect(try Self.stored(by: .worse).claims == ["worse"])
    #expect(try Self.stored(by: .all).claims == Self.claims)
  }

  @Test func whatIsNotSelectedIsNotTouched() throws {
    let after = try Self.stored(by: .worse).baseline
    for name in ["same", "better"] { #expect(after.claims[name] == Self.stored().claims[name]) }
    #expect(after.claims["fresh"] == nil)
  }

  /// A change that was accepted on purpose is the new level: the sessions before it are history.
  @Test func anAcceptedChangeBeginsALevel() throws {
    let entry = try #require(try Self.stored(by: .worse).baseline.claims["worse"])
    #expect(entry.sessions.count == 11 && entry.current(isOfStarts: false).count == 1)
    #expect(abs(try #require(entry.stored(isOfStarts: false).first) - log(1.15)) < 1e-5)
    let all = try #require(try Self.stored(by: .all).baseline.claims["worse"])
    #expect(all.current(isOfStarts: false).count == 11)
  }

  @Test func aSessionHoldsWhatADiffShouldShow() throws {
    let entry = try #require(try Self.stored(by: .new).baseline.claims["fresh"])
    let session = try #require(entry.sessions.first)
    #expect(entry.sessions.count == 1 && entry.pinned == session && entry.text == "fresh")
    #expect(abs(session.median - 1) < 1e-9)
    #expect(session.rounds == 10 && session.discarded == 0)
    #expect(session.interval[0] <= session.median && session.median <= session.interval[1])
    #expect(session.commit == "c0ffee" && session.date == "2026-01-02T03:04:05Z")
    #expect(session.toolchain == Record.Tool.current.toolchain && !session.flags.isEmpty)
    #expect(session.placement.hasSuffix(", cores, close"))
    // Six digits at the most.
    #expect("\(session.median)".filter(\.isNumber).count <= 7)
  }

  @Test func pinning() throws {
    let kept = try #require(try Self.stored(by: .all).baseline.claims["same"])
    #expect(kept.pinned?.median == BaselineClaimTests.ten[0])
    let moved = try #require(try Self.stored(by: .all, pin: true).baseline.claims["same"])
    #expect(moved.pinned == moved.sessions.last)
  }

  /// A debug build is another program: its sessions stand apart.
  @Test func configurationsAreStoredApart() throws {
    var baseline = Self.stored()
    var record = try Self.record()
    record.tool.configuration = "debug"
    let outcomes = BaselineUpdate(selection: .new, commit: "").apply(record, to: &baseline)
    #expect(outcomes.count { if case .stored = $0.outcome { true } else { false } } == 4)
    #expect(baseline.claims["same"] == Self.stored().claims["same"])
    #expect(baseline.claims["same@debug"]?.sessions.count == 1)
    let lines = baseline.staleness(
      claims: Self.claims, toolchain: record.tool.toolchain,
      now: try Date("2026-01-03T03:04:05Z", strategy: .iso8601))
    #expect(lines == [])
  }

  @Test func aBuildIsJudgedByItsOwnSessions() throws {
    try withFolder { folder in
      let store = BaselineStore(folder: folder)
      try store.update("made-up-8c-1n") { _ in
        var baseline = Self.stored()
        baseline.claims["other@debug"] = baseline.claims["same"]
        return baseline
      }
      var context = try BaselineContext(store, key: "made-up-8c-1n")
      context.configuration = "release"
      func refusal(_ claim: String) -> String? {
        context.refusal(claim, quantity: Self.quantity(of: "same")).map { ReasonText.sentence($0) }
      }
      #expect(refusal("same") == nil)
      #expect(refusal("other")?.contains("for release") == true)
      context.configuration = "debug"
      #expect(refusal("same")?.contains("for debug") == true)
      #expect(refusal("other") == nil)
    }
  }

  @Test func anotherQuantityBeginsAnew() throws {
    var baseline = Self.stored()
    baseline.claims["same"]?.quantity = "another one"
    _ = BaselineUpdate(selection: .new, commit: "").apply(try Self.record(), to: &baseline)
    #expect(baseline.claims["same"]?.quantity == Self.quantity(of: "same"))
    #expect(baseline.claims["same"]?.sessions.count == 1)
  }

  @Test func disturbedClaimsAreNotStored() throws {
    var baseline = Self.stored()
    let outcomes = BaselineUpdate(selection: .all, commit: "")
      .apply(try Self.record(disturbed: true), to: &baseline)
    for (_, outcome) in outcomes {
      guard case .disturbed(let reason) = outcome else {
        Issue.record("\(outcome)")
        continue
      }
      #expect(ReasonText.sentence(reason).contains("were discarded"))
    }
    #expect(outcomes.count == 4 && baseline == Self.stored())
  }

  @Test func theNearestMachineIsNamed() {
    let keys = [
      "amd-epyc-9r14-2c-1n", "amd-epyc-9r14-8c-1n", "amd-ryzen-5-3600-6c-1n", "intel-xeon-2c-1n",
    ]
    #expect(
      Baseline.nearest(to: "amd-epyc-9r14-4c-1n", among: keys) == "amd-epyc-9r14-2c-1n")
    #expect(Baseline.nearest(to: "amd-ryzen-7-2c-1n", among: keys) == "amd-ryzen-5-3600-6c-1n")
    #expect(Baseline.nearest(to: "apple-m1-8c-1n", among: keys) == nil)
    #expect(Baseline.nearest(to: keys[0], among: [keys[0]]) == nil)
  }

  @Test func staleSessionsAreNamed() throws {
    let now = try Date("2026-06-02T03:04:05Z", strategy: .iso8601)
    let lines = Self.stored().staleness(
      claims: ["same", "better"], toolchain: "Swift 9, clang 30", now: now)
    let own = Record.Tool.current.toolchain
    #expect(
      lines == [
        "made-up-8c-1n: better was recorded with \(own), this is Swift 9, clang 30",
        "made-up-8c-1n: better was recorded 151 days ago",
        "made-up-8c-1n: same was recorded with \(own), this is Swift 9, clang 30",
        "made-up-8c-1n: same was recorded 151 days ago",
        "made-up-8c-1n: worse is stored, but no claim has this name, except perhaps in a test",
      ])
    let fresh = try Date("2026-01-03T03:04:05Z", strategy: .iso8601)
    #expect(Self.stored().staleness(claims: Self.claims, toolchain: own, now: fresh) == [])
  }
}
