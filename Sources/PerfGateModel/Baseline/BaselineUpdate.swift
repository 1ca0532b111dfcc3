#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import PerfGateStatistics

/// Adds the selected sessions of a record to a baseline.
package struct BaselineUpdate: Hashable, Sendable {
  /// Which claims get a session.
  package enum Selection: String, Hashable, Sendable, CaseIterable {
    /// Claims without one on this machine.
    case new
    /// Claims that are better than their sessions by more than noise. They begin a new level.
    case better
    /// Claims that are worse than their sessions by more than noise. They begin a new level.
    case worse
    /// All claims.
    case all
  }

  /// Which claims get a session.
  package var selection: Selection
  /// Whether to pin today's sessions.
  package var pin: Bool
  /// The commit that was measured.
  package var commit: String

  /// Makes an update.
  package init(selection: Selection, pin: Bool = false, commit: String) {
    self.selection = selection
    self.pin = pin
    self.commit = commit
  }

  /// The result of updating a claim.
  package enum Outcome: Hashable, Sendable {
    /// A session was added. Includes the number of sessions now, and the change against the earlier
    /// ones; `nil` for the first.
    case stored(sessions: Int, change: Double?, beginsLevel: Bool)
    /// The claim was not selected.
    case unselected
    /// There is nothing to store; the reason says why.
    case unmeasured(Reason)
    /// The session was too disturbed to be stored; the reason says why.
    case disturbed(Reason)
  }

  /// With fewer stored sessions than this a verdict is only advice.
  package static let fewestSessions = BaselineTest.fewestSessions

  /// How far today's session may be from a single stored one and still have the same level.
  static let levelWithOne = 0.10
  /// How far today's session may be from several stored ones.
  static let level = 0.02

  /// Adds sessions to a baseline.
  ///
  /// - Returns: the result for each claim of the record, in its order.
  package func apply(
    _ record: Record, to baseline: inout Baseline
  ) -> [(claim: String, outcome: Outcome)] {
    let judge = Judge(record)
    let results = Dictionary(
      record.claims.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return record.measuredClaims.map { claim in
      let plan = claim.plan
      guard let quantity = plan.quantity, let today = judge.session(claim) else {
        return (plan.id, Self.missing(plan, results[plan.id]))
      }
      return (plan.id, add(today, plan, quantity, record, &baseline))
    }
  }

  /// Whether any session would be added.
  package func wouldStore(_ record: Record, _ baseline: Baseline?) -> Bool {
    var baseline = baseline ?? Baseline(machine: Baseline.Machine(record.machine))
    return apply(record, to: &baseline).contains {
      if case .stored = $0.outcome { true } else { false }
    }
  }

  private func add(
    _ today: TodaySession, _ plan: ClaimPlan, _ quantity: String, _ record: Record,
    _ baseline: inout Baseline
  ) -> Outcome {
    guard StoredSession.isPossible(today.median, counter: plan.kind.counter) else {
      return .unmeasured(.impossibleValue(today.median))
    }
    let name = Baseline.name(of: plan.id, configuration: record.tool.configuration)
    let fresh = Baseline.Entry(
      text: plan.text, quantity: quantity, isHigherBetter: plan.isHigherBetter ?? false,
      counter: plan.kind.counter)
    let known = baseline.claims[name].flatMap { $0.quantity == quantity ? $0 : nil }
    var entry = known ?? fresh
    let (sessions, change, difference) =
      plan.kind.counter == nil
      ? Self.comparison(today, entry) : Self.countComparison(today, entry, plan)
    switch selection {
    case .new: if sessions > 0 { return .unselected }
    case .better: if difference >= 0 { return .unselected }
    case .worse: if difference <= 0 { return .unselected }
    case .all: break
    }
    let series = plan.subject.flatMap(record.series)
    let cpus = series?.cpus.map(String.init).joined(separator: ",") ?? ""
    let beginsLevel = selection == .better || selection == .worse
    entry.text = plan.text
    entry.add(
      StoredSession(
        median: Self.rounded(today.median), interval: today.interval.map(Self.rounded),
        rounds: today.rounds, starts: today.isOfStarts ? today.rounds : 1,
        discarded: today.discarded, date: record.started, commit: commit,
        toolchain: record.tool.toolchain, flags: record.tool.flags,
        placement: "cpus \(cpus), \(record.plan.places), \(record.plan.bind)",
        beginsLevel: beginsLevel), pin: pin)
    baseline.claims[name] = entry
    return .stored(sessions: sessions + 1, change: change, beginsLevel: beginsLevel)
  }

  /// How many stored sessions today's is compared with, its share of them, and whether it is better
  /// (-1), worse (1) or neither.
  private static func comparison(
    _ today: TodaySession, _ entry: Baseline.Entry
  ) -> (sessions: Int, change: Double?, difference: Int) {
    let earlier = entry.stored(isOfStarts: today.isOfStarts)
    let test = BaselineTest(today: entry.k(today.median), stored: earlier, limit: level)
    return (earlier.count, test?.change, difference(test, sessions: earlier.count))
  }

  /// The same of a count, which is compared with the last one that is stored, on whatever machine.
  private static func countComparison(
    _ today: TodaySession, _ entry: Baseline.Entry, _ plan: ClaimPlan
  ) -> (sessions: Int, change: Double?, difference: Int) {
    let own = entry.sessions.last?.median
    guard let last = plan.countBaseline?.session.map({ Double($0.most) }) ?? own else {
      return (0, nil, 0)
    }
    let difference = today.median > last ? 1 : today.median < last ? -1 : 0
    return (
      max(1, entry.sessions.count), last > 0 ? today.median / last : nil, difference
    )
  }

  /// -1: better; 1: worse; 0: neither, or unknown.
  private static func difference(_ test: BaselineTest?, sessions: Int) -> Int {
    guard let test else { return 0 }
    if sessions == 1 {
      return test.change > 1 + levelWithOne ? 1 : test.change < 1 / (1 + levelWithOne) ? -1 : 0
    }
    return test.verdict == .violated ? 1 : test.isBetter ? -1 : 0
  }

  private static func missing(_ plan: ClaimPlan, _ result: ClaimResult?) -> Outcome {
    if let reason = plan.refusal { return .unmeasured(reason) }
    let reason = result?.reason ?? .noRounds
    guard let result, result.rounds + result.discarded > 0 else { return .unmeasured(reason) }
    return .disturbed(reason)
  }

  /// The value with six significant digits. More would only be noise in a diff.
  private static func rounded(_ value: Double) -> Double {
    guard value.isFinite, value > 0 else { return min(max(value, 0), 1e30) }
    let scale = pow(10, 5 - floor(log10(value)))
    return scale.isFinite && scale > 0 ? (value * scale).rounded() / scale : value
  }
}
