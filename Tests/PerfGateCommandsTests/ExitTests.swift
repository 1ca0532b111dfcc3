import Foundation
import PerfGate
import PerfGateReport
import PerfGateCommands
import PerfGateTestSupport
import Testing

/// What a run's verdicts come to: the last line, and the exit status.
@Suite struct ExitTests {
  static func status(_ verdicts: [Verdict.Word], _ options: [String] = []) throws -> Int32 {
    try judgedAgain(try VirtualRun.record(verdicts), options).status
  }

  @Test func theExitStatusFollowsFromTheVerdicts() throws {
    #expect(try Self.status([.holds]) == 0)
    #expect(try Self.status([.holds, .violated]) == 1)
    // Never a failure by default, never silent.
    #expect(try Self.status([.holds, .inconclusive, .notCheckable]) == 0)
  }

  @Test func strictRefusesWhatIsOpen() throws {
    #expect(try Self.status([.holds], ["--strict"]) == 0)
    #expect(try Self.status([.holds, .inconclusive], ["--strict"]) == 3)
    #expect(try Self.status([.notCheckable], ["--strict"]) == 3)
    // 1 goes before 3.
    #expect(try Self.status([.inconclusive, .violated], ["--strict"]) == 1)
  }

  @Test func requireRefusesWhatItNames() throws {
    let verdicts: [Verdict.Word] = [.holds, .inconclusive, .notCheckable]
    #expect(try Self.status(verdicts, ["--require", "v0.*"]) == 0)
    #expect(try Self.status(verdicts, ["--require", "v1.*"]) == 3)
    #expect(try Self.status(verdicts, ["--require", "*.notCheckable"]) == 3)
    #expect(try Self.status(verdicts, ["--require", "v0.*", "--require", "v2.*"]) == 3)
    #expect(try Self.status([.violated, .inconclusive], ["--require", "v1.*"]) == 1)
  }

  /// A record that holds no claim: nothing was checked.
  @Test func strictRefusesARecordWithoutClaims() throws {
    var record = try Record.decode(Data(try VirtualRun.record([.holds]).utf8))
    (record.claimPlans, record.stages, record.claims) = ([], [], [])
    #expect(try judgedAgain(record.json()).status == 0)
    let strict = try judgedAgain(record.json(), ["--strict"])
    #expect(strict.status == 3)
    #expect(strict.error == "perfgate: --strict: no claim was judged\n")
    let required = try judgedAgain(record.json(), ["--require", "v0*"])
    #expect(required.status == 64)
    #expect(required.error == "perfgate: --require v0* matches no claim of FILE: it has none\n")
  }

  /// Nothing was decided because the machine was too busy: not green, and not red either.
  @Test func allLostToDisturbanceMeansNotNow() throws {
    let lost = try judgedAgain(try VirtualRun.record([.notCheckable, .notCheckable]))
    #expect(lost.status == 75)
    #expect(lost.error.hasPrefix("perfgate: nothing was decided: 2 of 2 claims were lost to "))
    #expect(lost.error.contains("for example v0.notCheckable: "))
    #expect(try Self.status([.notCheckable, .inconclusive]) == 75)
    #expect(try Self.status([.notCheckable, .holds]) == 0)
    #expect(try Self.status([.notCheckable, .violated]) == 1)
    #expect(try Self.status([.inconclusive]) == 0)
  }

