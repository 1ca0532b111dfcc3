import PerfGateStatistics

/// Decides whether calls of closures can be measured, by how long they take and how many of their
/// inputs fit into memory at once.
package struct CallLimits {
  /// The kernel of the closures.
  let kernel: AnyKernel
  /// Runs the calls.
  let runner: any ArmRunner
  /// How long a group's rounds may take, in seconds.
  let budget: Double

  /// Why calls of closures cannot be measured: they take too long for the budget, or too few of
  /// their inputs fit into memory. `nil` if they can.
  func refusal(_ claims: [CandidateClaim]) throws(MeasurementError) -> Reason? {
    guard kernel.calls != nil else { return nil }
    let workers = claims.map(\.workers).max() ?? 1
    if let refusal = try tooLarge(workers: workers) { return refusal }
    let names = Set(claims.flatMap(\.claim.variants))
    var calls: [Reason.CallTime] = []
    for variant in kernel.variants where names.contains(variant.name) {
      // The proof reports code without optimization, and wrong results.
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

  /// Whether even rounds with a single call of each closure take too long.
  private func isTooLong(_ calls: [Reason.CallTime]) -> Bool {
    let round = calls.reduce(0) { $0 + $1.seconds }
    return plannedRounds(budgetSeconds: budget, roundSeconds: max(round, 1e-9)) == nil
  }

  /// The refusal if not even four inputs per worker fit into memory, the fewest that are useful.
  private func tooLarge(workers: Int) throws(MeasurementError) -> Reason? {
    guard let most = try runner.mostCalls(kernel), most < 4 * workers else { return nil }
    return try inputs().map { .inputsTooLarge($0, needed: 4 * workers) }
  }

  /// The refusal if the calls whose inputs fit into memory are too short to be timed.
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

  /// The memory that one input takes, and the limit for all inputs of an arm.
  private func inputs() throws(MeasurementError) -> Reason.CallInputsCost? {
    try runner.callMemory(kernel).map {
      Reason.CallInputsCost(inputBytes: $0.bytes, budgetBytes: runner.inputBudget)
    }
  }

  /// The note about calls that seem to copy their inputs: the inputs take hardly any memory before
  /// the call and much more after it. `nil` if there are none.
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
      text: "an input of setUp takes \(byteText(memory.input)) of its own, a call of "
        + "\(names) adds \(byteText(most)) to it: the measured time may include "
        + "copying it; return an input from setUp that nothing else shares")
  }

  /// The code of a note about calls that seem to copy their inputs.
  package static let copies = "copies"
  /// The smallest copy that is worth a note, in bytes.
  private static let leastCopy = 4096
}
