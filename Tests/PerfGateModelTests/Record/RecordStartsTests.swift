import Foundation
import PerfGateStatistics
import PerfGateTestSupport
import Testing

import PerfGateModel

@testable import PerfGate

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

  private static func joined(
    _ first: [Record], confirmation: [Record] = []
  ) -> JoinedStarts {
    var joined = JoinedStarts(first[0])
    for start in first { joined.add(start) }
    for start in confirmation { joined.add(start, as: .confirmation) }
    return joined
  }

  @Test func eachStartIsOneRound() throws {
    let starts = try Self.starts([1.0, 1.01, 0.99, 1.0, 1.02, 0.98, 1.0, 1.01])
    let record = Self.joined(starts).record(planned: 8)
    let claim = try #require(record.claims.first)
    #expect(claim.verdict == .holds && claim.rounds == 8 && claim.starts == 8)
    // The spread is that of starts: within each it is a fifth of that.
    let interval = try #require(claim.interval)
    #expect(interval[0] < 0.985 && interval[1] > 1.015, "\(interval)")
    for series in record.series where series.kernel == VirtualRun.kernel {
      #expect(series.starts == 8 && Set(series.rounds) == Set(0..<8))
      #expect(series.seconds.count >= 64 && series.pairs?.count == series.seconds.count)
    }
    #expect(Self.joined(starts).suspects(planned: 8).isEmpty)
  }

  @Test func itCanBeReadAndJudgedAgain() throws {
    let record = Self.joined(
      try Self.starts(Array(repeating: 1.13, count: 8)),
      confirmation: try Self.starts(Array(repeating: 1.13, count: 8), seed: 2)
    ).record(planned: 8)
    let again = try Record.decode(Data(try record.json().utf8))
    #expect(again == record)
    #expect(Judge.results(again) == record.claims)
  }

  @Test func aViolationIsConfirmedByFurtherStarts() throws {
    let first = try Self.starts(Array(repeating: 1.13, count: 8))
    let suspected = Self.joined(first)
    #expect(suspected.suspects(planned: 8) == ["made.ratio"])
    #expect(suspected.record(planned: 8).claims[0].verdict.word == .inconclusive)
    let slow = try Self.starts(Array(repeating: 1.13, count: 8), seed: 2)
    let both = Self.joined(first, confirmation: slow)
    let confirmed = both.record(planned: 8)
    #expect(confirmed.claims[0].verdict == .violated)
    #expect(confirmed.claims[0].confirmationRounds == 8 && confirmed.claims[0].starts == 16)
    #expect(both.suspects(planned: 8).isEmpty)
    let fast = try Self.starts(Array(repeating: 1.0, count: 8), seed: 3)
    let refuted = Self.joined(first, confirmation: fast)
    #expect(refuted.record(planned: 8).claims[0].verdict.word == .inconclusive)
    #expect(refuted.suspects(planned: 8).isEmpty)
  }

  /// A launcher may get other nodes for each start: times of other hardware are not mixed into one verdict.
  @Test func aStartOnAnotherMachineIsLeftOut() throws {
    var starts = try Self.starts(Array(repeating: 1.0, count: 9))
    starts[3] = try Self.starts([3.0], seed: 9)[0]
    starts[3].machine.key = "another-2c-1n"
    let record = Self.joined(starts).record(planned: 9)
    #expect(record.claims[0].verdict == .holds && record.claims[0].rounds == 8)
    // What it cannot prove is not proven all the same.
    var unproven = starts
    unproven[3].unproven = [
      Record.UnprovenVariant(
        Unproven(kernel: VirtualRun.kernel, variant: "new", reason: .told("it returned 1")))
    ]
    #expect(Self.joined(unproven).record(planned: 9).claims[0].isUnproven)
    #expect(record.series.allSatisfy { !$0.rounds.contains(3) })
    let notes = record.notes.filter { $0.code == JoinedStarts.otherMachine }
    #expect(
      notes.count == 1 && notes[0].text.hasPrefix("start 4 ran on other CPUs, another-2c-1n, than"))
    #expect(try Record.decode(Data(try record.json().utf8)) == record)
  }

  @Test func fewerStartsThanALookDecideNothing() throws {
    let record = Self.joined(try Self.starts(Array(repeating: 1.0, count: 7))).record(planned: 7)
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
      var joined = Self.joined(first)
      if !joined.suspects(planned: 16).isEmpty {
        joined = Self.joined(
          first,
          confirmation: try Self.starts((0..<16).map { _ in start() }, seed: UInt64(run + 100)))
      }
      let record = joined.record(planned: 16)
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

  /// Each start finds an amount of its own, which is in the names of its series and plans.
  private static func withAmounts(_ starts: [Record], from size: Int) -> [Record] {
    var starts = starts
    for start in starts.indices {
      // The virtual machine's times do not depend on the size.
      let times = size + start
      func amount(_ key: SeriesKey) -> SeriesKey {
        var key = key
        key.amount = .init(size: 100 * times, tasks: 50)
        return key
      }
      for index in starts[start].series.indices {
        starts[start].series[index].size = 100 * times
        starts[start].series[index].tasks = 50
        starts[start].series[index].seconds = starts[start].series[index].seconds.map {
          $0 * Double(times)
        }
        starts[start].series[index].key = amount(starts[start].series[index].key)
      }
      for index in starts[start].claimPlans.indices {
        let plan = starts[start].claimPlans[index]
        starts[start].claimPlans[index].subject = plan.subject.map(amount)
        starts[start].claimPlans[index].reference = plan.reference.map(amount)
      }
      for index in starts[start].stages.indices {
        for place in starts[start].stages[index].discards.indices {
          starts[start].stages[index].discards[place].series = amount(
            starts[start].stages[index].discards[place].series)
        }
      }
    }
    return starts
  }

  @Test func aStartMayFindAnotherAmountOfWork() throws {
    let slow = Array(repeating: 1.13, count: 8)
    let first = Self.withAmounts(try Self.starts(slow), from: 1)
    let further = Self.withAmounts(try Self.starts(slow, seed: 2), from: 9)
    let record = Self.joined(first, confirmation: further).record(planned: 8)
    #expect(record.claims[0].verdict == .violated && record.claims[0].confirmationRounds == 8)
    let own = record.series.filter { $0.kernel == VirtualRun.kernel }
    #expect(own.count == 4 && own.allSatisfy { $0.starts == 8 && $0.size == 100 })
    for series in own {
      let middles = try (0..<8).map { start in
        try #require(median(zip(series.rounds, series.seconds).filter { $0.0 == start }.map(\.1)))
      }
      #expect(middles.allSatisfy { abs($0 / middles[0] - 1) < 0.3 }, "\(middles)")
    }
  }

  /// A round that was mostly dropped shows nothing, and so does such a start.
  @Test func aStartThatWasMostlyDroppedIsLost() throws {
    var starts = try Self.starts(Array(repeating: 1.0, count: 9))
    for index in starts[2].series.indices {
      let key = starts[2].series[index].key
      let group = starts[2].series[index].group
      let stage = try #require(starts[2].stages.firstIndex { $0.group == group })
      starts[2].series[index].discarded += 9
      starts[2].stages[stage].discards += (20..<29).map {
        Discard(round: $0, series: key, causes: [DropCause(kind: "steal", text: "stolen")])
      }
    }
    let record = Self.joined(starts).record(planned: 9)
    let series = try #require(record.series.first { $0.variant == "new" })
    #expect(series.starts == 8 && !series.rounds.contains(2) && series.discarded == 9)
    #expect(record.claims[0].verdict == .holds && record.claims[0].discarded > 0)
  }

  /// A table has the rows of all starts, each made of all of them.
  @Test func tablesAreOfAllStarts() throws {
    var starts = try Self.starts([1, 1, 1, 1, 1.3, 1.3, 1.3, 1.3])
    for index in starts.indices {
      let series = starts[index].series.filter { $0.kernel == VirtualRun.kernel }
      let tables = Tables(starts[index])
      let new = try #require(series.first { $0.variant == "new" })
      let old = try #require(series.first { $0.variant == "old" })
      // The first start lacks it.
      if index > 0 {
        starts[index].comparisons = [try #require(tables.comparison(of: new, to: old))]
      }
      starts[index].scaling = [try #require(tables.curve(series.filter { $0.variant == "new" }))]
    }
    let record = Self.joined(starts).record(planned: 8)
    #expect(record.comparisons.count == 1 && record.comparisons[0].rounds == 8)
    #expect(abs(record.comparisons[0].ratio - 1.15) < 0.05)
    let curve = try #require(record.scaling.first)
    let all = try #require(record.series.first { $0.variant == "new" })
    #expect(record.scaling.count == 1 && curve.points[0].seconds == median(all.seconds))
    // And no rows of what is not proven.
    starts[7].unproven = [
      Record.UnprovenVariant(
        Unproven(kernel: VirtualRun.kernel, variant: "new", reason: .slept(share: 0.5)))
    ]
    let without = Self.joined(starts).record(planned: 8)
    #expect(without.comparisons.isEmpty && without.scaling.isEmpty)
    #expect(without.unproven[0].reason.hasPrefix("in start 8: "))
  }

  /// A start to confirm a claim says nothing about others.
  @Test func aConfirmingStartRefusesNothing() throws {
    let first = try Self.starts(Array(repeating: 1.0, count: 8))
    var further = try Self.starts([1.0], seed: 2)
    further[0].claimPlans[0].refusal = .emptyCall("new", times: 1)
    further[0].notes = [Record.Note(code: "busy", text: "busy")]
    let record = Self.joined(first, confirmation: further).record(planned: 8)
    #expect(record.claims[0].verdict == .holds && !record.notes.contains { $0.code == "busy" })
  }

  @Test func theOrderOfArmsDiffersBetweenStarts() throws {
    let orders = [0, 1, 2].map { start in
      let machine = VirtualMachine(noise: nil, seed: 1) { _ in 0.1 }
      let session = Session(
        record: VirtualRun.emptyRecord(seed: 1), runner: machine, clock: machine, probe: machine)
      session.start = start
      return session.orderSeed
    }
    #expect(Set(orders).count == 3 && orders[0] == 1)
  }

  @Test func whatOneStartCannotProveNoneDoes() throws {
    var starts = try Self.starts([1, 1, 1, 1, 1, 1, 1, 1])
    starts[5].unproven = [
      Record.UnprovenVariant(
        Unproven(kernel: VirtualRun.kernel, variant: "new", reason: .slept(share: 0.5)))
    ]
    let record = Self.joined(starts).record(planned: 8)
    #expect(record.claims[0].isUnproven)
    #expect(!record.series.contains { $0.variant == "new" })
  }

  @Test func whatOneStartRefusesIsRefused() throws {
    var starts = try Self.starts([1, 1, 1, 1, 1, 1, 1, 1])
    starts[3].claimPlans[0].refusal = .emptyCall("new", times: 1)
    let record = Self.joined(starts).record(planned: 8)
    #expect(record.claims[0].verdict == .notCheckable(.emptyCall("new", times: 1)))
  }

  @Test func anUnfinishedStartMakesItUnfinished() throws {
    var starts = try Self.starts([1, 1])
    starts[1].complete = false
    #expect(!Self.joined(starts).record(planned: 2).complete)
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
