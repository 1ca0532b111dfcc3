import PerfGateStatistics

extension Session {
  /// Judges claims: proves the work, measures in groups that share rounds, decides.
  ///
  /// Plans, stages and results are in the record afterwards, also when it was interrupted. A record
  /// holds each arm once: give the session a new one before it judges the same claims again.
  ///
  /// - Throws: ``MeasurementError`` when a worker fails or the run is interrupted.
  public func judge(
    _ claims: [Claim], catalog: Catalog, options: GateOptions
  ) throws(MeasurementError) {
    let survey = ClaimSurvey(session: self, catalog: catalog, options: options)
    let alpha = firstStageAlpha(claims: claims.count)
    let first = record.claimPlans.count
    for claim in claims { record.claimPlans.append(plan(claim, survey, alpha: alpha)) }
    defer { record.claims = Judge.results(record) }
    defer { runner.watch = nil }
    let gate = gate(options)
    runner.watch = probe
    let measurable = claims.enumerated().map { (plan: first + $0.offset, claim: $0.element) }
      .filter { record.claimPlans[$0.plan].notCheckable == nil }
    try measureCeiling(survey, gate, measurable)
    for kernel in catalog.kernels {
      let own = measurable.filter { $0.claim.kernel == kernel.name }
      try judge(own, of: kernel, survey, gate)
      if !own.isEmpty {
        runner.releaseInputs(of: kernel.name)
        runner.releaseInputs(of: ReferenceKernel.of(kernel).name)
      }
    }
  }

  /// The plan of a claim under a name that no other in the record has.
  private func plan(_ claim: Claim, _ survey: ClaimSurvey, alpha: Double) -> ClaimPlan {
    var plan = survey.plan(claim, alpha: alpha)
    if record.claimPlans.contains(where: { $0.id == plan.id }) {
      plan.refuse(Obstacle(.mistake, "another claim is called \(plan.id); rename one"))
      plan.id += "#\(record.claimPlans.count)"
    }
    return plan
  }

  /// Judges the claims of one kernel; a variant that turns out wrong on the way takes those about it
  /// out, and only those.
  private func judge(
    _ claims: [(plan: Int, claim: Claim)], of kernel: AnyKernel, _ survey: ClaimSurvey, _ gate: Gate
  ) throws(MeasurementError) {
    var open = claims
    if let obstacle = try callObstacle(claims, of: kernel, options: survey.options) {
      for (plan, _) in claims { record.claimPlans[plan].notCheckable = obstacle }
      return
    }
    while true {
      open = try provenClaims(open, of: kernel)
      guard !open.isEmpty else { return }
      let known = record.unproven.count
      let (series, stages) = (record.series.count, record.stages.count)
      do throws(MeasurementError) {
        for group in try survey.groups(of: kernel, claims: open) {
          try measure(group, gate)
          describe(kernel, group)
        }
        try noteCopies(kernel)
        return
      } catch {
        guard case .wrongResult(let unproven) = error else { throw error }
        // Sequences that were cut short are no evidence: those of the other claims begin again.
        record.series.removeSubrange(series...)
        record.stages.removeSubrange(stages...)
        forget(unproven)
        guard record.unproven.count > known else { throw error }
      }
    }
  }

  private func gate(_ options: GateOptions) -> Gate {
    let gate = Gate(
      runner: runner, clock: SystemClock(), probe: probe, budget: options.budget,
      quietSeconds: options.quietSeconds, pause: options.confirmationPause, series: emptySeries)
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
    _ survey: ClaimSurvey, _ gate: Gate, _ claims: [(plan: Int, claim: Claim)]
  ) throws(MeasurementError) {
    let scaling = claims.filter { record.claimPlans[$0.plan].kind.isScaling }
    guard !scaling.isEmpty, let group = try survey.ceiling(scaling) else { return }
    try gate.measureCeiling(group, into: &record)
    finishSeries(of: group.id, arms: group.arms)
  }

  private func measure(_ group: ClaimGroup, _ gate: Gate) throws(MeasurementError) {
    defer { finishSeries(of: group.id, arms: group.arms) }
    try gate.measure(group, into: &record)
  }

  /// The claims whose variants are all proven; what is not goes into the record.
  ///
  /// Nothing is known of any variant where the reference itself is not right each time.
  private func provenClaims(
    _ claims: [(plan: Int, claim: Claim)], of kernel: AnyKernel
  ) throws(MeasurementError) -> [(plan: Int, claim: Claim)] {
    let names = Set(claims.flatMap(\.claim.variants))
    let variants = kernel.variants.filter { names.contains($0.name) }
    let size = kernel.work.defaultSize ?? 1
    let proven = try prove(kernel, variants: variants, size: size)
    let unproven = record.unproven.filter { $0.kernel == kernel.name }
    let empty = try emptyVariant(of: kernel, proven, size: size)
    return claims.filter { plan, claim in
      let names = claim.variants + [kernel.reference?.name].compactMap { $0 }
      guard let bad = unproven.first(where: { names.contains($0.variant) }) else { return true }
      record.claimPlans[plan].refuse(
        Obstacle(.notProven, "\(ClaimResult.notProven): \(bad.variant): \(bad.reason)"))
      return false
    }.filter { plan, _ in
      if let empty { record.claimPlans[plan].refuse(Obstacle(.mistake, empty)) }
      return empty == nil
    }
  }

  /// Which variant takes hardly longer than one that does nothing, where that says that nothing is left of
  /// it; `nil`: none.
  private func emptyVariant(
    of kernel: AnyKernel, _ variants: [AnyKernel.VariantInfo], size: Int
  ) throws(MeasurementError) -> String? {
    guard kernel.mustTakeTime else { return nil }
    let least = EmptyKernel.leastRatio(of: kernel)
    for variant in variants {
      guard let ratio = try ratioToEmpty(kernel, variant, size: size), ratio < least
      else { continue }
      let times = (ratio * 100).rounded() / 100
      return "\(variant.name): a call takes \(times) times as long as one that does nothing: the "
        + "optimiser left nothing of it (return its result), or it is too short (do more in a call)"
    }
    return nil
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
