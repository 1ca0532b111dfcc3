import PerfGate
import PerfGateReport
import PerfGateStatistics
import Testing

/// Statements that cannot be true, or cannot be told from noise, are no claims.
@Suite struct ClaimTests {
  static func make(_ kind: Claim.Kind, tasks: Int = 50) throws(ClaimError) -> Claim {
    try Claim(id: "x", text: "a sentence", kernel: "k", kind, tasks: tasks)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var kind: Claim.Kind
    var tasks = 50
    var says: String
    var testDescription: String { says }
  }

  @Test(arguments: [
    Refusal(
      kind: .speedup(variant: "a", workers: 4, atLeast: 3.9),
      says:
        "cannot make claim x: speedup 3.9 is out of reach: 50 equal tasks on 4 workers can reach "
        + "at most 3.85; claim less, or use more tasks"),
    Refusal(kind: .speedup(variant: "a", workers: 5, atLeast: 5), says: "can reach at most 5.0;"),
    Refusal(
      kind: .speedup(variant: "a", workers: 8, atLeast: 7.2), says: "can reach at most 7.14;"),
    Refusal(
      kind: .speedup(variant: "a", workers: 5, atLeast: 1), tasks: 1, says: "can reach at most 1.0;"
    ),
    Refusal(kind: .speedup(variant: "a", workers: 1, atLeast: 0.9), says: "use at least 2"),
    Refusal(kind: .speedup(variant: "a", workers: 5, atLeast: 0), says: "use a number above 0"),
    Refusal(kind: .speedup(variant: "a", workers: 5, atLeast: .nan), says: "use a number above 0"),
    Refusal(
      kind: .speedup(variant: "a", workers: 5, atLeast: .infinity), says: "use a number above 0"),
    Refusal(
      kind: .ratio(subject: "a", reference: "b", atMost: 1.019, workers: 1),
      says: "limit 1.019 is within noise; use 1.0 or less, or 1.02 or more"),
    Refusal(
      kind: .ratio(subject: "a", reference: "b", atMost: 1.0000001, workers: 1),
      says: "is within noise"),
    Refusal(
      kind: .ratio(subject: "a", reference: "b", atMost: 0, workers: 1),
      says: "ratio 0.0; use a number above 0"),
    Refusal(
      kind: .ratio(subject: "a", reference: "b", atMost: -0.5, workers: 1),
      says: "use a number above 0"),
    Refusal(
      kind: .ratio(subject: "a", reference: "b", atMost: .nan, workers: 1),
      says: "use a number above 0"),
    Refusal(
      kind: .ratio(subject: "a", reference: "b", atMost: .infinity, workers: 1),
      says: "use a number above 0"),
    Refusal(
      kind: .faster(subject: "a", reference: "b", atLeast: 0.97, workers: 1),
      says: "at least 0.97 times as fast allows it to be slower; use 1 or more, or claim a ratio"),
    Refusal(
      kind: .faster(subject: "a", reference: "b", atLeast: .nan, workers: 1),
      says: "nan times as fast; use a number of 1 or more"),
    Refusal(
      kind: .faster(subject: "a", reference: "b", atLeast: .infinity, workers: 1),
      says: "inf times as fast; use a number of 1 or more"),
    Refusal(
      kind: .faster(subject: "a", reference: "a", atLeast: 10, workers: 1),
      says: "it compares a with itself; name two variants"),
    Refusal(
      kind: .faster(subject: "a", reference: "b", atLeast: 10, workers: 0), says: "use at least 1"),
    Refusal(
      kind: .limit(subject: "a", limit: "b", atLeast: 0, workers: 1),
      says: "share 0.0; use a number above 0, such as 0.9 for 90 %"),
    Refusal(kind: .limit(subject: "a", limit: "b", atLeast: .nan, workers: 1), says: "share nan"),
    Refusal(
      kind: .limit(subject: "a", limit: "b", atLeast: 0.99, workers: 1),
      says: "share 0.99 is within noise of all; use 0.98 or less"),
    Refusal(
      kind: .limit(subject: "a", limit: "a", atLeast: 0.9, workers: 1),
      says: "it compares a with itself; name two variants"),
    Refusal(
      kind: .ratio(subject: "a", reference: "a", atMost: 1.05, workers: 1),
      says: "it compares a with itself; name two variants"),
    Refusal(
      kind: .ratio(subject: "a", reference: "b", atMost: 1.05, workers: 0), says: "use at least 1"),
    Refusal(
      kind: .ratio(subject: "a", reference: "b", atMost: 1.05, workers: 1), tasks: 0,
      says: "0 tasks; use at least 1"),
    Refusal(
      kind: .efficiency(variant: "a", upTo: 5, atLeast: 1),
      says: "efficiency 1.0 cannot be shown; use a number above 0 and below 1"),
    Refusal(kind: .efficiency(variant: "a", upTo: 5, atLeast: 0), says: "cannot be shown"),
    Refusal(kind: .efficiency(variant: "a", upTo: 5, atLeast: .nan), says: "cannot be shown"),
    Refusal(kind: .efficiency(variant: "a", upTo: 1, atLeast: 0.9), says: "use at least 2"),
    Refusal(kind: .memory(variant: "a", atMost: 0), says: "use a number of bytes from 1"),
    Refusal(kind: .memory(variant: "a", atMost: -5), says: "use a number of bytes from 1"),
    Refusal(kind: .memory(variant: "a", size: -1, atMost: 5), says: "size -1; use one from 0"),
    Refusal(
      kind: .memoryOfWorkers(variant: "a", upTo: 1, atMost: 5), says: "use at least 2"),
    Refusal(
      kind: .flatOverSizes(variant: "a", from: 1000, to: 1000, atMost: 1.5),
      says: "sizes from 1000 to 1000; use two sizes from 1, the smaller one first"),
    Refusal(
      kind: .flatOverSizes(variant: "a", from: 1000, to: 10, atMost: 1.5), says: "use two sizes"),
    Refusal(
      kind: .flatOverSizes(variant: "a", from: 0, to: 10, atMost: 1.5), says: "use two sizes"),
    Refusal(
      kind: .flatOverSizes(variant: "a", from: 1, to: 10, atMost: 1.01),
      says: "is within noise"),
    Refusal(
      kind: .baseline(.time(variant: "a"), worseByAtMost: 5),
      says: "5.0 means 500.0 %; use at most 1, and write 0.05 for 5 %"),
    Refusal(
      kind: .baseline(.time(variant: "a"), worseByAtMost: 0.01),
      says: "limit 1.01 is within noise"),
    Refusal(kind: .weakScaling(variant: "a", workers: 1, atLeast: 0.9), says: "use at least 2"),
    Refusal(
      kind: .weakScaling(variant: "a", workers: 5, atLeast: 5),
      says: "5.0 times the work on 5 workers cannot be shown"),
    Refusal(
      kind: .weakScaling(variant: "a", workers: 5, atLeast: 4.5), tasks: 4,
      says: "use at least one task for each worker"),
    Refusal(kind: .flatOverWorkers(variant: "a", upTo: 1, atMost: 1.5), says: "use at least 2"),
    Refusal(
      kind: .flatOverWorkers(variant: "a", upTo: 50, atMost: 1), says: "is within noise"),
  ])
  func isRefused(_ refusal: Refusal) {
    #expect {
      try Self.make(refusal.kind, tasks: refusal.tasks)
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("cannot make claim x: ") && text.contains(refusal.says)
        && !text.contains("\n")
    }
  }

  @Test func whatIsJustPossibleIsAClaim() throws {
    _ = try Self.make(.speedup(variant: "a", workers: 4, atLeast: 3.84))
    _ = try Self.make(.speedup(variant: "a", workers: 4, atLeast: 3.9), tasks: 52)
    _ = try Self.make(.speedup(variant: "a", workers: 8, atLeast: 7.14))
    _ = try Self.make(.ratio(subject: "a", reference: "b", atMost: 1.02, workers: 1))
    for limit in [1, 0.5, 0.001] {
      _ = try Self.make(.ratio(subject: "a", reference: "b", atMost: limit, workers: 1))
    }
    for limit in [1, 1.01, 40] {
      _ = try Self.make(.faster(subject: "a", reference: "b", atLeast: limit, workers: 1))
    }
    _ = try Self.make(.efficiency(variant: "a", upTo: 2, atLeast: 0.99))
    _ = try Self.make(.flatOverSizes(variant: "a", from: 1, to: 2, atMost: 1.02))
  }

  /// The bound is the number that decides, in the log of how many times faster the subject is.
  @Test func theBoundFollowsFromTheLimit() throws {
    func plan(_ kind: Claim.Kind, _ workers: Int) throws -> ClaimPlan {
      ClaimPlan(try Self.make(kind), workers: workers, alpha: 0.02)
    }
    let ratio = try plan(.ratio(subject: "a", reference: "b", atMost: 1.05, workers: 1), 1)
    #expect(abs(ratio.bound + 0.04879) < 1e-5)
    #expect(ratio.value(1 / 1.1) == 1.1)
    let faster = try plan(.faster(subject: "a", reference: "b", atLeast: 10, workers: 1), 1)
    #expect(abs(faster.bound - 2.302585) < 1e-5)
    #expect(faster.value(10.3) == 10.3 && faster.isHigherBetter == true)
    #expect(!faster.kind.isScaling)
    let speedup = try plan(.speedup(variant: "a", workers: 5, atLeast: 4.5), 5)
    #expect(abs(speedup.bound - 1.50408) < 1e-5)
    #expect(speedup.value(4.6) == 4.6)
    let efficiency = try plan(.efficiency(variant: "a", upTo: 5, atLeast: 0.9), 2)
    #expect(abs(efficiency.bound - 0.58779) < 1e-5)
    #expect(efficiency.value(1.9) == 0.95)
    let flat = try plan(.flatOverSizes(variant: "a", from: 1, to: 100, atMost: 1.5), 1)
    #expect(abs(flat.bound + 0.40547) < 1e-5)
    #expect(
      [ratio, speedup, efficiency, flat].map(\.kind.isScaling) == [false, true, true, false])
  }

  /// JSON has no infinity: an end without a bound is the largest number there is.
  @Test func intervalsWithoutAnEndCanBeWritten() throws {
    let ratio = ClaimPlan(try .ratio(), workers: 1, alpha: 0.02)
    let speedup = ClaimPlan(try .speedup(), workers: 5, alpha: 0.02)
    let open = Interval(-.infinity, .infinity).exponential
    #expect(ratio.values(open) == [0, .greatestFiniteMagnitude])
    #expect(speedup.values(open) == [0, .greatestFiniteMagnitude])
    #expect(ratio.values(Interval(0.5, .infinity)) == [0, 2])
    #expect(speedup.values(Interval(0, 4)) == [0, 4])
  }
}
