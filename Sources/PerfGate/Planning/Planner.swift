import PerfGateStatistics

/// Makes claims concrete: finds worker counts, sizes, arms, and groups that share rounds. Works
/// with any runner.
struct Planner {
  /// The known kernels.
  let catalog: Catalog
  /// Runs the arms that sizes are found with.
  let runner: any ArmRunner
  /// How claims are judged.
  let options: GateOptions
  /// Called with a kernel's name before its size is searched.
  var progress: (String) -> Void = { _ in }

  /// How long a task of a claim about memory takes if nobody has said its size, in seconds.
  private static let memoryTaskSeconds = 0.01
  /// The most tasks of a kernel with constant work: their results must be kept and checked.
  static let mostTasks = 4_000_000

  /// What is known about the claims before anything runs, in their order.
  ///
  /// - Parameter taken: names that the record already has.
  func candidates(_ claims: [Claim], taken: [String]) -> [CandidateClaim] {
    let alpha = firstStageAlpha(claims: claims.count)
    return zip(claims, Claim.uniqueNames(of: claims, taken: taken)).map { claim, id in
      candidate(claim, id: id, alpha: alpha, id == claim.id ? nil : .sameName(claim.id))
    }
  }

  private func candidate(
    _ claim: Claim, id: String, alpha: Double, _ refusal: Reason?
  ) -> CandidateClaim {
    let workers = claim.workers(allowed: options.allowedWorkers)
    var refusal = refusal ?? claim.refusalBeforeBaselines(catalog: catalog, options: options)
    var quantity: String?
    var executor = options.executor
    var sessions: Baseline.Entry?
    var countBaseline: CountBaseline?
    if refusal == nil, let kernel = catalog.kernel(claim.kernel) {
      executor = claim.executor(of: kernel, chosen: options.executor)
      quantity = claim.quantity(kernel, workers: workers, executor: executor)
      if let margin = claim.kind.storedCountMargin {
        refusal = claim.baselineRefusal(kernel, options: options)
        countBaseline = CountBaseline(
          margin: margin, session: claim.countedSession(quantity: quantity, options: options))
      } else if claim.kind.isBaseline {
        refusal = claim.baselineRefusal(kernel, options: options)
        sessions = options.baselines?.entry(claim.id).flatMap {
          $0.quantity == quantity ? $0 : nil
        }
      }
    }
    return CandidateClaim(
      claim: claim, id: id, workers: workers, alpha: alpha, quantity: quantity,
      isOfBaseline: quantity != nil && claim.kind.form == .baseline, sessions: sessions,
      ofStarts: options.baselines?.isRecording == true ? nil : sessions?.ofStarts,
      countBaseline: countBaseline, refusal: refusal,
      executor: executor)
  }

  /// The groups of one kernel's claims, and the claims that cannot be checked, with the reasons.
  func groups(
    of kernel: AnyKernel, claims: [CandidateClaim]
  ) throws(MeasurementError) -> (groups: [ClaimGroup], refused: [ClaimPlan]) {
    // With a fixed size, the number of tasks follows from the wanted time and not from the claim.
    let counts = Sizing.isFixed(kernel) ? [1] : Set(claims.map(\.claim.tasks)).sorted()
    var groups: [ClaimGroup] = []
    var refused: [ClaimPlan] = []
    for tasks in counts {
      let members = claims.filter { counts.count == 1 || $0.claim.tasks == tasks }
      var sizing = try Sizing(
        self, kernel: kernel, members: members, tasks: tasks, isFirst: groups.isEmpty)
      var planned: [PlannedClaim] = []
      for member in members {
        let one = try self.planned(member, &sizing, kernel)
        if let refusal = refusal(one) {
          refused.append(member.plan(refusal: refusal))
        } else {
          planned.append(one)
        }
      }
      guard !planned.isEmpty else { continue }
      let name = groups.isEmpty ? kernel.name : "\(kernel.name) x\(tasks)"
      groups.append(
        ClaimGroup(
          id: GroupKey(.claims, name), claims: planned, leastRounds: options.leastRounds))
    }
    return (groups, refused)
  }

  /// A claim about memory: it needs no amount of work that takes a certain time.
  func memoryClaim(
    _ candidate: CandidateClaim, of kernel: AnyKernel
  ) throws(MeasurementError) -> PlannedClaim {
    let sides = candidate.claim.kind.statement.sides(workers: candidate.workers)
    let size: Int
    if let known = sides.subject.size ?? kernel.work.defaultSize {
      size = known
    } else {
      size = try calibrate(kernel, seconds: Self.memoryTaskSeconds).size
    }
    func arm(_ side: ClaimSide) -> Arm {
      Arm(
        kernel: kernel.name, variant: side.variant ?? "", executor: candidate.executor,
        workers: side.workers, tasks: candidate.claim.tasks, size: size, isSpecial: true,
        beside: "\(MemoryRounds.mark) \(candidate.id)")
    }
    return PlannedClaim(
      candidate: candidate, subject: arm(sides.subject), reference: arm(sides.reference),
      units: nil)
  }

