import PerfGateStatistics

/// Whether calls of closures can be measured: how long they are, and how many of their inputs are in
/// memory at once.
package struct CallLimits {
  /// The kernel of the closures.
  let kernel: AnyKernel
  /// What runs the calls.
  let runner: any ArmRunner
  /// Seconds of a group's rounds.
  let budget: Double

  /// Why calls of closures cannot be measured: they are too long for the budget, or too many of
  /// their inputs would have to be in memory. `nil`: they can.
  func refusal(_ claims: [CandidateClaim]) throws(MeasurementError) -> Reason? {
    guard kernel.calls != nil else { return nil }
    let workers = claims.map(\.workers).max() ?? 1
    if let refusal = try tooLarge(workers: workers) { return refusal }
    let names = Set(claims.flatMap(\.claim.variants))
    var calls: [Reason.CallTime] = []
    for variant in kernel.variants where names.contains(variant.name) {
      // The proof tells of what was not optimized, and of wrong results.
      guard variant.isOptimized else { return nil }
      do {
        let seconds = try runner.pace(kernel, variant, size: 1)
        calls.append(Reason.CallTime(closure: variant.name, seconds: seconds))
      } catch {
        guard case .wrongResult = error else { throw error }
        return nil
      }
    }
    if isTooLong(calls) { return .callsTooLong(calls, budget: budget) }
    return try tooShort(calls, workers: workers)
  }

  /// A single call of each is the least that a round can have.
  private func isTooLong(_ calls: [Reason.CallTime]) -> Bool {
    let round = calls.reduce(0) { $0 + $1.seconds }
    return plannedRounds(budgetSeconds: budget, roundSeconds: max(round, 1e-9)) == nil
  }

  /// A few calls of each worker are the least that anything can be told from.
  private func tooLarge(workers: Int) throws(MeasurementError) -> Reason? {
    guard let most = try runner.mostCalls(kernel), most < 4 * workers else { return nil }
    return try inputs().map { .inputsTooLarge($0, needed: 4 * workers) }
  }

  /// So few calls that they last no time are all whose inputs fit.
  private func tooShort(
    _ calls: [Reason.CallTime], workers: Int
  ) throws(MeasurementError) -> Reason? {
    guard let most = try runner.mostCalls(kernel) else { return nil }
    let needed = Sizing.leastArmSeconds * Double(workers)
    guard let short = calls.first(where: { $0.seconds * Double(most) < needed }) else { return nil }
    return try inputs().map {
      .inputsTooShort(
        $0, calls: most, closure: short.closure, seconds: short.seconds * Double(most),
        needed: needed)
    }
  }

  /// What an input takes, and what all of an arm may take.
  private func inputs() throws(MeasurementError) -> Reason.CallInputsCost? {
    try runner.callMemory(kernel).map {
      Reason.CallInputsCost(inputBytes: $0.bytes, budgetBytes: runner.inputBudget)
    }
  }

  /// The note about calls that seem to copy their inputs first: these take hardly any memory of their
  /// own, and the calls leave much in them. `nil`: none do.
  func noteOfCopies() throws(MeasurementError) -> Record.Note? {
    guard let memory = try runner.callMemory(kernel) else { return nil }
    let copying = kernel.variants.filter { variant in
      let left = memory.left[variant.name] ?? 0
      return left >= Self.leastCopy && memory.input < left / 10
    }
    guard let most = copying.compactMap({ memory.left[$0.name] }).max() else { return nil }
    let names = copying.map { ClosureCalls.words($0.name) }.joined(separator: " and of ")
    return Record.Note(
      code: Self.copies,
      text: "an input of setUp takes \(byteText(memory.input)) of its own, and a call of "
        + "\(names) leaves \(byteText(most)) more in it: where setUp returns what is "
        + "shared, its copy is in the time; return a copy that nothing else holds")
  }

  /// The code of a note about calls that seem to copy their inputs.
  package static let copies = "copies"
  /// Less is not worth a note.
  private static let leastCopy = 4096
}
