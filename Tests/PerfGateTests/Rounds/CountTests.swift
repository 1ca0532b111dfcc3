import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Claims about counts with made-up counts: how many starts, which of them decides, and what is told.
@Suite(.uninstrumented) struct CountTests {
  private func claim(
    _ counter: Counter = .allocations, atMost most: some CountLimit = 3, id: String = "counted"
  ) throws -> Claim {
    let kind: Claim.Kind =
      switch counter {
      case .allocations: .allocations(variant: "new", size: 1000, atMost: most)
      case .allocatedBytes: .allocatedBytes(variant: "new", size: 1000, atMost: most)
      case .retains: .retains(variant: "new", size: 1000, atMost: most)
      case .instructions: .instructions(variant: "new", size: 1000, atMost: most)
      case .valgrindInstructions:
        .instructions(variant: "new", size: 1000, atMost: most, by: .valgrind)
      }
    return try Claim(id: id, text: "counted", kernel: VirtualRun.kernel, kind)
  }

  /// A run in which a call of each start allocates between so many times.
  private func run(
    _ claims: [Claim], starts: Bool = true, startSeconds: Double = 0.1,
    _ counts: @escaping (_ start: Int) -> ClosedRange<Int>
  ) -> VirtualRun.Outcome {
    var run = VirtualRun(claims: claims, seed: 1)
    run.budget = 2
    return run.run { machine in
      machine.startSeconds = starts ? startSeconds : nil
      var start = 0
      machine.counts = { _ in
        defer { start += 1 }
        func all(_ count: Int) -> CallCounts {
          CallCounts(
            allocations: count, allocatedBytes: 100 * count, retains: 2 * count, releases: count)
        }
        let range = counts(start)
        return StartCounts(calls: 10, least: all(range.lowerBound), most: all(range.upperBound))
      }
    }
  }