  /// A claim about what is counted. Its size never follows from the speed of the machine, so that counts
  /// are the same on each.
  func countClaim(_ candidate: CandidateClaim, of kernel: AnyKernel) -> PlannedClaim {
    let side = candidate.claim.kind.statement.sides(workers: 1).subject
    let arm = Arm(
      kernel: kernel.name, variant: side.variant ?? "", executor: ExecutorName.singleThread,
      workers: 1, tasks: CountRounds.calls, size: side.size ?? kernel.work.fixedSize,
      isSpecial: true, beside: "\(CountRounds.mark) \(candidate.id)")
    return PlannedClaim(candidate: candidate, subject: arm, reference: arm, units: nil)
  }

  private func planned(
    _ candidate: CandidateClaim, _ sizing: inout Sizing, _ kernel: AnyKernel
  ) throws(MeasurementError) -> PlannedClaim {
    let (subject, reference) = try sizing.arms(candidate.claim, workers: candidate.workers)
    var units: (Double, Double)?
    if reference.beside != nil {
      units = (
        ReferenceKernel.units(of: kernel, size: subject.size),
        ReferenceKernel.units(of: ReferenceKernel.of(kernel), size: reference.size)
      )
    }
    return PlannedClaim(
      candidate: candidate, subject: subject, reference: reference, units: units)
  }

  /// The refusal if a scaling claim has too few tasks to reach its bound even in theory.
  private func refusal(_ planned: PlannedClaim) -> Reason? {
    let (subject, plan) = (planned.subject, planned.candidate.plan())
    guard plan.kind.isScaling,
      let most = greatestSpeedup(tasks: subject.tasks, workers: subject.workers),
      naturalLog(most) <= plan.bound
    else { return nil }
    return .outOfReach(
      tasks: subject.tasks, of: subject.kernel, workers: subject.workers, kind: plan.kind.name,
      most: plan.value(most))
  }

  /// The ceiling at the worker counts of scaling claims; `nil` without such claims.
  func ceiling(_ claims: [CandidateClaim]) throws(MeasurementError) -> CeilingGroup? {
    let counts = Set(claims.map(\.workers)).sorted()
    guard let most = counts.last, let kernel = catalog.measurable(Ceiling.name) else { return nil }
    let tasks = Ceiling.tasks(workers: counts)
    let turns = (tasks + most - 1) / most
    let load = ([1] + counts).reduce(0) { $0 + Double(most) / Double($1) }
    let seconds = min(
      options.ceilingArmSeconds, Sizing.armSeconds(load: load, options: options))
    let found = try calibrate(kernel, seconds: seconds / Double(turns))
    func arm(_ workers: Int) -> Arm {
      Arm(
        kernel: kernel.name, variant: Ceiling.variant,
        executor: options.ranks == nil ? ExecutorName.pool : ExecutorName.mpi, workers: workers,
        tasks: tasks, size: found.size)
    }
    let comparisons = claims.map { candidate in
      // For a fixed size the number of tasks is found later, a multiple of the most workers.
      let isFixed = catalog.kernel(candidate.claim.kernel).map(Sizing.isFixed) ?? false
      let side = candidate.claim.kind.statement.sides(workers: candidate.workers).subject
      let granularity = CeilingTasks.granularity(
        of: isFixed ? tasks : side.tasks(of: candidate.claim.tasks), to: tasks,
        workers: candidate.workers)
      let rule = StopRule.sequential(
        bound: candidate.plan().bound - naturalLog(granularity), alpha: CeilingTasks.alpha)
      return (
        candidate.id,
        PairedComparison(subject: arm(candidate.workers), reference: arm(1), rule: rule)
      )
    }
    return CeilingGroup(arms: ([1] + counts).map(arm), comparisons: comparisons)
  }

  /// Finds the size at which a task of the kernel takes `seconds`.
  func calibrate(
    _ kernel: AnyKernel, seconds: Double
  ) throws(MeasurementError) -> Calibration {
    progress(kernel.name)
    return try Calibration.find(
      kernel, seconds: seconds, maximumSize: 1 << 45, runner: runner)
  }
}
