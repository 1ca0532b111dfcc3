import Foundation
import PerfGate
import PerfGateReport
import PerfGateMachine
import PerfGateTestSupport
import Testing

/// Planted kernels through the real engine. Where the machine is disturbed a verdict may be missing,
/// but never wrong; what is asserted of decided ones is also asserted in virtual time, exactly.
@Suite(.serialized, .engine) struct RealGateTests {
  /// Whether two workers can have a core each.
  static var hasTwoCores: Bool { (try? RealRun.machine().allowed.workers >= 2) ?? false }

  static func isDecided(_ result: ClaimResult) -> Bool {
    result.verdict == .holds || result.verdict == .violated
  }

  @Test func aProgramIsNoSlowerThanItself() throws {
    let result = try RealRun.judged([.real("plain", "b", to: "a", atMost: 1.05)], workers: 1)[0]
    #expect(result.verdict != .violated)
    if Self.isDecided(result) {
      #expect((8...40).contains(result.rounds))
      #expect((0.9...1.05).contains(try #require(result.estimate)))
    }
  }

  @Test func tenPercentSlowerIsViolated() throws {
    let result = try RealRun.judged([.real("plain", "slower", to: "a", atMost: 1.05)], workers: 1)[
      0]
    #expect(result.verdict != .holds)
    if Self.isDecided(result) {
      #expect((1.05...1.3).contains(try #require(result.estimate)))
      #expect(result.confirmationRounds >= 8)
    }
  }

  @Test(.enabled(if: hasTwoCores, "two workers need two cores"))
  func aKernelBehindOneMutexDoesNotScale() throws {
    let results = try RealRun.judged(
      [.real("locked", "locked", speedup: 1.5), .real("locked", "free", speedup: 1.5)], workers: 2)
    #expect(results[0].verdict != .holds)
    #expect(results[1].verdict != .violated)
    if results[0].verdict == .violated {
      #expect((0.85...1.3).contains(try #require(results[0].karpFlatt)))
      #expect(try #require(results[0].ceiling) > 1.5)
    }
  }