  /// What needs hardware that is not there is no reason to try again.
  @Test func missingHardwareIsNotDisturbance() throws {
    var record = try Record.decode(
      Data(try VirtualRun.record([.notCheckable, .notCheckable]).utf8))
    for index in record.claimPlans.indices {
      record.claimPlans[index].refusal = .needsCores(100, allowed: 8, quota: nil)
    }
    #expect(try judgedAgain(record.json()).status == 0)
    let strict = try judgedAgain(record.json(), ["--strict"])
    #expect(strict.status == 3)
    #expect(
      strict.error
        == "perfgate: --strict: 2 of 2 claims are not decided, for example v0.notCheckable: "
        + "needs 100 cores, 8 allowed\n")
    record.claimPlans[1].refusal = nil
    #expect(try judgedAgain(record.json()).status == 75)
  }

  /// The cause is part of the record; records of earlier versions have none, and are judged alike.
  @Test func aRecordWithoutCausesIsReadable() throws {
    var record = try Record.decode(
      Data(try VirtualRun.record([.holds, .notCheckable, .inconclusive]).utf8))
    record.claims = Judge.results(record)
    #expect(record.claims.map(\.cause) == [nil, .disturbed, .undecided])
    let text = try record.json()
    let isStored = text.contains("\"cause\" : \"disturbed\"")
    #expect(isStored)
    let earlier = try record.edited { object in
      let claims = object["claims"] as? [[String: Any]] ?? []
      object["claims"] = claims.map { $0.filter { $0.key != "cause" && $0.key != "why" } }
    }
    let again = try Record.decode(Data(earlier.utf8))
    #expect(again.claims.map(\.sentence) == record.claims.map(\.sentence))
    #expect(again.claims.allSatisfy { $0.cause == nil })
    #expect(Judge.results(again) == record.claims)
  }

  /// Work that is not proven is a fault also in a record that is judged again.
  @Test func unprovenWorkIsAFaultInAStoredRecordToo() throws {
    var record = try Record.decode(Data(try VirtualRun.record([.holds, .inconclusive]).utf8))
    record.unproven = [
      Record.UnprovenVariant(
        Unproven(kernel: VirtualRun.kernel, variant: "v0", reason: .slept(share: 0.5)))
    ]
    let judged = try judgedAgain(record.json(), ["--strict"])
    #expect(judged.status == 70 && judged.error.contains("made.up/v0 is not proven: the worker"))
  }

  /// A speedup that the machine itself cannot reach is work that was not done, though each result is right.
  @Test func aSpeedupAboveTheCeilingIsAFault() throws {
    var run = VirtualRun(claims: [try .speedup()], truth: ["new/5": 0.1 / 5], noise: nil)
    run.ceiling = 4.6
    let judged = try judgedAgain(try run.run().record.json())
    #expect(judged.status == 70)
    #expect(judged.error.hasPrefix("perfgate: made.speedup: work not proven: "))
  }

  /// Numbers that no run has written are told as they are; nothing traps.
  @Test(arguments: ["0", "1e300", "-1", "9223372036854775807"])
  func strangeNumbersOfARefusalAreHarmless(number: String) throws {
    var record = try Record.decode(Data(try VirtualRun.record([.holds]).utf8))
    record.claimPlans[0].refusal = .callsTooLong([], budget: 7)
    var text = try record.json().replacingOccurrences(
      of: "\"budget\" : 7", with: "\"budget\" : \(number)")
    #expect(text.contains("\"budget\" : \(number)"))
    #expect(try judgedAgain(text).status == 0)
    record.claimPlans[0].refusal = .discarded(7, kept: 1, stage: .first, common: nil)
    text = try record.json().replacingOccurrences(of: "\"_0\" : 7", with: "\"_0\" : \(number)")
    #expect(text.contains("\"_0\" : \(number)"))
    #expect([0, 75].contains(try judgedAgain(text).status))
  }

  /// Who requires what is not there would never be told that it was not checked.
  @Test func requireMustNameAClaim() throws {
    let printed = try judgedAgain(try VirtualRun.record([.holds]), ["--require", "viete.*"])
    #expect(printed.status == 64)
    #expect(
      printed.error
        == "perfgate: --require viete.* matches no claim of FILE: expected one of v0.holds\n")
  }

  @Test func requireMustNameAClaimThatIsJudgedInTheRun() throws {
    let claims = [
      try Claim.ratio("one", subject: "a", reference: "b"),
      try Claim(
        id: "other", text: "", kernel: "elsewhere",
        .ratio(subject: "a", reference: "b", atMost: 1.05, workers: 1)),
    ]
    let catalog = try Catalog([AnyKernel(Named<First>.self), AnyKernel(Named<Second>.self)])
    let printed = try perfGate(
      ["run", "--kernel", "made.up", "--require", "other"], catalog: catalog, claims: claims)
    #expect(printed.status == 64)
    #expect(
      printed.error
        == "perfgate: --require other matches no claim of this run: expected one of one\n")
    let unknown = try perfGate(
      ["compare", "--require", "nothing*"], catalog: catalog, claims: claims)
    #expect(unknown.status == 64)
    #expect(unknown.error.contains("expected one of one, other"))
  }

  @Test func theLastLineCountsWhatWasChecked() throws {
    let verdicts: [Verdict.Word] = [
      .holds, .holds, .notCheckable, .holds, .holds, .holds, .notCheckable, .holds, .holds,
    ]
    var record = try Record.decode(Data(try VirtualRun.record(verdicts).utf8))
    record.claims = Judge.results(record)
    let lines = ConsoleReport.claims(record)
    #expect(lines.last == "checked 7 of 9, violated 0")
    #expect(lines.count { $0.contains("not checkable: ") && $0.contains("a page fault") } == 2)
  }

  @Test func undecidedClaimsAreCountedToo() throws {
    var record = try Record.decode(
      Data(try VirtualRun.record([.holds, .violated, .inconclusive, .notCheckable]).utf8))
    record.claims = Judge.results(record)
    #expect(ConsoleReport.summary(record) == "checked 3 of 4, violated 1, inconclusive 1")
  }

  /// A violated claim says where to begin to look.
  @Test func aViolatedSpeedupPrintsWhatToLookAt() throws {
    var run = VirtualRun(claims: [try .speedup()], truth: ["new/5": 0.1 / 3], noise: nil)
    run.ceiling = 4.9
    var record = run.run { machine in
      machine.roundCauses = { $0 == 14 ? ["the cgroup's quota stopped the process once"] : [] }
    }.record
    record.claims = Judge.results(record)
    let text = ConsoleReport.claims(record).joined(separator: "\n")
    #expect(record.claims[0].verdict == .violated)
    #expect(text.contains("made.speedup: 3.000 [3.00, 3.00]"))
    #expect(text.contains("claimed ≥ 4.50"))
    #expect(text.contains("the machine itself reaches 4.90"))
    #expect(text.contains("corresponds to a serial part of 16.7 %"))
    #expect(text.contains("ran on cpus not pinned, cores, close"))
    #expect(text.contains("1 pair discarded, such as: the cgroup's quota"))
  }

  /// An interval that is open above is not written with 308 digits.
  @Test func anOpenIntervalIsShort() throws {
    var record = try Record.decode(Data(try VirtualRun.record([.holds]).utf8))
    record.claims = Judge.results(record)
    record.claims[0].interval = [0.5, .greatestFiniteMagnitude]
    #expect(ConsoleReport.claims(record).joined().contains("[0.50, ∞]"))
  }
}

/// Two kernels that are never run, called `made.up` and `elsewhere`.
enum First: KernelName { static let name = VirtualRun.kernel }
enum Second: KernelName { static let name = "elsewhere" }
protocol KernelName { static var name: String { get } }

enum Named<Name: KernelName>: Kernel {
  static var name: String { Name.name }
  static var work: Work { Work(unit: "iteration", growth: .linear) }
  static var variants: [Variant<Int>] {
    [
      Variant("a", isReference: true) { size, _ in UInt64(size) },
      Variant("b") { size, _ in UInt64(size) },
    ]
  }
  static func makeInput(size: Int, seed: UInt64) -> Int { size }
}
