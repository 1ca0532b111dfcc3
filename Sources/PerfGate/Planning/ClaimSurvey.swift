import CPerfGateSystem
import PerfGateStatistics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a session may do, and how claims are to be judged in it.
public struct GateOptions: Sendable {
  /// The most workers that each have a core of their own and the quota's time.
  public var allowedWorkers: Int
  /// What limits them beside the number of cores; `nil`: nothing does.
  public var quota: String?
  /// Seconds of a group's rounds; 0: nothing is judged.
  public var budget: Double
  /// How long to wait, at most, until process and machine are quiet.
  public var quietSeconds: Double
  /// How long the shortest arm of a round is to last, in seconds; shorter where the budget would not
  /// allow enough rounds.
  public var armSeconds = 0.115
  /// Seconds between a suspicion and its confirmation.
  public var confirmationPause = Gate.confirmationPause
  /// The sanitizer or coverage that the program was built with; `nil`: none.
  public var instrumentation = pgp_instrumentation().map { String(cString: $0) }
  /// Rounds that every arm gets, for tables.
  public var leastRounds: Int
  /// What is stored of this machine; `nil`: no baselines were given.
  public var baselines: BaselineContext?
  /// What hands tasks to the workers of the variants that are judged; ceilings and reference kernels
  /// tell of the machine, and always run on the pool.
  public var executor = ExecutorName.pool

  /// Options of a gate.
  public init(
    allowedWorkers: Int, quota: String?, budget: Double = 20, quietSeconds: Double = 5,
    leastRounds: Int = 0
  ) {
    self.allowedWorkers = allowedWorkers
    self.quota = quota
    self.budget = budget
    self.quietSeconds = quietSeconds
    self.leastRounds = leastRounds
  }
}

/// Makes claims concrete: worker counts, sizes, arms, groups that share rounds.
struct ClaimSurvey {
  let session: Session
  let catalog: Catalog
  let options: GateOptions

  /// The most tasks of a kernel of constant work: their results have to be kept and checked.
  static let mostTasks = 4_000_000

  /// The plan of a claim, or why it cannot be checked here.
  func plan(_ claim: Claim, alpha: Double) -> ClaimPlan {
    let workers = claim.workers(allowed: options.allowedWorkers)
    var plan = ClaimPlan(claim, workers: workers, alpha: alpha)
    if options.executor != ExecutorName.pool { plan.text += ", executor \(options.executor)" }
    plan.refuse(claim.obstacleBeforeBaselines(catalog: catalog, options: options))
    guard plan.notCheckable == nil, let kernel = catalog.kernel(claim.kernel) else { return plan }
    let quantity = claim.quantity(kernel, workers: workers, executor: options.executor)
    plan.quantity = quantity
    guard claim.kind.isBaseline else { return plan }
    plan.refuse(claim.baselineObstacle(kernel, options: options))
    plan.baseline = BaselinePlan(
      options.baselines?.entry(claim.id).flatMap { $0.quantity == quantity ? $0 : nil })
    return plan
  }

  /// The groups of one kernel's claims.
  ///
  /// - Parameter claims: with the plan of the record that each one is.
  func groups(
    of kernel: AnyKernel, claims: [(plan: Int, claim: Claim)]
  ) throws(MeasurementError) -> [ClaimGroup] {
    // Where the size is fixed the number of tasks is found for the wanted time, not claimed.
    let counts = Sizing.isFixed(kernel) ? [1] : Set(claims.map(\.claim.tasks)).sorted()
    var groups: [ClaimGroup] = []
    for tasks in counts {
      let members = claims.filter { counts.count == 1 || $0.claim.tasks == tasks }
      var sizing = try Sizing(
        self, kernel: kernel, members: members, tasks: tasks, isFirst: groups.isEmpty)
      var group = ClaimGroup(
        id: GroupKey(.claims, groups.isEmpty ? kernel.name : "\(kernel.name) x\(tasks)"),
        arms: [], plans: [], comparisons: [], leastRounds: options.leastRounds)
      for (index, claim) in members {
        let plan = session.record.claimPlans[index]
        let (subject, reference) = try sizing.arms(claim, workers: plan.workers)
        if let obstacle = obstacle(subject, plan) {
          session.record.claimPlans[index].refuse(obstacle)
          continue
        }
        group.plans.append(index)
        group.comparisons.append(
          PairedComparison(subject: subject, reference: reference, rule: plan.stopRule))
        if reference.beside != nil {
          session.record.claimPlans[index].baseline?.subjectUnits = ReferenceKernel.units(
            of: kernel, size: subject.size)
          session.record.claimPlans[index].baseline?.referenceUnits = ReferenceKernel.units(
            of: ReferenceKernel.of(kernel), size: reference.size)
        }
        for arm in [reference, subject] where !group.arms.contains(arm) { group.arms.append(arm) }
      }
      if !group.plans.isEmpty { groups.append(group) }
    }
    return groups
  }

  /// Tasks that are long for the arm are few, and few tasks cannot be shared out evenly.
  private func obstacle(_ subject: Arm, _ plan: ClaimPlan) -> Obstacle? {
    guard plan.kind.isScaling,
      let most = greatestSpeedup(tasks: subject.tasks, workers: subject.workers),
      log(most) <= plan.bound
    else { return nil }
    let figure = (plan.value(most) * 100).rounded() / 100
    return Obstacle(
      .mistake,
      "\(subject.tasks) tasks of \(subject.kernel) on \(subject.workers) workers reach at "
        + "most \(plan.kind) \(figure); use a smaller size")
  }

  /// The ceiling at the worker counts of scaling claims; `nil` when nothing is scaled.
  ///
  /// - Parameter claims: those that scale, with the plan of the record that each one is.
  func ceiling(
    _ claims: [(plan: Int, claim: Claim)]
  ) throws(MeasurementError) -> ClaimGroup? {
    let counts = Set(claims.map { session.record.claimPlans[$0.plan].workers }).sorted()
    guard let most = counts.last, let kernel = catalog.measurable(Ceiling.name) else { return nil }
    let tasks = Ceiling.tasks(workers: counts)
    let turns = (tasks + most - 1) / most
    let load = ([1] + counts).reduce(0) { $0 + Double(most) / Double($1) }
    let found = try session.calibrate(
      kernel, seconds: Sizing.armSeconds(load: load, options: options) / Double(turns),
      maximumSize: 1 << 45)
    func arm(_ workers: Int) -> Arm {
      Arm(
        kernel: kernel.name, variant: Ceiling.variant, workers: workers, tasks: tasks,
        size: found.size)
    }
    let comparisons = claims.map { index, claim in
      let plan = session.record.claimPlans[index]
      // The tasks of a fixed size are found later, as many as share out evenly, or nearly so.
      let isFixed = catalog.kernel(claim.kernel).map(Sizing.isFixed) ?? false
      let side = claim.kind.statement.sides(workers: plan.workers).subject
      let granularity = CeilingTasks.granularity(
        of: isFixed ? tasks : side.tasks(of: claim.tasks), to: tasks, workers: plan.workers)
      return PairedComparison(
        subject: arm(plan.workers), reference: arm(1),
        rule: .sequential(bound: plan.bound - log(granularity), alpha: CeilingTasks.alpha))
    }
    return ClaimGroup(
      id: GroupKey(.ceiling), arms: ([1] + counts).map(arm), plans: claims.map(\.plan),
      comparisons: comparisons)
  }
}
