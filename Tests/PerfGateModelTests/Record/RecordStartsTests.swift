import Foundation
import PerfGateStatistics
import PerfGateTestSupport
import Testing

import PerfGate
import PerfGateModel

/// Starts of the same run, joined so that each counts as one round.
@Suite struct RecordStartsTests {
  /// Starts of a run with one claim: `new` takes at most 1.05 times as long as `old`.
  ///
  /// - Parameter ratios: how much longer `new` truly takes in each start.
  private static func starts(_ ratios: [Double], seed: UInt64 = 1) throws -> [Record] {
    let claim = try Claim.ratio("made.ratio")
    return ratios.enumerated().map { index, ratio in
      var run = VirtualRun(claims: [claim], seed: seed &* 1000 &+ UInt64(index))
      run.truth = ["new/1": 0.1 * ratio]
      run.fixedRounds = SignBoundary.firstLook
      return run.run().record
    }
  }

  @Test func eachStartIsOneRound() throws {
    let starts = try Self.starts([1.0, 1.01, 0.99, 1.0, 1.02, 0.98, 1.0, 1.01])
    let record = Record.ofStarts(starts, planned: 8)
    let claim = try #require(record.claims.first)
    #expect(claim.verdict == .holds && claim.rounds == 8 && claim.starts == 8)
    // The spread is that of starts: within each it is a fifth of that.
    let interval = try #require(claim.interval)
    #expect(interval[0] < 0.985 && interval[1] > 1.015, "\(interval)")
    for series in record.series where series.kernel == VirtualRun.kernel {
      #expect(series.starts == 8 && Set(series.rounds) == Set(0..<8))
      #expect(series.seconds.count >= 64 && series.pairs?.count == series.seconds.count)
    }
    #expect(record.suspects.isEmpty)
  }

  @Test func itCanBeReadAndJudgedAgain() throws {
    let record = Record.ofStarts(
      try Self.starts(Array(repeating: 1.13, count: 8)),
      confirmation: try Self.starts(Array(repeating: 1.13, count: 8), seed: 2), planned: 8)
    let again = try Record.decode(Data(try record.json().utf8))
    #expect(again == record)
    #expect(Judge.results(again) == record.claims)
  }

  @Test func aViolationIsConfirmedByFurtherStarts() throws {
    let first = try Self.starts(Array(repeating: 1.13, count: 8))
    let suspected = Record.ofStarts(first, planned: 8)
    #expect(suspected.suspects == ["made.ratio"])
    #expect(suspected.claims[0].verdict.word == .inconclusive)
    let slow = try Self.starts(Array(repeating: 1.13, count: 8), seed: 2)
    let confirmed = Record.ofStarts(first, confirmation: slow, planned: 8)
    #expect(confirmed.claims[0].verdict == .violated)
    #expect(confirmed.claims[0].confirmationRounds == 8 && confirmed.claims[0].starts == 16)
    #expect(confirmed.suspects.isEmpty)
    let fast = try Self.starts(Array(repeating: 1.0, count: 8), seed: 3)
    let refuted = Record.ofStarts(first, confirmation: fast, planned: 8)
    #expect(refuted.claims[0].verdict.word == .inconclusive && refuted.suspects.isEmpty)
  }

  @Test func fewerStartsThanALookDecideNothing() throws {
    let record = Record.ofStarts(try Self.starts(Array(repeating: 1.0, count: 7)), planned: 7)
    #expect(record.claims[0].verdict.word == .inconclusive && record.claims[0].rounds == 7)
    #expect(record.claimPlans[0].maximumRounds == 8)
  }

