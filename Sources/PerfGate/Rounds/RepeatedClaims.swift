/// How much work the arms of a kernel do.
package struct ArmWork: Hashable, Sendable, Codable {
  /// The size of a task, in the kernel's units.
  package var size: Int
  /// The number of tasks.
  package var tasks: Int

  package init(size: Int, tasks: Int) {
    self.size = size
    self.tasks = tasks
  }
}

extension Session {
  /// Judges claims whose arms are known, without proving or calibrating anything: for a study that
  /// judges the same claims again and again.
  ///
  /// All claims share their rounds, also those of different kernels, and use one worker. Give the
  /// session a new record before each call.
  ///
  /// - Parameters:
  ///   - group: names the rounds.
  ///   - work: what the arms of each kernel do, by its name.
  /// - Throws: ``MeasurementError``, also for a kernel that is not in `work`.
  package func judge(
    _ claims: [Claim], group: String, work: [String: ArmWork], catalog: Catalog,
    options: GateOptions
  ) throws(MeasurementError) {
    let planner = Planner(catalog: catalog, runner: runner, options: options)
    var planned: [PlannedClaim] = []
    for candidate in planner.candidates(claims, taken: []) {
      if candidate.refusal != nil {
        record.claimPlans.append(candidate.plan())
        continue
      }
      let claim = candidate.claim
      guard let work = work[claim.kernel], claim.variants.count == 2 else {
        throw .unknownKernel(claim.kernel, known: work.keys.sorted())
      }
      func arm(_ variant: String) -> Arm {
        Arm(
          kernel: claim.kernel, variant: variant, workers: 1, tasks: work.tasks, size: work.size)
      }
      planned.append(
        PlannedClaim(
          candidate: candidate, subject: arm(claim.variants[0]),
          reference: arm(claim.variants[1]), units: nil))
    }
    let rounds = ClaimGroup(
      id: GroupKey(.claims, group), claims: planned, leastRounds: options.leastRounds)
    let gate = Gate(
      runner: runner, clock: clock, probe: probe, options: options, record: record,
      seed: orderSeed,
      series: emptySeries)
    runner.watch(with: armWatch)
    defer { runner.watch(with: nil) }
    let outcome = gate.measure(rounds)
    record.series += outcome.series
    record.stages += outcome.stages
    record.notes += outcome.notes
    record.claimPlans += planned.map {
      $0.plan(
        group: rounds.id, maximumRounds: outcome.maximumRounds, isOfStarts: outcome.isOfStarts,
        refusal: outcome.refusal, ceiling: nil)
    }
    record.claims = Judge.results(record)
    if let failure = outcome.failure { throw failure }
  }
}
