import Foundation
import PerfGate
import PerfGateReport
import PerfGateStatistics
import PerfGateTestSupport
import Testing

/// Rounds that are processes of their own, on a virtual machine.
@Suite struct FreshStartTests {
  /// A run whose processes differ: each draws how much faster the subject is in it.
  static func run(
    truth: Double, spread: Double, seed: UInt64, starts: Bool = true, startSeconds: Double = 0.02
  ) throws -> VirtualRun.Outcome {
    var run = VirtualRun(
      claims: [try .ratio()], truth: ["new/1": 0.1 * truth],
      noise: NoiseModel.Shape(spikeShare: 0...0).with(sigma: 0.02 / 2.0.squareRoot()), seed: seed)
    run.budget = 20
    return run.run { machine in
      machine.startSeconds = starts ? startSeconds : nil
      var (drawn, factor) = (-1, 1.0)
      machine.startFactor = { arm, start in
        if start != drawn {
          var random = SplitMix64(seed: seed &* 31, stream: start)
          let radius = (-2 * log(1 - random.nextUnit())).squareRoot()
          (drawn, factor) = (start, exp(spread * radius * cos(2 * .pi * random.nextUnit())))
        }
        return arm.variant == "new" ? factor : 1
      }
    }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var truth: Double
    var spread: Double
    var starts = true
    var holds: ClosedRange<Int>
    var violated: ClosedRange<Int>
    static let repetitions = 400
    var testDescription: String { "\(truth), spread \(spread), starts \(starts)" }
  }

  static let rows = [
    Row(truth: 1, spread: 0.03, holds: 396...400, violated: 0...0),
    Row(truth: 1, spread: 0.05, holds: 388...400, violated: 0...0),
    Row(truth: 1.1, spread: 0.03, holds: 0...0, violated: 396...400),
    Row(truth: 1.1, spread: 0.05, holds: 0...0, violated: 364...400),
    Row(truth: 1, spread: 0, holds: 398...400, violated: 0...0),
    // The planted fault: all rounds in one process. One in eight is a false alarm.
    Row(truth: 1, spread: 0.05, starts: false, holds: 0...340, violated: 30...80),
    Row(truth: 1.1, spread: 0.05, starts: false, holds: 35...80, violated: 0...340),
  ]

  @Test(arguments: rows) func errors(_ row: Row) throws {
    var counts: [Verdict.Word: Int] = [:]
    var starts: Set<Int?> = []
    for repetition in 0..<Row.repetitions {
      let result = try Self.run(
        truth: row.truth, spread: row.spread, seed: UInt64(repetition), starts: row.starts
      ).result
      counts[result.verdict.word, default: 0] += 1
      starts.insert(
        result.starts == result.rounds + result.confirmationRounds ? nil : result.starts)
    }
    #expect(row.holds.contains(counts[.holds] ?? 0), "\(counts)")
    #expect(row.violated.contains(counts[.violated] ?? 0), "\(counts)")
    #expect(starts == (row.starts ? [nil] : [1]))
  }

  /// The record tells of the starts, and is judged again to the same.
  @Test func recorded() throws {
    let outcome = try Self.run(truth: 1, spread: 0.02, seed: 3)
    let stage = try #require(outcome.record.stages.first)
    #expect(stage.starts == stage.rounds && stage.pairs == nil)
    for series in outcome.record.series {
      #expect(series.starts == series.rounds.count && series.pairs == nil)
    }
    // A warm-up, and a start for each round.
    #expect(outcome.machine.starts == stage.rounds + 1)
    let again = try Record.decode(Data(try outcome.record.json().utf8))
    #expect(Judge.results(again) == outcome.results)
  }

