import PerfGate
import Testing

@testable import PerfGateTesting

/// Made-up results, and what a framework is told of them.
@Suite struct TestVerdictTests {
  private func judgement(_ verdict: Verdict) throws -> Judgement {
    let claim = try Claim(
      id: "a.b", text: "1 \u{2192} 5 workers", kernel: "k",
      .speedup(variant: "v", workers: 5, atLeast: 4.5))
    let options = GateOptions(allowedWorkers: 8, quota: nil)
    let record = claim.recordNotChecked(
      .noRounds, in: madeUpRecord, options: options)
    var result = try #require(record.claims.first)
    result.verdict = verdict
    if verdict.word != .notCheckable {
      (result.estimate, result.interval) = (3.1, [3.02, 3.2])
      (result.rounds, result.confirmationRounds, result.discarded) = (12, 10, 3)
      (result.ceiling, result.ceilingInterval, result.karpFlatt) = (4.95, [4.9, 4.99], 0.15)
    }
    return Judgement(
      id: "a.b", test: "A.b", outcome: .judged(result, record), record: record)
  }

  @Test func holdsPasses() throws {
    #expect(try judgement(.holds).finding(Settings()) == .passed)
  }

  @Test func violatedFailsWithItsNumbers() throws {
    guard case .failed(let text) = try judgement(.violated).finding(Settings()) else {
      Issue.record("it does not fail")
      return
    }
    for part in [
      "claim a.b is violated: speedup 3.100 [3.02, 3.20]", "claimed >= 4.50",
      "12 rounds and 10 to confirm", "3 pairs discarded", "the machine itself reaches 4.95",
      "serial part of 15.0 %", "on Made-up CPU", "look at locks",
    ] { #expect(text.contains(part), "\(part) is not in: \(text)") }
    #expect(text.utf8.allSatisfy { $0 < 0x80 })
  }

  /// The frameworks do not count the time of judging.
  @Test func theTimeOfJudgingIsTold() throws {
    var judgement = try judgement(.violated)
    judgement.seconds = 5.14
    guard case .failed(let text) = judgement.finding(Settings()) else {
      Issue.record("it does not fail")
      return
    }
    #expect(text.hasSuffix("; judged in 5.1 s"))
    judgement.seconds = 0.01
    #expect(judgement.took == "")
  }

  /// Names and reasons of strangers stand on one line, in which nothing acts on a terminal or a log.
  @Test func textIsQuiet() throws {
    let reason = "needs\n::error::x\u{1B}[31m\r\u{0}\u{9B}\u{202E}\u{2192}##[error]"
    guard
      case .skipped(let text) = try judgement(.notCheckable(.told(reason, cause: nil))).finding(
        Settings())
    else {
      Issue.record("it does not skip")
      return
    }
    let said = "needs\\n::error::x\\u{1B}[31m\\r\\u{0}\\u{9B}\\u{202E}->#\\#[error]"
    #expect(text.hasPrefix("claim a.b is not checkable: \(said);"), "\(text)")
    #expect(text.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
    #expect("::error::x".asASCII == "\\::error::x")
  }

  @Test func inconclusiveWarns() throws {
    let finding = try judgement(.inconclusive(.spent(rounds: 20, needed: 90)))
      .finding(Settings())
    guard case .warning(let text) = finding else {
      Issue.record("it does not warn: \(finding)")
      return
    }
    #expect(
      text.hasPrefix(
        "claim a.b is inconclusive: 20 rounds are spent, about 90 would decide; 3.100 [3.02, 3.20]")
    )
  }

  @Test func notCheckableSkips() throws {
    let finding = try judgement(.notCheckable(.needsCores(5, allowed: 2, quota: nil)))
      .finding(Settings())
    guard case .skipped(let text) = finding else {
      Issue.record("it does not skip: \(finding)")
      return
    }
    #expect(text.hasPrefix("claim a.b is not checkable: needs 5 cores, 2 allowed; claimed >= 4.50"))
  }

  @Test func neighborsAreNamed() throws {
    var judgement = try judgement(
      .notCheckable(.discarded(20, kept: 2, stage: .first, common: nil)))
    guard case .judged(let result, var record) = judgement.outcome else {
      Issue.record("it was not judged: \(judgement.outcome)")
      return
    }
    record.notes = [
      Record.Note(code: "other", text: "unseen"),
      Record.Note(code: TestText.neighbors, text: "busy now: pid 7 (cc) 98 %"),
    ]
    judgement.outcome = .judged(result, record)
    guard case .skipped(let text) = judgement.finding(Settings()) else {
      Issue.record("it is not skipped")
      return
    }
    #expect(text.hasSuffix("; busy now: pid 7 (cc) 98 %") && !text.contains("unseen"))
  }

  @Test func workThatIsNotProvenFails() throws {
    let finding = try judgement(.notCheckable(.aboveCeiling(least: 6, ceiling: 5)))
      .finding(Settings())
    guard case .failed = finding else {
      Issue.record("it does not fail: \(finding)")
      return
    }
  }

  @Test(arguments: [
    Verdict.inconclusive(.told("why", cause: nil)), .notCheckable(.told("why", cause: nil)),
  ])
  func strictFailsWhatIsOpen(verdict: Verdict) throws {
    var settings = Settings()
    settings.strict = true
    guard case .failed(let text) = try judgement(verdict).finding(settings) else {
      Issue.record("it does not fail")
      return
    }
    #expect(text.contains("why") && text.contains("PERFGATE_STRICT=1 requires a decision"))
    settings.strict = false
    settings.require = ["a.*"]
    guard case .failed = try judgement(verdict).finding(settings) else {
      Issue.record("it does not fail although it is required")
      return
    }
    settings.require = ["b.*"]
    if case .failed = try judgement(verdict).finding(settings) {
      Issue.record("it fails although another one is required")
    }
    #expect(try judgement(.holds).finding(settings) == .passed)
  }

  @Test func strictWantsNoClaimLeftOut() {
    let judgement = Judgement(id: "a", test: "A.a", outcome: .skipped("left out"))
    #expect(judgement.finding(Settings()) == .skipped("left out"))
    var settings = Settings()
    settings.strict = true
    #expect(
      judgement.finding(settings) == .failed("left out; PERFGATE_STRICT=1 requires a decision"))
  }

  @Test func outputIsASCII() {
    #expect("1 \u{2192} 5 \u{2265} 4 \u{1F600}".asASCII == "1 -> 5 >= 4 ?")
    #expect("plain".asASCII == "plain")
  }
}

/// A record of a machine that is not there.
let madeUpRecord = Record(
  command: "test", seed: 42, started: "2026-01-02T03:04:05Z", tool: .current,
  machine: Record.MachineSummary(
    key: "made-up", cpu: "Made-up CPU", allowedCPUs: "0-7", cores: 8, memoryNodes: 1, quota: nil,
    libnuma: "linked"),
  plan: Record.Plan(
    places: "cores", bind: "close", mem: "local", oversubscribe: false, cpus: [0, 1, 2, 3, 4]))
