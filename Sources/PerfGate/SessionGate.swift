import PerfGateMachine
import PerfGateStatistics

extension Session {
  /// Judges claims: proves the work, measures in groups that share rounds, decides.
  ///
  /// Plans, stages and results are in the record afterwards, also when it was interrupted.
  ///
  /// - Throws: ``MeasurementError`` when a worker fails or the run is interrupted.
  public func judge(
    _ claims: [Claim], catalog: Catalog, machine: Machine, options: GateOptions
  ) throws(MeasurementError) {
    let survey = ClaimSurvey(session: self, catalog: catalog, options: options)
    let alpha = firstStageAlpha(claims: claims.count)
    let first = record.claimPlans.count
    record.claimPlans += claims.map { survey.plan($0, alpha: alpha) }
    defer { record.claims = Judge.results(record) }
    defer { runner.watch = nil }
    let gate = gate(machine: machine, options: options)
    let measurable = claims.enumerated().map { (plan: first + $0.offset, claim: $0.element) }
      .filter { record.claimPlans[$0.plan].notCheckable == nil }
    try measureCeiling(survey, gate, measurable.map(\.plan))
    for kernel in catalog.kernels {
      let own = measurable.filter { $0.claim.kernel == kernel.name }
      guard !own.isEmpty else { continue }
      let proven = try provenClaims(own, of: kernel)
      guard !proven.isEmpty else { continue }
      for group in try survey.groups(of: kernel, claims: proven) {
        try measure(group, gate)
        describe(kernel, group)
      }
      runner.releaseInputs(of: kernel.name)
    }
  }

  private func gate(machine: Machine, options: GateOptions) -> Gate {
    let probe = InterferenceProbe(machine: machine, pool: runner.pool)
    runner.watch = probe
    let gate = Gate(
      runner: runner, clock: SystemClock(), probe: probe, budget: options.budget,
      quietSeconds: options.quietSeconds
    ) { [slots, bind = record.plan.bind] arm in
      Series(
        arm, group: "", cpus: slots.prefix(arm.workers).compactMap(\.cpu), bind: bind)
    }
    gate.progress = { [weak self] group, round, result in
      let open = result.tests.filter { $0.state == .undecided }
      self?.progress(
        .judging(
          group: group, round: round, of: result.maximumRounds, open: open,
          all: result.tests.count))
    }
    return gate
  }

  private func measureCeiling(
    _ survey: ClaimSurvey, _ gate: Gate, _ plans: [Int]
  ) throws(MeasurementError) {
    let scaling = plans.filter { record.claimPlans[$0].isScaling }
    guard !scaling.isEmpty, let group = try survey.ceiling(scaling) else { return }
    try gate.measureCeiling(group, into: &record)
    finishSeries(of: group)
  }

  private func measure(_ group: ClaimGroup, _ gate: Gate) throws(MeasurementError) {
    defer { finishSeries(of: group) }
    do { try gate.measure(group, into: &record) } catch {
      guard case .wrongResult(let unproven) = error else { throw error }
      forget(unproven)
    }
  }

  /// The claims whose variants are all proven; what is not goes into the record.
  private func provenClaims(
    _ claims: [(plan: Int, claim: Claim)], of kernel: AnyKernel
  ) throws(MeasurementError) -> [(plan: Int, claim: Claim)] {
    let names = Set(claims.flatMap(\.claim.variants))
    let variants = kernel.variants.filter { names.contains($0.name) }
    let size = kernel.work.defaultSize ?? 1
    let proven = Set(try prove(kernel, variants: variants, size: size).map(\.name))
    var good: [(plan: Int, claim: Claim)] = []
    for (plan, claim) in claims {
      if let bad = claim.variants.first(where: { !proven.contains($0) }) {
        let reason = record.unproven.last { $0.kernel == kernel.name && $0.variant == bad }?.reason
        record.claimPlans[plan].notCheckable = "work not proven: \(bad): \(reason ?? "unknown")"
      } else {
        good.append((plan, claim))
      }
    }
    return good
  }

  /// What the gate does not know: checksums, and the most memory.
  private func finishSeries(of group: ClaimGroup) {
    let peak = Self.peakBytes()
    for index in record.series.indices where record.series[index].group == group.id {
      record.series[index].peakBytes = peak
      let id = record.series[index].id
      guard
        let arm = group.arms.first(where: { [$0.id, $0.id + StageRecord.suffix(2)].contains(id) }),
        let checksum = try? runner.checksum(of: arm)
      else { continue }
      record.series[index].checksum = String(checksum, radix: 16)
    }
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
