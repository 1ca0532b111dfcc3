import Foundation
import PerfGate
import PerfGateReport
import PerfGateStatistics
import PerfGateTestSupport
import Testing

/// Claims that a count is not more than the stored one, with made-up counts.
@Suite(.uninstrumented) struct StoredCountTests {
  private func claim(
    _ limit: some CountLimit = .stored, size: Int = 1000, id: String = "counted"
  ) throws -> Claim {
    try Claim(
      id: id, text: "counted", kernel: VirtualRun.kernel,
      .allocations(variant: "new", size: size, atMost: limit))
  }

  /// A run whose starts allocate between so many times; each number of the last one that is given
  /// counts for all later ones.
  private func run(
    _ claims: [Claim], stored: ClosedRange<Int>?, isRecording: Bool = false,
    _ starts: [ClosedRange<Int>]
  ) -> VirtualRun.Outcome {
    var run = VirtualRun(claims: claims, seed: 1)
    run.budget = 2
    run.isRecording = isRecording
    if let stored { for claim in claims { run.storedCounts[claim.id] = stored } }
    return run.run { machine in
      machine.startSeconds = 0.1
      var start = 0
      machine.counts = { _ in
        defer { start += 1 }
        let range = starts[min(start, starts.count - 1)]
        return StartCounts(
          calls: 10, least: CallCounts(allocations: range.lowerBound),
          most: CallCounts(allocations: range.upperBound))
      }
    }
  }

  private func text(_ outcome: VirtualRun.Outcome) -> String {
    ClaimText.message(outcome.result, in: outcome.record)
  }

