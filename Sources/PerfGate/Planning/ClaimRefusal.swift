import PerfGateWorkers

extension Claim {
  /// The kernel, variant or executor of the claim that does not exist, which is a mistake in the claim; `nil`
  /// if all exist.
  package func unknownName(in catalog: Catalog) -> Reason? {
    guard let kernel = catalog.kernel(self.kernel) else {
      return .unknownKernel(self.kernel, known: catalog.kernels.map(\.name))
    }
    if let unknown = variants.first(where: { kernel.variant($0) == nil }) {
      return .unknownVariant(unknown, kernel: kernel.name, known: kernel.variants.map(\.name))
    }
    return Executors.named(executor) == nil
      ? .unknownExecutor(executor, known: Executors.all.map(\.name)) : nil
  }

  /// Why a claim of any kind cannot be checked, as far as known before anything runs; `nil` if it
  /// can.
  package func refusalBeforeBaselines(catalog: Catalog, options: GateOptions) -> Reason? {
    if let unknown = unknownName(in: catalog) { return unknown }
    if let refusal = peerRefusal(in: catalog, options) { return refusal }
    if let unsupported = unsupportedVariants(in: catalog).first {
      return .unsupportedVariant(unsupported, kernel: kernel)
    }
    if let refusal = processRefusal(in: catalog, options) { return refusal }
    let workers = workers(allowed: options.allowedWorkers)
    if workers > options.allowedWorkers {
      if let ranks = options.ranks { return .needsRanks(workers, started: ranks) }
      return .needsCores(workers, allowed: options.allowedWorkers, quota: options.quota)
    }
    if options.ranks != nil, workers > 1, let kernel = catalog.kernel(self.kernel),
      case let name = executor(of: kernel, chosen: options.executor),
      Executors.named(name)?.placement != .ranks
    {
      // Beside ranks, other executors have the one worker of rank 0.
      return .needsCores(workers, allowed: 1, quota: nil)
    }
    if let refusal = kind.statement.refusal(tasks: tasks, workers: workers) { return refusal }
    if options.budget == 0 { return .budgetIsZero }
    return options.instrumentation.map { .instrumented($0) } ?? countRefusal(in: catalog)
  }

  /// Why what it is about cannot be counted here; `nil`: it can, or nothing is.
  private func countRefusal(in catalog: Catalog) -> Reason? {
    guard let counter = kind.form.counter else { return nil }
    if let why = Counting.refusal(counter) { return .notCounted(why) }
    let kernel = catalog.kernel(self.kernel)
    let other = variants.first { name in
      let variant = kernel?.variant(name)
      return variant?.peer != nil || variant?.messageWay != nil
    }
    return other.map { .notCounted(.elsewhere($0)) }
  }

  /// Why a baseline claim cannot be checked: no session or a different quantity is stored; `nil` if
  /// it can.
  package func baselineRefusal(_ kernel: AnyKernel, options: GateOptions) -> Reason? {
    guard kind.isBaseline else { return nil }
    guard let baselines = options.baselines else { return .noBaselines }
    let workers = workers(allowed: options.allowedWorkers)
    return baselines.refusal(
      id,
      quantity: quantity(
        kernel, workers: workers, executor: executor(of: kernel, chosen: options.executor)),
      counter: kind.form.counter)
  }

  /// The stored session that a claim about counts is compared with; `nil`: none is stored.
  func countedSession(quantity: String?, options: GateOptions) -> CountBaseline.Session? {
    guard let counter = kind.form.counter, let quantity else { return nil }
    return options.baselines?.counted(id, quantity: quantity, counter: counter)
  }

  /// Why the claim cannot be checked, as far as known before anything runs; `nil` if it can.
  func refusal(catalog: Catalog, options: GateOptions) -> Reason? {
    refusalBeforeBaselines(catalog: catalog, options: options)
      ?? catalog.kernel(kernel).flatMap { baselineRefusal($0, options: options) }
  }

  /// The variants that it needs, including the kernel's reference, that were built without
  /// optimization.
  package func unoptimizedVariants(in catalog: Catalog) -> [String] {
    guard let kernel = catalog.kernel(self.kernel) else { return [] }
    let needed = Set(variants + [kernel.reference?.name].compactMap { $0 })
    return kernel.variants.filter { needed.contains($0.name) && !$0.isOptimized }.map(\.name)
  }

  /// The claim's variants that this CPU cannot run because it lacks instructions.
  package func unsupportedVariants(in catalog: Catalog) -> [String] {
    guard let kernel = catalog.kernel(self.kernel) else { return [] }
    return kernel.variants.filter { variants.contains($0.name) && !$0.isSupported }.map(\.name)
  }

  /// Why worker processes cannot run its code; `nil`: they can, or it needs none.
  private func processRefusal(in catalog: Catalog, _ options: GateOptions) -> Reason? {
    guard let kernel = catalog.kernel(self.kernel),
      case let executor = executor(of: kernel, chosen: options.executor),
      let kind = Executors.named(executor), kind.isElsewhere
    else { return nil }
    let isClosure = kernel.module == nil
    return isClosure || kind.placement == .processes && !options.hasWorkerProgram
      ? .noWorkerProcesses(executor: executor, isClosure: isClosure) : nil
  }

  /// Why a program in another language cannot run its side of the claim; `nil` if all can.
  private func peerRefusal(in catalog: Catalog, _ options: GateOptions) -> Reason? {
    let workers = workers(allowed: options.allowedWorkers)
    for name in variants {
      guard let peer = catalog.kernel(kernel)?.variant(name)?.peer else { continue }
      if let why = peer.refusal { return .programUnavailable(peer.program, why: why) }
      if peer.discards {
        return .unproven(variant: name, finding: "nobody uses its result, so it may do no work")
      }
      if workers > 1, peer.executor == ExecutorName.singleThread {
        return .onlyOneThread(peer.program, workers: workers)
      }
    }
    return nil
  }

  /// A name for each claim that no other has: its own, or with a number behind it.
  ///
  /// - Parameter taken: names that are in use already.
  static func uniqueNames(of claims: [Claim], taken: [String]) -> [String] {
    let own = Set(claims.map(\.id))
    var taken = Set(taken)
    return claims.map { claim in
      var id = claim.id
      var number = 2
      while taken.contains(id) || id != claim.id && own.contains(id) {
        id = "\(claim.id)#\(number)"
        number += 1
      }
      taken.insert(id)
      return id
    }
  }

  /// The record with this claim only, and the reason why it was not measured.
  package func recordNotChecked(
    _ refusal: Reason, in record: Record, options: GateOptions
  ) -> Record {
    var record = record
    record.claimPlans = [
      ClaimPlan(
        self, workers: workers(allowed: options.allowedWorkers), alpha: CeilingTasks.alpha,
        refusal: refusal)
    ]
    record.claims = Judge.results(record)
    return record
  }
}

extension Record {
  /// Adds claims without measuring them, each with the reason why it cannot be checked, if any.
  package mutating func add(_ claims: [Claim], catalog: Catalog, options: GateOptions) {
    let names = Claim.uniqueNames(of: claims, taken: claimPlans.map(\.id))
    claimPlans += zip(claims, names).map { claim, id in
      ClaimPlan(
        claim, id: id, workers: claim.workers(allowed: options.allowedWorkers),
        alpha: CeilingTasks.alpha,
        refusal: id == claim.id
          ? claim.refusal(catalog: catalog, options: options) : .sameName(claim.id))
    }
    self.claims = Judge.results(self)
  }
}