  @Test(.enabled(if: hasTwoCores, "two workers need two cores")) func falseSharingOfResultsIsSeen()
    throws
  {
    let results = try RealRun.judged(
      [
        .real("counting", "shared", speedup: 1.5), .real("counting", "padded", speedup: 1.5),
        .real("counting", "shared", to: "padded", atMost: 1.25, workers: 2),
      ], workers: 2)
    #expect(results[0].verdict != .holds)
    #expect(results[1].verdict != .violated)
    #expect(results[2].verdict != .holds)
    if results[2].verdict == .violated { #expect(try #require(results[2].estimate) > 1.25) }
  }

  /// Sleep scales perfectly, and is no work.
  @Test(arguments: ["sleeps", "discards"]) func whatDoesNotWorkIsNotProven(variant: String) throws {
    let result = try RealRun.judged(
      [.real("plain", variant, to: "a", atMost: 1.05)], workers: 1)[0]
    #expect(result.verdict.word == .notCheckable)
    #expect(try #require(result.sentence).hasPrefix("work not proven: \(variant): "))
    #expect(result.estimate == nil && result.rounds == 0)
  }

  /// One task in a thousand: the proof's few tasks are all right, the first rounds are not. Its times
  /// are gone, and the claims about other variants are judged as if it had not been there.
  @Test func oneWrongTaskInAThousandTakesItsVariantOut() throws {
    let record = try RealRun.record(
      [
        .real("plain", "wrong.late", to: "a", atMost: 1.05, tasks: 2000),
        .real("plain", "b", to: "a", atMost: 1.05, tasks: 2000),
      ], workers: 1)
    let (wrong, good) = (record.claims[0], record.claims[1])
    #expect(wrong.verdict.word == .notCheckable)
    let reason = try #require(wrong.sentence)
    #expect(reason.hasPrefix("work not proven: wrong.late: task "))
    #expect(reason.contains("999 returned 0x"))
    #expect(record.unproven.map(\.variant) == ["wrong.late"])
    #expect(!record.series.contains { $0.variant == "wrong.late" })
    #expect(good.verdict != .violated)
    #expect(good.rounds + good.discarded > 0)
    #expect(Judge.results(try Record.decode(Data(try record.json().utf8))) == record.claims)
  }

  /// A second in a round of 25 ms: whatever becomes of that round, it is no verdict.
  @Test func aStallIsDiscardedOrAbsorbed() throws {
    let record = try RealRun.record(
      [.real("plain", "stalls", to: "a", atMost: 1.05)], workers: 1
    ) { _ in
    } prepare: { session in
      session.progress = { step in
        if case .judging(_, 3, _, _, _) = step { Plain.stall.store(1, ordering: .relaxed) }
      }
    }
    let result = record.claims[0]
    #expect(result.verdict != .violated)
    #expect(Plain.stall.load(ordering: .relaxed) == 0)
    let slow = record.series.flatMap(\.seconds).filter { $0 > 1 }.count
    #expect(slow <= 1)
    if slow == 0 { #expect(result.discarded > 0 || !Self.isDecided(result)) }
  }

  @Test func anUnoptimizedKernelIsNotCheckable() throws {
    let result = try RealRun.judged(
      [.real("plain", "unoptimized", to: "a", atMost: 1.05)], workers: 1)[0]
    #expect(result.verdict.word == .notCheckable)
    #expect(
      result.sentence
        == "work not proven: unoptimized: built without optimization: build it with -O (C: -O2), "
        + "or in release configuration")
  }

  @Test(arguments: ["ThreadSanitizer", "AddressSanitizer", "coverage"])
  func anInstrumentedBuildIsNotCheckable(name: String) throws {
    let results = try RealRun.judged(
      [.real("plain", "b", to: "a", atMost: 1.05), .real("plain", "b", speedup: 1.5)], workers: 1
    ) {
      $0.instrumentation = name
      $0.allowedWorkers = 2
    }
    #expect(results.map(\.verdict.word) == [.notCheckable, .notCheckable])
    #expect(results.allSatisfy { $0.sentence == "built with \(name); build without it" })
  }

  /// Fewer workers than claimed are said at once, with the numbers.
  @Test(arguments: [
    (2, nil, "needs 5 cores, 2 allowed"), (4, "4 cpus", "needs 5 cores, 4 allowed (quota 4 cpus)"),
  ])
  func tooFewCoresAreNotCheckable(allowed: Int, quota: String?, says: String) throws {
    let results = try RealRun.judged(
      [
        try Claim(
          id: "s", text: "", kernel: "plain", .speedup(variant: "a", workers: 5, atLeast: 4.5))
      ],
      workers: 1
    ) {
      $0.allowedWorkers = allowed
      $0.quota = quota
    }
    #expect(results.map(\.verdict.word) == [.notCheckable])
    #expect(results[0].sentence == says)
    #expect(results[0].workers == 5)
  }

  /// Names that nobody knows are told, not passed over.
  @Test func unknownNamesAreNotCheckable() throws {
    let results = try RealRun.judged(
      [
        .real("plane", "b", to: "a", atMost: 1.05), .real("plain", "c", to: "a", atMost: 1.05),
        .real("plain", "b", to: "a", atMost: 1.05), .real("plain", "b", to: "a", atMost: 1.5),
      ], workers: 1
    ) { $0.instrumentation = "nothing that may be measured" }
    #expect(
      results.map(\.sentence) == [
        "there is no kernel plane: expected plain, locked, counting",
        "kernel plain has no variant c: expected a, b, slower, unoptimized, discards, sleeps, "
          + "wrong.late, stalls",
        "built with nothing that may be measured; build without it",
        "another claim is called plain.b; rename one",
      ])
    #expect(Set(results.map(\.id)).count == 4)
  }

  /// A neighbor on the worker's own CPU for the whole time: where workers may have priority over it,
  /// the verdicts are right, and elsewhere there is none.
  @Test(.enabled(if: installed("taskset") != nil, "taskset is not installed"))
  func aBusyNeighborIsNoWrongVerdict() throws {
    let machine = try RealRun.machine()
    let cpu = try #require(machine.allowed.cpus.first { _ in true })
    let neighbor = Process()
    neighbor.executableURL = URL(fileURLWithPath: try #require(installed("taskset")))
    // It ends by itself, should the test die before it can end it.
    let loop = "i=0; while [ $i -lt 900000000 ]; do i=$((i+1)); done"
    neighbor.arguments = ["-c", "\(cpu)", "sh", "-c", loop]
    try neighbor.run()
    defer {
      // Threads of a test may block SIGTERM, and what they start inherits that.
      kill(neighbor.processIdentifier, SIGKILL)
      neighbor.waitUntilExit()
    }
    let record = try RealRun.record(
      [
        .real("plain", "b", to: "a", atMost: 1.05), .real("plain", "slower", to: "a", atMost: 1.02),
      ],
      workers: 1
    ) {
      $0.quietSeconds = 0.5
      $0.budget = 20
    }
    #expect(record.plan.cpus == [cpu])
    for (result, right) in zip(record.claims, [Verdict.holds, .violated]) {
      let isOpen = result.verdict.word == .notCheckable || result.verdict.word == .inconclusive
      #expect(result.verdict == right || isOpen && result.discarded > 0, "\(result.verdict)")
    }
    #expect(record.notes.contains { $0.code == "busy" })
  }
}