  @Test func asManyAsStoredHolds() throws {
    let same = run([try claim()], stored: 3...3, [3...3])
    #expect(same.result.verdict == .holds && same.result.rounds == 2 && same.result.limit == 3)
    #expect(
      text(same).contains(
        "3 allocations a call, claimed ≤ 3, 2 fresh starts; the limit was stored on 2026-01-02"),
      "\(text(same))")
    let fewer = run([try claim()], stored: 4...4, [3...3])
    #expect(fewer.result.verdict == .holds)
    #expect(text(fewer).contains("better than its baseline by 25.0 %"), "\(text(fewer))")
    #expect(run([try claim()], stored: 0...0, [0...0]).result.verdict == .holds)
  }

  /// One more is found, by as many starts as can differ.
  @Test func oneMoreIsAViolation() throws {
    let more = run([try claim()], stored: 3...3, [4...4])
    #expect(more.result.verdict == .violated && more.result.rounds == 8)
    #expect(run([try claim()], stored: 0...0, [1...1]).result.verdict == .violated)
    // The record is judged the same when it is read again.
    let again = try Record.decode(Data(more.record.json().utf8))
    #expect(again == more.record && Judge.results(again) == more.results)
  }

  @Test func aMarginIsAllowed() throws {
    let limit = StoredCount.stored(worseByAtMost: 0.1)
    #expect(run([try claim(limit)], stored: 100...100, [110...110]).result.verdict == .holds)
    #expect(run([try claim(limit)], stored: 100...100, [111...111]).result.verdict == .violated)
    // In binary a little less than 115.
    let more = StoredCount.stored(worseByAtMost: 0.15)
    #expect(run([try claim(more)], stored: 100...100, [115...115]).result.verdict == .holds)
    #expect(run([try claim(more)], stored: 100...100, [116...116]).result.verdict == .violated)
    // Not a whole one more.
    #expect(run([try claim(limit)], stored: 9...9, [10...10]).result.verdict == .violated)
  }

  /// Where calls differ, the largest of today may be larger than the stored one by luck.
  @Test func chanceIsNoViolation() throws {
    let luck = run([try claim()], stored: 3...5, [3...6, 3...5])
    #expect(luck.result.verdict == .inconclusive(.countsDiffer(least: 3, most: 6, stored: 5)))
    #expect(text(luck).contains("not all starts are above the stored 5"), "\(text(luck))")
    #expect(run([try claim()], stored: 3...5, [3...5]).result.verdict == .holds)
    #expect(run([try claim()], stored: 3...5, [4...6]).result.verdict == .violated)
  }

  /// Random counts of unchanged code: stored by eight starts, judged by eight. None of 1,000 is violated,
  /// and most are decided.
  @Test func unchangedCodeIsNotViolated() throws {
    var random = SplitMix64(seed: 5)
    func draw() -> ClosedRange<Int> {
      let calls = (0..<10).map { _ in 3 + Int(random.next() % 4) }
      return (calls.min() ?? 0)...(calls.max() ?? 0)
    }
    var verdicts: [Verdict.Word: Int] = [:]
    for _ in 0..<1000 {
      let sessions = (0..<8).map { _ in draw() }
      let stored =
        (sessions.map(\.lowerBound).min() ?? 0)...(sessions.map(\.upperBound).max() ?? 0)
      let outcome = run([try claim()], stored: stored, (0..<8).map { _ in draw() })
      verdicts[outcome.result.verdict.word, default: 0] += 1
    }
    #expect(verdicts[.violated] == nil && (verdicts[.holds] ?? 0) > 900, "\(verdicts)")
  }

  @Test func nothingStoredIsTold() throws {
    let first = run([try claim()], stored: nil, [3...3])
    #expect(first.result.cause == .baseline && first.result.rounds == 0)
    #expect(text(first).contains("claimed ≤ stored"), "\(text(first))")
    let recorded = run([try claim()], stored: nil, isRecording: true, [3...3])
    #expect(recorded.result.verdict == .notCheckable(.firstSession))
    // As many starts as can differ are stored.
    #expect(recorded.record.series.first?.counts?.count == 8)
  }

  /// Counts of another size are another quantity.
  @Test func anotherSizeIsAnotherQuantity() throws {
    var run = VirtualRun(claims: [try claim()], seed: 1)
    run.isRecording = false
    run.storedCounts["counted"] = 3...3
    let other = try claim(size: 2000)
    var options = GateOptions(allowedWorkers: 1, quota: nil)
    options.baselines = BaselineContext(
      key: "made-up-8c-1n", baseline: nil, configuration: "release", recordCommand: "record")
    let kernel = AnyKernel(name: VirtualRun.kernel, code: [("new", true, TaskCode { _ in 0 })])
    #expect(other.baselineRefusal(kernel, options: options)?.cause == .baseline)
  }

  // MARK: - Storing

  private func baseline(_ outcome: VirtualRun.Outcome) -> Baseline {
    Baseline(machine: Baseline.Machine(outcome.record.machine))
  }

  @Test func sessionsAreStoredAndRead() throws {
    let outcome = run([try claim()], stored: nil, isRecording: true, [0...0])
    var baseline = baseline(outcome)
    let update = BaselineUpdate(selection: .new, commit: "0123456789ab")
    #expect(BaselineUpdate.refusal(outcome.record) == nil)
    let outcomes = update.apply(outcome.record, to: &baseline)
    #expect(
      outcomes.map(\.outcome) == [.stored(sessions: 1, change: nil, beginsLevel: false)])
    let session = try #require(baseline.claims["counted"]?.sessions.first)
    #expect(session.median == 0 && session.interval == [0, 0] && session.starts == 8)
    let text = try baseline.json()
    #expect(try Baseline.decode(Data(text.utf8)) == baseline, "\(text)")
    let shown = BaselineReport.show(baseline, today: outcome.record).joined(separator: "\n")
    #expect(shown.contains("counted") && shown.contains("+0.0 %"), "\(shown)")
    // A count below 0, and one of a time of 0, are damage.
    for (old, new) in [("\"median\":0", "\"median\":-1"), ("\"counter\": \"allocations\",", "")] {
      #expect(throws: RecordError.self) {
        try Baseline.decode(Data(text.replacing(old, with: new).utf8))
      }
    }
  }

  @Test func aGainIsKeptAndALossIsAccepted() throws {
    func stored(
      _ selection: BaselineUpdate.Selection, _ count: Int
    ) throws -> BaselineUpdate.Outcome? {
      let outcome = run([try claim()], stored: 4...4, isRecording: true, [count...count])
      var baseline = baseline(outcome)
      return BaselineUpdate(selection: selection, commit: "")
        .apply(outcome.record, to: &baseline).first?.outcome
    }
    #expect(try stored(.better, 3) == .stored(sessions: 2, change: 0.75, beginsLevel: true))
    #expect(try stored(.better, 4) == .unselected)
    #expect(try stored(.better, 5) == .unselected)
    #expect(try stored(.worse, 5) == .stored(sessions: 2, change: 1.25, beginsLevel: true))
    #expect(try stored(.worse, 4) == .unselected)
    // That would be a way around the limit.
    #expect(try stored(.new, 5) == .unselected)
    #expect(try stored(.all, 4) == .stored(sessions: 2, change: 1, beginsLevel: false))
  }

  /// Another machine counts the same, so the last session of any of them is the limit; but of instructions
  /// each machine has its own.
  @Test func otherMachinesCountTheSame() throws {
    func machine(_ key: String, _ counts: ClosedRange<Int>, _ day: Int) -> Baseline {
      var baseline = Baseline(
        machine: Baseline.Machine(key: key, cpu: key, cores: 2, memoryNodes: 1))
      for counter in [Counter.allocations, .instructions] {
        var entry = Baseline.Entry(
          text: "x", quantity: "x", isHigherBetter: false, counter: counter)
        entry.add(.madeUp(counts, date: "2026-01-0\(day)T03:04:05Z"), pin: false)
        baseline.claims[counter.rawValue] = entry
      }
      return baseline
    }
    var context = BaselineContext(
      key: "own", baseline: machine("own", 4...4, 2), configuration: "release",
      elsewhere: [machine("other", 3...3, 5), machine("third", 9...9, 1)], recordCommand: "")
    func counted(_ counter: Counter) -> CountBaseline.Session? {
      context.counted(counter.rawValue, quantity: "x", counter: counter)
    }
    #expect(counted(.allocations)?.most == 3 && counted(.allocations)?.machine == "other")
    #expect(counted(.instructions)?.most == 4 && counted(.instructions)?.machine == "own")
    context.baseline = nil
    #expect(counted(.allocations)?.most == 3 && counted(.instructions) == nil)
    #expect(
      context.refusal("allocations", quantity: "x", counter: .allocations) == nil
        && context.refusal("instructions", quantity: "x", counter: .instructions) != nil)
    // A session of the same time: this machine's.
    context.baseline = machine("own", 7...7, 5)
    #expect(counted(.allocations)?.machine == "own")
  }
}
