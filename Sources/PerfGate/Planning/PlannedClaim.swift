/// What is known about a claim before anything runs: its workers, its error rate, and why it cannot
/// be checked here, if so.
struct CandidateClaim: Sendable {
  /// The claim as written.
  let claim: Claim
  /// Its name, unique in the record.
  let id: String
  /// The number of workers that it needs.
  let workers: Int
  /// The error rate of the first stage, between 0 and 1.
  let alpha: Double
  /// What its value means, in words; `nil` if the claim is refused early.
  let quantity: String?
  /// Whether it is compared with stored sessions.
  let isOfBaseline: Bool
  /// Those sessions; `nil` if there are none.
  let sessions: Baseline.Entry?
  /// Rounds of which kind can be compared with those sessions, all of which are of that kind: of
  /// processes of their own, or of one process. `nil`: rounds of any kind are measured.
  let ofStarts: Bool?
  /// The stored count that it is compared with; `nil` for all other claims.
  let countBaseline: CountBaseline?
  /// Why it cannot be checked; `nil` if it can, as far as known.
  let refusal: Reason?
  /// The name of the executor that hands tasks to its workers.
  let executor: String

  /// The claim as stored in a record.
  ///
  /// - Parameters:
  ///   - found: a refusal found since; `nil` keeps the earlier one, if any.
  ///   - ceiling: the series that show the machine's own speedup.
  ///   - isOfStarts: whether each of its rounds was a process of its own.
  func plan(
    refusal found: Reason? = nil, ceiling: CeilingRounds? = nil, isOfStarts: Bool = false
  ) -> ClaimPlan {
    var plan = ClaimPlan(
      claim, id: id, workers: workers, alpha: alpha, quantity: quantity,
      baseline: isOfBaseline ? BaselinePlan(sessions, isOfStarts: isOfStarts) : nil,
      countBaseline: countBaseline,
      refusal: found ?? refusal)
    if executor != ExecutorName.pool { plan.text += ", executor \(executor)" }
    plan.ceiling = ceiling?.subject
    plan.ceilingReference = ceiling?.reference
    plan.ceilingRounds = ceiling?.maximumRounds
    return plan
  }

  /// The refusal if rounds of this kind cannot be compared with any stored session.
  func refusal(isOfStarts: Bool) -> Reason? {
    guard let ofStarts, ofStarts != isOfStarts, let sessions else { return nil }
    return .otherKindOfSessions(sessions.sessions.count, isOfStarts: isOfStarts)
  }
}

/// A claim made concrete: the two arms whose ratio decides it.
struct PlannedClaim: Sendable {
  /// The claim before planning.
  let candidate: CandidateClaim
  /// The arm that is judged.
  let subject: Arm
  /// The arm it is compared with.
  let reference: Arm
  /// The units of work in a task of each arm, for a baseline claim.
  let units: (subject: Double, reference: Double)?

  /// The comparison that decides when there are enough rounds.
  var comparison: PairedComparison {
    let rule: StopRule =
      !candidate.isOfBaseline
      ? .sequential(
        bound: candidate.plan().bound, alpha: candidate.alpha,
        holdingAlpha: candidate.claim.kind.form.holdingAlpha)
      : .fixed(pairs: BaselinePlan.rounds)
    return PairedComparison(
      subject: subject, reference: reference, rule: rule, ofStarts: candidate.ofStarts)
  }

  /// The claim as stored in a record after its rounds.
  ///
  /// - Parameters:
  ///   - group: the group of its rounds.
  ///   - maximumRounds: N of its test; `nil` if the budget was too small for a test.
  ///   - isOfStarts: whether each round was a process of its own.
  func plan(
    group: GroupKey, maximumRounds: Int?, isOfStarts: Bool, refusal: Reason? = nil,
    ceiling: CeilingRounds?
  ) -> ClaimPlan {
    // Without N the kind of the rounds was not decided.
    let ofKind = maximumRounds.flatMap { _ in candidate.refusal(isOfStarts: isOfStarts) }
    var plan = candidate.plan(
      refusal: refusal ?? ofKind, ceiling: ceiling, isOfStarts: isOfStarts)
    if let units {
      plan.baseline?.subjectUnits = units.subject
      plan.baseline?.referenceUnits = units.reference
    }
    plan.group = group
    plan.subject = subject.key
    plan.reference = reference.key
    plan.maximumRounds = maximumRounds
    return plan
  }
}

/// Claims that share arms and therefore rounds.
struct ClaimGroup: Sendable {
  /// The group's identity.
  let id: GroupKey
  /// At least one.
  let claims: [PlannedClaim]
  /// The minimum number of rounds of every arm, for tables.
  let leastRounds: Int

  /// The arms of each round, without repetition.
  var arms: [Arm] {
    var arms: [Arm] = []
    for arm in claims.flatMap({ [$0.reference, $0.subject] }) where !arms.contains(arm) {
      arms.append(arm)
    }
    return arms
  }

  /// The comparison of each claim, in the order of the claims.
  var comparisons: [PairedComparison] { claims.map(\.comparison) }
}

/// The measurement of the machine's own speedup at the worker counts of scaling claims.
struct CeilingGroup: Sendable {
  /// The arms, first the one with one worker.
  let arms: [Arm]
  /// The comparison for each claim, by the claim's name.
  let comparisons: [(claim: String, pair: PairedComparison)]
}

/// The series that show the machine's own speedup.
struct CeilingRounds: Hashable, Sendable {
  /// The series at the claim's number of workers.
  let subject: SeriesKey
  /// The series at one worker.
  let reference: SeriesKey
  /// N of their test; `nil` if the budget was too small for a test.
  let maximumRounds: Int?
}
