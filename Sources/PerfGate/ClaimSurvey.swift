import CPerfGatePlacement
import PerfGateStatistics

/// What a session may do, and how claims are to be judged in it.
public struct GateOptions: Sendable {
  /// The most workers that each have a core of their own and the quota's time.
  public var allowedWorkers: Int
  /// What limits them beside the number of cores; `nil`: nothing does.
  public var quota: String?
  /// Seconds of a group's rounds.
  public var budget: Double
  /// How long to wait, at most, until process and machine are quiet.
  public var quietSeconds: Double
  /// What to do about an arm: how long it lasts at the least, in seconds.
  public var armSeconds = 0.115
  /// Rounds that every arm gets, for tables.
  public var leastRounds: Int

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
    plan.notCheckable = obstacle(claim, workers: workers)
    return plan
  }

  private func obstacle(_ claim: Claim, workers: Int) -> String? {
    if workers > options.allowedWorkers {
      let quota = options.quota.map { " (quota \($0))" } ?? ""
      return "needs \(workers) cores, \(options.allowedWorkers) allowed\(quota)"
    }
    if case .efficiency(_, _, let limit) = claim.kind,
      let bound = greatestSpeedup(tasks: claim.tasks, workers: workers),
      limit * Double(workers) >= bound
    {
      let most = (bound / Double(workers) * 100).rounded() / 100
      return "\(claim.tasks) equal tasks on \(workers) workers reach at most efficiency \(most)"
    }
    if let name = pgp_instrumentation() {
      return "built with \(String(cString: name)); build without it"
    }
    return nil
  }

  /// The groups of one kernel's claims.
  ///
  /// - Parameter plans: which plan of the record each claim is.
  func groups(
    of kernel: AnyKernel, claims: [(plan: Int, claim: Claim)]
  ) throws(MeasurementError) -> [ClaimGroup] {
    var groups: [ClaimGroup] = []
    for tasks in Set(claims.map(\.claim.tasks)).sorted() {
      let members = claims.filter { $0.claim.tasks == tasks }
      let sizing = try Sizing(self, kernel: kernel, members: members, tasks: tasks)
      var watches: [Watch] = []
      for (index, claim) in members {
        let plan = session.record.claimPlans[index]
        let (subject, reference) = try sizing.arms(claim, workers: plan.workers)
        watches.append(
          Watch(subject: subject, reference: reference, bound: plan.bound, alpha: plan.alpha))
      }
      var arms: [Arm] = []
      for arm in watches.flatMap({ [$0.reference, $0.subject] }) where !arms.contains(arm) {
        arms.append(arm)
      }
      let name = groups.isEmpty ? kernel.name : "\(kernel.name) x\(tasks)"
      groups.append(
        ClaimGroup(
          id: "claims \(name)", arms: arms, plans: members.map(\.plan), watches: watches,
          leastRounds: options.leastRounds))
    }
    return groups
  }

  /// The ceiling at the worker counts of scaling claims; `nil` when nothing is scaled.
  func ceiling(_ plans: [Int]) throws(MeasurementError) -> ClaimGroup? {
    let counts = Set(plans.map { session.record.claimPlans[$0].workers }).sorted()
    guard let most = counts.last, let kernel = catalog.kernel(Ceiling.name) else { return nil }
    let tasks = 50
    let turns = (tasks + most - 1) / most
    let found = try session.calibrate(
      kernel, seconds: options.armSeconds / Double(turns), maximumSize: 1 << 45)
    func arm(_ workers: Int) -> Arm {
      Arm(
        kernel: kernel.name, variant: Ceiling.variant, workers: workers, tasks: tasks,
        size: found.size)
    }
    let watches = plans.map { index in
      let plan = session.record.claimPlans[index]
      return Watch(subject: arm(plan.workers), reference: arm(1), bound: plan.bound)
    }
    return ClaimGroup(
      id: "the ceiling", arms: ([1] + counts).map(arm), plans: plans, watches: watches)
  }
}

/// How large the tasks of a group are, so that the shortest arm lasts long enough.
private struct Sizing {
  let survey: ClaimSurvey
  let kernel: AnyKernel
  let tasks: Int
  let mostWorkers: Int
  var size: Int
  let isFixed: Bool

  init(
    _ survey: ClaimSurvey, kernel: AnyKernel, members: [(plan: Int, claim: Claim)], tasks: Int
  ) throws(MeasurementError) {
    self.survey = survey
    self.kernel = kernel
    self.tasks = tasks
    mostWorkers = members.map { survey.session.record.claimPlans[$0.plan].workers }.max() ?? 1
    isFixed = kernel.work.growth == .constant || kernel.work.defaultSize != nil
    size = kernel.work.defaultSize ?? 1
    guard !isFixed else { return }
    let turns = (tasks + mostWorkers - 1) / mostWorkers
    let wanted = survey.options.armSeconds / Double(turns)
    size = try survey.session.calibrate(kernel, seconds: wanted, maximumSize: 1 << 45).size
    // The size was found with the reference; the fastest variant has the shortest arm.
    var fastest = wanted
    for name in Set(members.flatMap(\.claim.variants)) {
      if let variant = kernel.variant(name) {
        fastest = min(fastest, try survey.session.pace(kernel, variant, size: size))
      }
    }
    size = Int((Double(size) * wanted / max(fastest, wanted / 1000)).rounded())
  }

  /// Subject and reference of a claim.
  func arms(_ claim: Claim, workers: Int) throws(MeasurementError) -> (Arm, Arm) {
    switch claim.kind {
    case .ratio(let subject, let reference, _, _):
      return (try arm(subject, workers), try arm(reference, workers))
    case .speedup(let variant, _, _), .efficiency(let variant, _, _),
      .flatOverWorkers(let variant, _, _):
      // The same tasks on both: the curve's smallest arm decides how many.
      let subject = try arm(variant, workers)
      var reference = subject
      reference.workers = 1
      return (subject, reference)
    case .flatOverSizes(let variant, let from, let to, _):
      return (
        try arm(variant, workers, size: to, isSpecial: true),
        try arm(variant, workers, size: from, isSpecial: true)
      )
    }
  }

  private func arm(
    _ variant: String, _ workers: Int, size other: Int? = nil, isSpecial: Bool = false
  ) throws(MeasurementError) -> Arm {
    let size = other ?? self.size
    var count = tasks
    if isFixed, let info = kernel.variant(variant) {
      let pace = try survey.session.pace(kernel, info, size: size)
      let wanted = survey.options.armSeconds * Double(mostWorkers) / max(pace, 1e-9)
      let most = kernel.work.growth == .constant ? ClaimSurvey.mostTasks : 10_000
      count = Int(min(wanted, Double(most)).rounded(.up))
      count = max(mostWorkers, (count + mostWorkers - 1) / mostWorkers * mostWorkers)
    }
    return Arm(
      kernel: kernel.name, variant: variant, workers: workers, tasks: count, size: size,
      isSpecial: isSpecial)
  }
}