  /// Where a start costs more than its pair, a round has more pairs, if there is time.
  @Test func moreEfficientWhereStartsAreExpensive() throws {
    let outcome = try Self.run(truth: 1, spread: 0.02, seed: 3, startSeconds: 0.25)
    let stage = try #require(outcome.record.stages.first)
    #expect(stage.pairs == nil)
    var run = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.1])
    run.budget = 60
    let slow = run.run { $0.startSeconds = 0.7 }
    #expect(slow.record.stages[0].pairs == 3)
    #expect(slow.result.starts == slow.result.rounds)
    let series = try #require(slow.record.series.first)
    #expect(series.seconds.count == 3 * slow.record.stages[0].rounds)
    #expect(series.starts == slow.record.stages[0].rounds)
    let again = try Record.decode(Data(try slow.record.json().utf8))
    #expect(Judge.results(again) == slow.results)
  }

  /// Where whole arms leave no time for 16 starts, a quarter of each is timed.
  @Test func armsGetShorterForMoreStarts() throws {
    var run = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.1], noise: nil)
    run.budget = 4
    let result = run.run { $0.startSeconds = 0.2 }
    #expect(result.result.verdict == .holds && result.result.starts == 8)
    #expect(result.record.stages[0].shortest == 4)
  }

  /// A confirmation times the same part of each arm as the rounds that it confirms.
  @Test func aConfirmationHasTheSameArms() throws {
    var run = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.13], noise: nil)
    run.budget = 4
    let outcome = run.run { $0.startSeconds = 0.2 }
    #expect(outcome.result.verdict == .violated)
    #expect(outcome.record.stages.map(\.shortest) == [4, 4])
    // Only the warm-up of each stage runs whole arms.
    let tasks = outcome.machine.executions.filter { $0.arm.variant == "old" }.map(\.arm.tasks)
    let whole = try #require(tasks.max())
    #expect(tasks.count { $0 == whole } == 2 && Set(tasks).count == 2)
  }

  /// Arms of a single task cannot be cut.
  @Test func armsThatCannotBeCutAreOneProcess() throws {
    let claim = try Claim(
      id: "one", text: "one task", kernel: VirtualRun.kernel,
      .ratio(subject: "new", reference: "old", atMost: 1.05, workers: 1), tasks: 1)
    var run = VirtualRun(claims: [claim], truth: ["new/1": 0.1], noise: nil)
    run.budget = 4
    let result = run.run { $0.startSeconds = 0.2 }
    #expect(result.result.starts == 1 && result.record.stages[0].shortest == nil)
  }

  /// A budget too small for 16 starts is used for rounds in one process, and the result says so.
  @Test func tooFewStartsAreOneProcess() throws {
    let outcome = try Self.run(truth: 1, spread: 0, seed: 3, startSeconds: 3)
    #expect(outcome.result.verdict == .holds && outcome.result.starts == 1)
    #expect(outcome.record.stages[0].starts == 1)
  }

  /// A disturbed pair is measured again in its own process: slow processes are not weeded out.
  @Test func disturbedPairsAreRepeatedInTheirProcess() throws {
    let run = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.1], noise: nil)
    var tries: [Int: Int] = [:]
    let outcome = run.run { machine in
      machine.startSeconds = 0.02
      machine.priorities = .max
      machine.event = { [unowned machine] arm, _ in
        guard arm.variant == "new" else { return .init() }
        tries[machine.starts, default: 0] += 1
        let cause = DropCause(kind: "runDelay", text: "it waited")
        return .init(causes: tries[machine.starts] == 1 ? [cause] : [])
      }
    }
    let result = outcome.result
    #expect(result.verdict == .holds && result.rounds == 8 && result.starts == 8)
    #expect(outcome.machine.starts == 9, "no further start was needed")
    #expect(result.discarded == 8)
    let series = try #require(outcome.record.series.first { $0.variant == "new" })
    #expect(series.pairs == Array(repeating: 1, count: 8))
    #expect(outcome.record.stages[0].shortest == nil)
  }

  /// Where priority is not allowed, arms get shorter until they fit between the disturbances.
  @Test func armsGetShorterWhileRoundsAreLost() throws {
    var run = VirtualRun(claims: [try .ratio()], truth: ["new/1": 0.1], noise: nil)
    run.budget = 40
    var (gone, tasks) = (0.0, Set<Int>())
    let outcome = run.run { machine in
      machine.startSeconds = 0.02
      // Somebody uses the CPU for a moment every 70 ms of arms.
      machine.event = { arm, round in
        guard round >= 1 else { return .init() }
        let seconds = 0.1 * Double(arm.tasks) / 50
        tasks.insert(arm.tasks)
        gone += seconds
        guard gone >= 0.07 else { return .init() }
        gone = 0
        return .init(factor: 1.5, causes: [DropCause(kind: "runDelay", text: "it waited")])
      }
    }
    let result = outcome.result
    #expect(result.verdict == .holds && result.estimate == 1, "\(result.estimate ?? 0)")
    #expect(outcome.record.stages[0].shortest == 64 && tasks == [50, 1])
    #expect(result.rounds <= 10 && result.discarded <= result.rounds)
    let again = try Record.decode(Data(try outcome.record.json().utf8))
    #expect(Judge.results(again) == outcome.results)
  }

  /// Sessions of one process and of many are not compared.
  @Test func kindsOfSessionsAreNotMixed() throws {
    let claim = try Claim(
      id: "made.time", text: "as fast as stored", kernel: VirtualRun.kernel,
      .baseline(.ratio(subject: "new", reference: "old"), worseByAtMost: 0.05))
    var run = VirtualRun(claims: [claim])
    run.stored = ["made.time": Array(repeating: 1, count: 6)]
    let fresh = run.run { $0.startSeconds = 0.02 }
    #expect(fresh.result.reason == Reason.otherKindOfSessions(6, isOfStarts: true))
    var baseline = Baseline(machine: Baseline.Machine(fresh.record.machine))
    for seed in 0..<6 {
      run.seed = UInt64(seed)
      let update = BaselineUpdate(selection: .all, commit: "abc")
      _ = update.apply(run.run { $0.startSeconds = 0.02 }.record, to: &baseline)
    }
    let entry = try #require(baseline.claims["made.time"])
    #expect(entry.current(isOfStarts: true).count == 6)
    #expect(entry.current(isOfStarts: false).isEmpty)
    #expect(try Baseline.decode(Data(try baseline.json().utf8)) == baseline)
  }
}