  /// The truth is that `new` takes as long as `old`, in the median over starts, which differ by 6 %.
  @Test func startsThatDifferDoNotDeceive() throws {
    var wrong = (joined: 0, alone: 0)
    var decided = 0
    var normal = SplitMix64(seed: 11)
    func start() -> Double {
      let uniform = (0..<12).reduce(0.0) { sum, _ in
        sum + Double(normal.next() >> 11) * 0x1p-53
      }
      return 1 + 0.06 * (uniform - 6)
    }
    for run in 0..<40 {
      let first = try Self.starts((0..<16).map { _ in start() }, seed: UInt64(run + 1))
      var record = Record.ofStarts(first, planned: 16)
      if !record.suspects.isEmpty {
        record = Record.ofStarts(
          first,
          confirmation: try Self.starts((0..<16).map { _ in start() }, seed: UInt64(run + 100)),
          planned: 16)
      }
      if record.claims[0].verdict == .violated { wrong.joined += 1 }
      if record.claims[0].verdict == .holds { decided += 1 }
      // The same eight rounds, taken for rounds of the program instead of one of its starts.
      if Judge.results(first[0])[0].verdict.word != .holds { wrong.alone += 1 }
    }
    #expect(wrong.joined == 0)
    #expect(decided >= 15, "\(decided) of 40 decided")
    #expect(
      wrong.alone >= 5, "the starts must differ enough to deceive a verdict about one of them")
  }

  @Test func aStartMayFindAnotherAmountOfWork() throws {
    var starts = try Self.starts([1, 1, 1, 1, 1, 1, 1, 1])
    for start in starts.indices {
      for index in starts[start].series.indices {
        // The virtual machine's times do not depend on the size.
        starts[start].series[index].size = 1000
        guard start > 0 else { continue }
        starts[start].series[index].size *= 3
        starts[start].series[index].seconds = starts[start].series[index].seconds.map { $0 * 3 }
        let series = starts[start].series[index]
        starts[start].series[index].key.amount = .init(size: series.size, tasks: series.tasks)
      }
    }
    let record = Record.ofStarts(starts, planned: 8)
    let own = try #require(record.series.first { $0.kernel == VirtualRun.kernel })
    #expect(own.starts == 8 && own.key.amount == nil)
    let middles = try (0..<8).map { start in
      try #require(median(zip(own.rounds, own.seconds).filter { $0.0 == start }.map(\.1)))
    }
    #expect(middles.allSatisfy { abs($0 / middles[0] - 1) < 0.3 }, "\(middles)")
    #expect(record.claims[0].verdict == .holds)
  }

  @Test func whatOneStartCannotProveNoneDoes() throws {
    var starts = try Self.starts([1, 1, 1, 1, 1, 1, 1, 1])
    starts[5].unproven = [
      Record.UnprovenVariant(
        Unproven(kernel: VirtualRun.kernel, variant: "new", reason: .slept(share: 0.5)))
    ]
    let record = Record.ofStarts(starts, planned: 8)
    #expect(record.claims[0].isUnproven)
    #expect(!record.series.contains { $0.variant == "new" })
  }

  @Test func whatOneStartRefusesIsRefused() throws {
    var starts = try Self.starts([1, 1, 1, 1, 1, 1, 1, 1])
    starts[3].claimPlans[0].refusal = .emptyCall("new", times: 1)
    let record = Record.ofStarts(starts, planned: 8)
    #expect(record.claims[0].verdict == .notCheckable(.emptyCall("new", times: 1)))
  }

  @Test func anUnfinishedStartMakesItUnfinished() throws {
    var starts = try Self.starts([1, 1])
    starts[1].complete = false
    #expect(!Record.ofStarts(starts, planned: 2).complete)
  }

  @Test func oneOfSeveralMeasuresNoMoreAndNoLess() throws {
    for ratio in [1.0, 1.05, 1.5] {
      let record = try Self.starts([ratio])[0]
      let series = try #require(record.series.first { $0.variant == "new" })
      #expect(series.seconds.count == 8 && record.claimPlans[0].maximumRounds == 8)
      #expect(!record.stages.contains { $0.stage == .confirmation })
    }
  }
}
