/// A claim as far as it is known before anything runs: how many workers, which error, and why it cannot
/// be checked here.
struct CandidateClaim: Sendable {
  /// The claim.
  let claim: Claim
  /// Its name, unique in the record.
  let id: String
  /// How many workers it needs.
  let workers: Int
  /// The error of the first stage.
  let alpha: Double
  /// What its value is, in words; `nil`: of a kernel that does not exist.
  let quantity: String?
  /// What a baseline claim is judged against; `nil` for all others.
  let baseline: BaselinePlan?
  /// Why it cannot be checked; `nil`: it can, as far as is known.
  let refusal: Reason?
  /// What hands tasks to its workers.
  let executor: String

  /// The claim as a record keeps it.
  ///
  /// - Parameters:
  ///   - refusal: what was found since; `nil`: what was known before.
  ///   - ceiling: what was measured of the machine itself.
  func plan(refusal found: Reason? = nil, ceiling: CeilingRounds? = nil) -> ClaimPlan {
    var plan = ClaimPlan(
      claim, id: id, workers: workers, alpha: alpha, quantity: quantity, baseline: baseline,
      refusal: found ?? refusal)
    if executor != ExecutorName.pool { plan.text += ", executor \(executor)" }
    plan.ceiling = ceiling?.subject
    plan.ceilingReference = ceiling?.reference
    plan.ceilingRounds = ceiling?.maximumRounds
    return plan
  }
}

/// A claim made concrete: the two arms whose ratio decides it.
struct PlannedClaim: Sendable {
  /// The claim.
  let candidate: CandidateClaim
  /// The arm that is judged.
  let subject: Arm
  /// The arm it is compared with.
  let reference: Arm
  /// What a baseline claim is judged against, with the units of work of both arms.
  let baseline: BaselinePlan?

  /// What its rounds are watched for.
  var comparison: PairedComparison {
    let rule: StopRule =
      baseline == nil
      ? .sequential(bound: candidate.plan().bound, alpha: candidate.alpha)
      : .fixed(pairs: BaselinePlan.rounds)
    return PairedComparison(subject: subject, reference: reference, rule: rule)
  }

  /// The claim as a record keeps it, after its rounds.
  ///
  /// - Parameters:
  ///   - group: the group of its rounds.
  ///   - maximumRounds: N of its test; `nil`: there was no time for any.
  func plan(
    group: GroupKey, maximumRounds: Int?, refusal: Reason? = nil, ceiling: CeilingRounds?
  ) -> ClaimPlan {
    var plan = candidate.plan(refusal: refusal, ceiling: ceiling)
    plan.baseline = baseline
    plan.group = group
    plan.subject = subject.key
    plan.reference = reference.key
    plan.maximumRounds = maximumRounds
    return plan
  }
}

/// Claims that share arms, and so rounds.
struct ClaimGroup: Sendable {
  /// Which group it is.
  let id: GroupKey
  /// What is claimed.
  let claims: [PlannedClaim]
  /// Rounds that every arm gets in any case, for tables.
  let leastRounds: Int

  /// What is measured in each round, each arm once.
  var arms: [Arm] {
    var arms: [Arm] = []
    for arm in claims.flatMap({ [$0.reference, $0.subject] }) where !arms.contains(arm) {
      arms.append(arm)
    }
    return arms
  }

  /// What the rounds are watched for, for each claim.
  var comparisons: [PairedComparison] { claims.map(\.comparison) }
}

/// What the machine itself reaches at the workers of scaling claims.
struct CeilingGroup: Sendable {
  /// The arms, at one worker first.
  let arms: [Arm]
  /// What the rounds are watched for, for each claim by its name.
  let comparisons: [(claim: String, pair: PairedComparison)]
}

/// Which series tell what the machine itself reached.
struct CeilingRounds: Hashable, Sendable {
  /// At the workers of the claim.
  let subject: SeriesKey
  /// At one worker.
  let reference: SeriesKey
  /// N of their rounds; `nil`: there was no time for any.
  let maximumRounds: Int?
}
