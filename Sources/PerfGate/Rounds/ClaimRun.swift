import PerfGateStatistics

extension Session {
  /// Judges claims: proves their work, measures them in groups that share rounds, and decides.
  ///
  /// Plans, stages and results are in the record afterwards, even if it was interrupted. A record
  /// holds each arm once: give the session a new record before it judges the same claims again.
  ///
  /// - Throws: ``MeasurementError`` when a worker fails or the run is interrupted.
  package func judge(
    _ claims: [Claim], catalog: Catalog, options: GateOptions
  ) throws(MeasurementError) {
    var options = options
    if runner.startsProcesses { options.roundSeconds = GateOptions.startedRoundSeconds }
    var planner = Planner(catalog: catalog, runner: runner, options: options)
    planner.progress = { [weak self] in self?.progress(.calibrating(kernel: $0)) }
    let candidates = planner.candidates(claims, taken: record.claimPlans.map(\.id))
    let open = candidates.filter { $0.refusal == nil }
    var run = ClaimRun(planner: planner, gate: gate(options))
    let earlier = record.claimPlans
    func judgeAll() {
      record.claimPlans =
        earlier
        + candidates.map { run.plans[$0.id] ?? $0.plan(ceiling: run.ceilings[$0.id]) }
      record.claims = Judge.results(record)
    }
    defer { judgeAll() }
    /// Whoever keeps the record gets what is known so far.
    func keepAll() {
      guard let keep else { return }
      judgeAll()
      keep()
    }
    runner.watch(with: armWatch)
    defer { runner.watch(with: nil) }
    try measureCeiling(of: open, &run)
    keepAll()
    for kernel in catalog.kernels {
      let own = open.filter { $0.claim.kernel == kernel.name }
      guard !own.isEmpty else { continue }
      let ofTime = own.filter(\.claim.kind.form.isOfTime)
      let ofMemory = own.filter(\.claim.kind.form.isOfBytes)
      let ofCounts = own.filter { $0.claim.kind.form.counter != nil }
      if !ofTime.isEmpty {
        try judge(ofTime, of: kernel, &run)
        keepAll()
      }
      if !ofMemory.isEmpty { try judgeMemory(ofMemory, of: kernel, &run) }
      if !ofCounts.isEmpty { try judgeCounts(ofCounts, of: kernel, &run) }
      if ofTime.count < own.count { keepAll() }
      runner.releaseInputs(of: kernel.name)
      runner.releaseInputs(of: ReferenceKernel.of(kernel).name)
    }
  }

  /// Judges the claims of one kernel. If a variant turns out to be wrong, only the claims about it
  /// are refused.
  private func judge(
    _ claims: [CandidateClaim], of kernel: AnyKernel, _ run: inout ClaimRun
  ) throws(MeasurementError) {
    let limits = CallLimits(
      kernel: kernel, runner: runner, budget: run.planner.options.budget)
    if let refusal = try limits.refusal(claims) { return run.refuse(claims, refusal) }
    var open = claims
    while true {
      do throws(MeasurementError) { open = try provenClaims(open, of: kernel, &run) } catch {
        // One that passed the proof and ended afterwards.
        guard case .wrongResult(let unproven) = error, isNew(unproven) else { throw error }
        forget(unproven)
        continue
      }
      guard !open.isEmpty else { return }
      let attempt = attempt(open, of: kernel, run)
      guard case .wrongResult(let unproven) = attempt.failure else {
        keep(attempt, of: kernel, &run)
        if let failure = attempt.failure { throw failure }
        if let note = try limits.noteOfCopies() { record.notes.append(note) }
        return
      }
      // Interrupted sequences are not evidence: the other claims start again.
      guard isNew(unproven) else { throw .wrongResult(unproven) }
      forget(unproven)
    }
  }

  /// Judges the claims about the memory of a kernel, one after another.
  private func judgeMemory(
    _ claims: [CandidateClaim], of kernel: AnyKernel, _ run: inout ClaimRun
  ) throws(MeasurementError) {
    guard runner.startsProcesses else { return run.refuse(claims, .noStarts) }
    let (planner, gate) = (run.planner, run.gate)
    for claim in try provenClaims(claims, of: kernel, &run) {
      try judgeAlone(
        claim, try planner.memoryClaim(claim, of: kernel), mark: MemoryRounds.mark, &run,
        gate.measureMemory)
    }
  }