  @Test func twoStartsThatAgreeDecide() throws {
    for (limit, verdict) in [(3, Verdict.holds), (4, .holds), (2, .violated), (0, .violated)] {
      let outcome = run([try claim(atMost: limit)]) { _ in 3...3 }
      let result = outcome.result
      #expect(result.verdict == verdict && result.rounds == 2 && result.starts == 2)
      #expect(result.estimate == 3 && result.interval == [3, 3])
      #expect(result.discarded == 0 && result.confirmationRounds == 0)
      // Nothing had to be quiet or timed.
      #expect(
        outcome.record.series.map(\.id) == ["made.up/new/sp/1@counts counted@1000x10"])
      let again = try Record.decode(Data(outcome.record.json().utf8))
      #expect(again == outcome.record && Judge.results(again) == outcome.results)
    }
  }

  /// Caches, seeds of hashes: the largest of eight starts decides, and the spread is told.
  @Test func theLargestDecidesWhereCallsDiffer() throws {
    let outcome = run([try claim(atMost: 5)]) { _ in 3...5 }
    #expect(outcome.result.verdict == .holds && outcome.result.rounds == 8)
    let message = ClaimText.message(outcome.result, in: outcome.record)
    #expect(
      message.contains("3 to 5 allocations a call, claimed ≤ 5, 8 fresh starts"), "\(message)")
    // Calls agree in each start, and starts do not.
    let later = run([try claim(atMost: 4)]) { $0 == 5 ? 5...5 : 4...4 }
    #expect(later.result.verdict == .holds)
    let second = run([try claim(atMost: 4)]) { $0 == 1 ? 5...5 : 4...4 }
    #expect(second.result.verdict == .violated && second.result.rounds == 8)
    #expect(second.result.interval == [4, 5])
  }

  @Test func eachCounterHasItsNumber() throws {
    let claims = [
      try claim(.allocations, atMost: 3, id: "a"), try claim(.allocatedBytes, atMost: 299, id: "b"),
      try claim(.retains, atMost: 6, id: "c"),
    ]
    let outcome = run(claims) { _ in 3...3 }
    #expect(outcome.results.map(\.verdict) == [.holds, .violated, .holds])
    #expect(outcome.results.map(\.estimate) == [3, 300, 6])
    let one = run([try claim(atMost: 1)]) { _ in 1...1 }
    #expect(ClaimText.message(one.result, in: one.record).hasPrefix("1 allocation a call, claimed"))
    let text = ClaimText.message(outcome.results[1], in: outcome.record)
    #expect(text.contains("300 bytes allocated a call, claimed ≤ 299, 2 fresh starts"), "\(text)")
  }

  /// Starts that take long end after the budget; what was seen until then counts.
  @Test func theBudgetIsABound() throws {
    let slow = run([try claim(atMost: 5)], startSeconds: 3) { _ in 3...5 }
    #expect(slow.result.verdict.word == .inconclusive && slow.result.rounds < 8)
    // Eight would have decided.
    let message = ClaimText.message(slow.result, in: slow.record)
    #expect(!message.contains("no number of rounds") && message.contains("8"), "\(message)")
    let above = run([try claim(atMost: 4)], startSeconds: 3) { _ in 3...5 }
    #expect(above.result.verdict == .violated)
  }

  @Test func withoutStartsNothingIsCounted() throws {
    let result = run([try claim()], starts: false) { _ in 3...3 }.result
    #expect(
      ClaimText.verdict(result).hasPrefix(
        "not checkable: memory and counts are those of new processes: this run starts none"))
  }

  /// A record that claims to have counted without numbers has no verdict.
  @Test func withoutNumbersThereIsNoVerdict() throws {
    var record = run([try claim()]) { _ in 3...3 }.record
    record.series[0].counts = nil
    #expect(try #require(Judge.results(record).first).verdict == .notCheckable(.noRounds))
    record.series[0].counts = []
    #expect(try #require(Judge.results(record).first).verdict == .notCheckable(.noRounds))
  }

  @Test func wrongLimitsAreNoClaims() throws {
    for kind in [
      Claim.Kind.allocations(variant: "new", atMost: -1),
      .allocatedBytes(variant: "new", size: -1, atMost: 1),
      .retains(variant: "new", atMost: Int.max),
      .instructions(variant: "new", atMost: -1),
      .allocations(variant: "new", atMost: .stored(worseByAtMost: 1.5)),
      .allocations(variant: "new", atMost: .stored(worseByAtMost: -0.1)),
    ] {
      #expect(throws: ClaimError.self) {
        try Claim(id: "x", text: "x", kernel: VirtualRun.kernel, kind)
      }
    }
  }

  /// What runs elsewhere is not counted.
  @Test func codeElsewhereIsRefused() throws {
    let other = AnyKernel(name: "made.up", code: [("work", true, TaskCode { _ in 0 })])
      .adding([AnyKernel.VariantInfo("go", peer: .init(program: "go", executor: "channel"))])
    let claim = try Claim(
      id: "other", text: "other", kernel: "made.up", .allocations(variant: "go", atMost: 1))
    let refusal = claim.refusalBeforeBaselines(
      catalog: try Catalog(closures: other), options: GateOptions(allowedWorkers: 1, quota: nil))
    #expect(refusal == .notCounted(.elsewhere("go")) && refusal?.cause == .mistake)
  }

  /// Why the processor's counter cannot be had, and what would make it so.
  @Test(arguments: [
    (Reason.CounterRefusal.forbidden(paranoid: 3), "sysctl kernel.perf_event_paranoid=2"),
    (.forbidden(paranoid: 2), "--cap-add=PERFMON"), (.forbidden(paranoid: nil), "PERFMON"),
    (.noPerfEvents, "the kernel has no perf_event_open"), (.taken, "end them"),
    (.noCounter(error: 2), "give the guest a PMU"),
  ])
  func aMissingCounterIsTold(refusal: Reason.CounterRefusal, help: String) {
    let reason = Reason.notCounted(.noInstructionCounter(refusal))
    let text = ReasonText.sentence(reason)
    #expect(text.contains(help) && text.hasSuffix("or count under valgrind (by: .valgrind)"))
    #expect(reason.cause == .hardware)
  }

  #if os(Linux) && arch(x86_64)
    @Test func missingProgramsAreTold() throws {
      let folder = try TemporaryFolder()
      func why() -> String? {
        do throws(ValgrindError) { _ = try Valgrind.found(["PATH": folder.root]) } catch {
          return error.why
        }
        return nil
      }
      func install(_ name: String) throws {
        let path = folder.path(name)
        try Data("#!/bin/sh\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      }
      #expect(why() == "valgrind is not installed: apt-get install valgrind")
      try install("valgrind")
      #expect(why() == "setarch is not installed: apt-get install util-linux")
      try install("setarch")
      #expect(why() == nil)
    }
  #endif

  /// A sanitizer has an allocator of its own.
  @Test func sanitizersAreTold() throws {
    var options = GateOptions(allowedWorkers: 1, quota: nil)
    options.instrumentation = "the thread sanitizer"
    let kernel = AnyKernel(name: "made.up", code: [("work", true, TaskCode { _ in 0 })])
    let claim = try Claim(
      id: "x", text: "x", kernel: "made.up", .allocations(variant: "work", atMost: 1))
    #expect(
      claim.refusalBeforeBaselines(catalog: try Catalog(closures: kernel), options: options)
        == .instrumented("the thread sanitizer"))
  }
}
