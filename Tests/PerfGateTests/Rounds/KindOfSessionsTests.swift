import Foundation
import PerfGate
import PerfGateReport
import PerfGateTestSupport
import Testing

/// Stored sessions of one process, and rounds that are processes of their own, or the reverse: claims
/// that no round can decide are not measured.
@Suite struct KindOfSessionsTests {
  private static let id = "made.time"
  private static let reason = Reason.otherKindOfSessions(6, isOfStarts: true)

  /// Six sessions of one process are stored.
  private static func run(
    subject: String = "new", and others: [Claim] = [], isRecording: Bool = false
  ) throws -> VirtualRun {
    let claim = try Claim(
      id: id, text: "as fast as stored", kernel: VirtualRun.kernel,
      .baseline(.ratio(subject: subject, reference: "old"), worseByAtMost: 0.05))
    var run = VirtualRun(claims: [claim] + others)
    run.stored = [id: Array(repeating: 1, count: 6)]
    run.isRecording = isRecording
    return run
  }

  /// The stored record is judged to the same.
  private static func judgedAgain(_ outcome: VirtualRun.Outcome) throws -> [ClaimResult] {
    var record = outcome.record
    record.claims = outcome.live
    return Judge.results(try Record.decode(Data(try record.json().utf8)))
  }

  @Test func onlyTheWarmUpRuns() throws {
    let outcome = try Self.run().run { $0.startSeconds = 0.02 }
    #expect(outcome.result.reason == Self.reason && outcome.result.rounds == 0)
    #expect(outcome.machine.starts == 1 && outcome.machine.executions.count == 2)
    #expect(outcome.record.series.isEmpty && outcome.record.stages.map(\.rounds) == [0])
    #expect(try Self.judgedAgain(outcome) == outcome.live)
    #expect(outcome.live.map(\.verdict) == [.notCheckable(Self.reason)])
  }

  @Test func theReverseToo() throws {
    var run = try Self.run()
    run.storedStarts = 10
    let outcome = run.run()
    #expect(outcome.result.reason == Reason.otherKindOfSessions(6, isOfStarts: false))
    #expect(outcome.machine.executions.count == 2 * RoundLoop.warmups)
    #expect(try Self.judgedAgain(outcome) == outcome.live)
  }

  /// Where sessions are of the same kind, everything is measured.
  @Test(arguments: [false, true]) func theSameKindIsMeasured(isOfStarts: Bool) throws {
    var run = try Self.run()
    run.storedStarts = isOfStarts ? 10 : 1
    let outcome = run.run { $0.startSeconds = isOfStarts ? 0.02 : nil }
    #expect(outcome.result.verdict == .holds && outcome.result.rounds == BaselinePlan.rounds)
  }

  /// A recording run measures the session that it is to store.
  @Test func aSessionIsRecorded() throws {
    let record = try Self.run(isRecording: true).run { $0.startSeconds = 0.02 }.record
    #expect(Judge.results(record)[0].reason == Self.reason)
    var baseline = Baseline(machine: Baseline.Machine(record.machine))
    _ = BaselineUpdate(selection: .new, commit: "abc").apply(record, to: &baseline)
    let session = try #require(baseline.claims[Self.id]?.sessions.first)
    #expect(session.rounds == BaselinePlan.rounds && session.isOfStarts)
  }

  /// Claims that share the rounds are measured as if it were not there.
  @Test func othersOfTheGroupAreMeasured() throws {
    let others = [try Claim.ratio("near", subject: "near"), try .ratio("far", subject: "new")]
    var run = try Self.run(and: others)
    run.truth = ["near/1": 0.104, "new/1": 0.09]
    run.seed = 5
    let outcome = run.run { $0.startSeconds = 0.02 }
    #expect(outcome.result(Self.id)?.reason == Self.reason)
    #expect(outcome.result(Self.id)?.rounds == 0)
    let (near, far) = (try #require(outcome.result("near")), try #require(outcome.result("far")))
    #expect(far.verdict == .holds && near.rounds > far.rounds)
    // Its subject runs only for the claim that shares it.
    #expect(outcome.rounds(of: "made.up/new/pool/1") == Array(0..<far.rounds))
    #expect(try Self.judgedAgain(outcome) == outcome.live)
  }

  /// An arm that only it has runs no more after the warm-up.
  @Test func itsOwnArmDoesNotRun() throws {
    let run = try Self.run(subject: "own", and: [try .ratio("other")])
    let outcome = run.run { $0.startSeconds = 0.02 }
    #expect(outcome.result("other")?.verdict == .holds)
    #expect(outcome.machine.executions.count { $0.arm.variant == "own" } == 1)
  }

  /// An error in the warm-up leaves open which kind of rounds there would have been.
  @Test func anErrorInTheWarmUpIsNoReason() throws {
    let outcome = try Self.run().run { machine in
      machine.startSeconds = 0.02
      machine.failure = { _, _ in .worker(.interrupted(signal: 2)) }
    }
    #expect(outcome.failure == .worker(.interrupted(signal: 2)))
    #expect(outcome.result.reason == .noRounds)
  }

  @Test func sessionsOfBothKindsAreOfNeither() {
    var entry = Baseline.Entry(text: "", quantity: "time", isHigherBetter: false)
    #expect(entry.ofStarts == nil)
    for (starts, expected) in [(1, false), (1, false), (10, nil), (10, nil)] as [(Int, Bool?)] {
      var session = StoredSession.madeUp(1)
      session.starts = starts
      entry.add(session, pin: false)
      #expect(entry.ofStarts == expected)
    }
  }
}