  /// Judges the claims about what a kernel is counted to do, one after another. The first run of each
  /// start proves its work: how its time grows says nothing about counts.
  private func judgeCounts(
    _ claims: [CandidateClaim], of kernel: AnyKernel, _ run: inout ClaimRun
  ) throws(MeasurementError) {
    guard runner.startsProcesses else { return run.refuse(claims, .noStarts) }
    let (planner, gate) = (run.planner, run.gate)
    for claim in claims {
      try judgeAlone(
        claim, planner.countClaim(claim, of: kernel), mark: CountRounds.mark, &run, gate.count)
    }
  }

  /// Judges a claim in processes of its own.
  ///
  /// - Parameter measure: measures it in a group of rounds.
  private func judgeAlone(
    _ claim: CandidateClaim, _ planned: PlannedClaim, mark: String, _ run: inout ClaimRun,
    _ measure: (PlannedClaim, GroupKey) -> Gate.Outcome
  ) throws(MeasurementError) {
    let kernel = claim.claim.kernel
    // What passed the proof may have failed in the rounds of an earlier claim.
    let bad = record.unproven.first {
      $0.kernel == kernel && claim.claim.variants.contains($0.variant)
    }
    if let bad {
      return run.refuse([claim], .unproven(variant: bad.variant, finding: bad.reason))
    }
    if let known = [planned.subject, planned.reference].first(where: { record.has($0.key) }) {
      return run.refuse([claim], .measuredBefore(known.id))
    }
    let group = GroupKey(.claims, "\(kernel) (\(mark)) \(claim.id)")
    let outcome = measure(planned, group)
    add(outcome)
    finishSeries(of: group, arms: [planned.subject, planned.reference])
    run.plans[claim.id] = planned.plan(
      group: group, maximumRounds: outcome.maximumRounds, isOfStarts: true,
      refusal: outcome.refusal, ceiling: nil)
    guard let failure = outcome.failure else { return }
    guard case .wrongResult(let unproven) = failure, isNew(unproven) else { throw failure }
    forget(unproven)
  }

  private func isNew(_ unproven: Unproven) -> Bool {
    !record.unproven.contains {
      $0.kernel == unproven.kernel && $0.variant == unproven.variant
    }
  }

  private func attempt(
    _ claims: [CandidateClaim], of kernel: AnyKernel, _ run: ClaimRun
  ) -> ClaimAttempt {
    var attempt = ClaimAttempt()
    do {
      let (groups, refused) = try run.planner.groups(of: kernel, claims: claims)
      attempt.plans = refused
      for group in groups {
        if let arm = group.arms.first(where: { attempt.has($0.key) || record.has($0.key) }) {
          attempt.plans += group.claims.map {
            $0.candidate.plan(
              refusal: .measuredBefore(arm.id), ceiling: run.ceilings[$0.candidate.id])
          }
          continue
        }
        attempt.add(group, run.gate.measure(group), run.ceilings)
        if attempt.failure != nil { break }
      }
    } catch { attempt.failure = error }
    return attempt
  }

  /// Adds the results of an attempt to the record.
  private func keep(_ attempt: ClaimAttempt, of kernel: AnyKernel, _ run: inout ClaimRun) {
    for plan in attempt.plans { run.plans[plan.id] = plan }
    for (group, outcome) in attempt.measured {
      add(outcome)
      finishSeries(of: group.id, arms: group.arms)
      describe(kernel, group)
    }
  }

  private func add(_ outcome: Gate.Outcome) {
    record.series += outcome.series
    record.stages += outcome.stages
    record.notes += outcome.notes
  }

  private func gate(_ options: GateOptions) -> Gate {
    let gate = Gate(
      runner: runner, clock: clock, probe: probe, options: options, record: record,
      seed: orderSeed, series: emptySeries)
    gate.progress = { [weak self] group, round, result in
      let open = result.tests.compactMap(\.self).filter { $0.state == .undecided }
      self?.progress(
        .judging(
          group: group, round: round, of: result.maximumRounds, open: open,
          all: result.tests.count))
    }
    return gate
  }

  private func measureCeiling(
    of claims: [CandidateClaim], _ run: inout ClaimRun
  ) throws(MeasurementError) {
    let scaling = claims.filter { $0.claim.kind.form.isScaling }
    guard let ceiling = try run.planner.ceiling(scaling),
      !ceiling.arms.contains(where: { record.has($0.key) })
    else { return }
    let outcome = run.gate.measure(ceiling)
    add(outcome)
    finishSeries(of: GroupKey(.ceiling), arms: ceiling.arms)
    for (claim, pair) in ceiling.comparisons {
      run.ceilings[claim] = CeilingRounds(
        subject: pair.subject.key, reference: pair.reference.key,
        maximumRounds: outcome.maximumRounds)
    }
    if let failure = outcome.failure { throw failure }
  }

