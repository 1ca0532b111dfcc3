extension Claim {
  /// What is in the way of a baseline claim: nothing is stored, or something else is.
  package func baselineObstacle(_ kernel: AnyKernel, options: GateOptions) -> Obstacle? {
    guard kind.isBaseline else { return nil }
    guard let baselines = options.baselines else {
      return Obstacle(.baseline, "no baselines were given")
    }
    let workers = workers(allowed: options.allowedWorkers)
    let quantity = quantity(kernel, workers: workers, executor: options.executor)
    return baselines.obstacle(id, quantity: quantity).map { Obstacle(.baseline, $0) }
  }

  /// Which kernel or variant of the claim does not exist; a mistake of whoever wrote it.
  package func unknownName(in catalog: Catalog) -> String? {
    guard let kernel = catalog.kernel(self.kernel) else {
      return "there is no kernel \(self.kernel): "
        + "expected \(catalog.kernels.map(\.name).joined(separator: ", "))"
    }
    return variants.first { kernel.variant($0) == nil }.map { unknown in
      "kernel \(kernel.name) has no variant \(unknown): "
        + "expected \(kernel.variants.map(\.name).joined(separator: ", "))"
    }
  }

  /// What is in the way of a claim of any kind, as far as that is known before anything is run.
  package func obstacleBeforeBaselines(catalog: Catalog, options: GateOptions) -> Obstacle? {
    if let unknown = unknownName(in: catalog) { return Obstacle(.mistake, unknown) }
    let workers = workers(allowed: options.allowedWorkers)
    if workers > options.allowedWorkers {
      let quota = options.quota.map { " (quota \($0))" } ?? ""
      return Obstacle(
        .hardware, "needs \(workers) cores, \(options.allowedWorkers) allowed\(quota)")
    }
    if let obstacle = kind.statement.obstacle(tasks: tasks, workers: workers) { return obstacle }
    if options.budget == 0 { return Obstacle(.skipped, "skipped: the budget is 0") }
    return options.instrumentation.map {
      Obstacle(.build, "built with \($0); build without it")
    }
  }

  /// The variants it needs that were built without optimisation, the kernel's reference among them.
  package func unoptimizedVariants(in catalog: Catalog) -> [String] {
    guard let kernel = catalog.kernel(self.kernel) else { return [] }
    let needed = Set(variants + [kernel.reference?.name].compactMap { $0 })
    return kernel.variants.filter { needed.contains($0.name) && !$0.isOptimized }.map(\.name)
  }

  /// What is in the way of the claim before anything is run; `nil`: nothing is.
  func obstacle(catalog: Catalog, options: GateOptions) -> Obstacle? {
    obstacleBeforeBaselines(catalog: catalog, options: options)
      ?? catalog.kernel(kernel).flatMap { baselineObstacle($0, options: options) }
  }

  /// A record of the claim alone, which says why nothing was measured for it.
  package func recordNotChecked(
    _ obstacle: Obstacle, in record: Record, options: GateOptions
  ) -> Record {
    var record = record
    var plan = ClaimPlan(self, workers: workers(allowed: options.allowedWorkers), alpha: 0.02)
    plan.refuse(obstacle)
    record.claimPlans = [plan]
    record.claims = Judge.results(record)
    return record
  }
}

extension Record {
  /// Adds claims for which nothing is measured, with what is in the way of each.
  package mutating func add(_ claims: [Claim], catalog: Catalog, options: GateOptions) {
    for claim in claims {
      var plan = ClaimPlan(
        claim, workers: claim.workers(allowed: options.allowedWorkers), alpha: 0.02)
      plan.refuse(claim.obstacle(catalog: catalog, options: options))
      claimPlans.append(plan)
    }
    self.claims = Judge.results(self)
  }
}
