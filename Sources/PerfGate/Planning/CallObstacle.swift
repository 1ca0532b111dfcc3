import PerfGateStatistics

extension Session {
  /// Why calls of closures cannot be measured: they are too long for the budget, or too many of
  /// their inputs would have to be in memory. `nil`: they can.
  func callObstacle(
    _ claims: [(plan: Int, claim: Claim)], of kernel: AnyKernel, options: GateOptions
  ) throws(MeasurementError) -> String? {
    guard kernel.calls != nil else { return nil }
    let workers = claims.map { record.claimPlans[$0.plan].workers }.max() ?? 1
    if let obstacle = try tooLarge(kernel, workers: workers) { return obstacle }
    let names = Set(claims.flatMap(\.claim.variants))
    var paces: [(name: String, seconds: Double)] = []
    for variant in kernel.variants where names.contains(variant.name) {
      // The proof tells of what was not optimized, and of wrong results.
      guard variant.isOptimized else { return nil }
      do { paces.append((variant.name, try pace(kernel, variant, size: 1))) } catch {
        guard case .wrongResult = error else { throw error }
        return nil
      }
    }
    if let obstacle = Self.tooLong(paces, budget: options.budget) { return obstacle }
    return try tooShort(paces, of: kernel, workers: workers)
  }

  /// A single call of each is the least that a round can have.
  private static func tooLong(
    _ paces: [(name: String, seconds: Double)], budget: Double
  ) -> String? {
    let round = paces.reduce(0) { $0 + $1.seconds }
    guard plannedRounds(budgetSeconds: budget, roundSeconds: max(round, 1e-9)) == nil else {
      return nil
    }
    let calls = paces.map { "one of \(ClosureCalls.words($0.name)) takes \(time($0.seconds))" }
    return "a call is too long: \(calls.joined(separator: ", ")); the budget of \(budget) s allows "
      + "\(Int(budget / round)) rounds of one call each, 16 are needed; do less in a call, or raise "
      + "PERFGATE_BUDGET"
  }

  /// A few calls of each worker are the least that anything can be told from.
  private func tooLarge(
    _ kernel: AnyKernel, workers: Int
  ) throws(MeasurementError) -> String? {
    guard let most = try runner.mostCalls(kernel), most < 4 * workers else { return nil }
    return try inputs(of: kernel).map {
      "\($0), \(4 * workers) calls are needed; make the input smaller"
    }
  }

  /// So few calls that they last no time are all whose inputs fit.
  private func tooShort(
    _ paces: [(name: String, seconds: Double)], of kernel: AnyKernel, workers: Int
  ) throws(MeasurementError) -> String? {
    guard let most = try runner.mostCalls(kernel) else { return nil }
    let needed = Sizing.leastArmSeconds * Double(workers)
    guard let short = paces.first(where: { $0.seconds * Double(most) < needed }) else { return nil }
    return try inputs(of: kernel).map {
      "\($0), and \(most) calls of \(ClosureCalls.words(short.name)) last "
        + "\(Self.time(short.seconds * Double(most))), \(Self.time(needed)) are needed; make the "
        + "input smaller, or do more in a call"
    }
  }

  /// What an input takes, and what all of an arm may take.
  private func inputs(of kernel: AnyKernel) throws(MeasurementError) -> String? {
    try runner.callMemory(kernel).map {
      "an input of setUp takes \(Self.mebibytes($0.bytes)), the inputs of an arm may take "
        + Self.mebibytes(runner.inputBudget)
    }
  }

  /// Notes calls that seem to copy their inputs first: these take hardly any memory of their own, and
  /// the calls leave much in them.
  func noteCopies(_ kernel: AnyKernel) throws(MeasurementError) {
    guard let memory = try runner.callMemory(kernel) else { return }
    let copying = kernel.variants.filter { variant in
      let left = memory.left[variant.name] ?? 0
      return left >= Self.leastCopy && memory.input < left / 10
    }
    guard let most = copying.compactMap({ memory.left[$0.name] }).max() else { return }
    let names = copying.map { ClosureCalls.words($0.name) }.joined(separator: " and of ")
    record.notes.append(
      Record.Note(
        code: Self.copies,
        text: "an input of setUp takes \(Self.mebibytes(memory.input)) of its own, and a call of "
          + "\(names) leaves \(Self.mebibytes(most)) more in it: where setUp returns what is "
          + "shared, its copy is in the time; return a copy that nothing else holds"))
  }

  /// The code of a note about calls that seem to copy their inputs.
  package static let copies = "copies"
  /// Less is not worth a note.
  private static let leastCopy = 4096

  private static func mebibytes(_ bytes: Int) -> String {
    bytes < 1 << 20 ? "\(bytes) bytes" : "\((Double(bytes) / 0x1p20 * 10).rounded() / 10) MiB"
  }

  /// `0.25 ms`, `3.1 s`.
  private static func time(_ seconds: Double) -> String {
    let (value, unit) = seconds < 1 ? (seconds * 1000, "ms") : (seconds, "s")
    return "\((value * 100).rounded() / 100) \(unit)"
  }
}