  /// The claims whose variants are all proven; unproven variants go into the record.
  ///
  /// If the reference itself is not proven, no variant is.
  private func provenClaims(
    _ claims: [CandidateClaim], of kernel: AnyKernel, _ run: inout ClaimRun
  ) throws(MeasurementError) -> [CandidateClaim] {
    let names = Set(claims.flatMap(\.claim.variants))
    let variants = kernel.variants.filter { names.contains($0.name) }
    let size = kernel.work.defaultSize ?? 1
    let proven = try prove(kernel, variants: variants, size: size)
    let unproven = record.unproven.filter { $0.kernel == kernel.name }
    let empty = try emptyVariants(of: kernel, proven, size: size)
    var open: [CandidateClaim] = []
    for claim in claims {
      let names = claim.claim.variants + [kernel.reference?.name].compactMap { $0 }
      if let bad = unproven.first(where: { names.contains($0.variant) }) {
        run.refuse([claim], .unproven(variant: bad.variant, finding: bad.reason))
      } else if let empty = claim.claim.variants.compactMap({ empty[$0] }).first {
        run.refuse([claim], empty)
      } else {
        open.append(claim)
      }
    }
    return open
  }

  /// The refusals for variants that take hardly longer than one that does nothing, by variant, if the
  /// kernel must take time.
  private func emptyVariants(
    of kernel: AnyKernel, _ variants: [AnyKernel.VariantInfo], size: Int
  ) throws(MeasurementError) -> [String: Reason] {
    guard kernel.mustTakeTime else { return [:] }
    let least = EmptyKernel.leastRatio(of: kernel)
    var refusals: [String: Reason] = [:]
    for variant in variants {
      guard let ratio = try ratioToEmpty(kernel, variant, size: size), ratio < least
      else { continue }
      refusals[variant.name] = .emptyCall(variant.name, times: ratio)
    }
    return refusals
  }

  private func describe(_ kernel: AnyKernel, _ group: ClaimGroup) {
    guard let arm = group.arms.first(where: { !$0.isSpecial }) ?? group.arms.first,
      !record.workloads.contains(where: { $0.kernel == kernel.name }),
      let seconds = try? runner.inputSeconds(arm)
    else { return }
    record.workloads.append(
      Record.Workload(
        kernel: kernel.name, work: kernel.work, size: arm.size, tasks: arm.tasks,
        calibration: nil, inputSeconds: seconds))
  }
}

/// The state of a run's claims: each gets its complete plan once.
private struct ClaimRun {
  let planner: Planner
  let gate: Gate
  /// The finished plans, by the claim's name.
  var plans: [String: ClaimPlan] = [:]
  /// The series that show the machine's own speedup, by the claim's name.
  var ceilings: [String: CeilingRounds] = [:]

  init(planner: Planner, gate: Gate) {
    self.planner = planner
    self.gate = gate
  }

  mutating func refuse(_ claims: [CandidateClaim], _ reason: Reason) {
    for claim in claims {
      plans[claim.id] = claim.plan(refusal: reason, ceiling: ceilings[claim.id])
    }
  }
}

/// The result of one attempt to measure a kernel's claims; it is kept as a whole or not at all.
private struct ClaimAttempt {
  var plans: [ClaimPlan] = []
  var measured: [(group: ClaimGroup, outcome: Gate.Outcome)] = []
  var failure: MeasurementError?

  func has(_ key: SeriesKey) -> Bool {
    measured.contains { $0.outcome.series.contains { $0.key == key } }
  }

  mutating func add(
    _ group: ClaimGroup, _ outcome: Gate.Outcome, _ ceilings: [String: CeilingRounds]
  ) {
    measured.append((group, outcome))
    plans += group.claims.map {
      $0.plan(
        group: group.id, maximumRounds: outcome.maximumRounds,
        isOfStarts: outcome.isOfStarts, refusal: outcome.refusal,
        ceiling: ceilings[$0.candidate.id])
    }
    failure = outcome.failure
  }
}

extension Record {
  /// Whether the record has a series with this key.
  fileprivate func has(_ key: SeriesKey) -> Bool { series.contains { $0.key == key } }
}
