import PerfGateWorkers

// What is made of the results of a round.

extension LocalRunner {
  /// Compares the results of the last round with what was expected of each task.
  func checkResults(
    of arm: Arm, against expected: [UInt64]
  ) throws(MeasurementError) {
    guard let check = lastRound?.check(expected) else { return }
    if let wrong = check.wrong { throw wrongResult(arm, wrong) }
    // The executors' own tests show that no task runs twice while another one is lost.
    guard check.count == arm.tasks else {
      throw .lostTask(
        task: min(check.count, arm.tasks), arm: arm.id, times: check.count > arm.tasks ? 2 : 0)
    }
  }

  /// The error for a wrong result: the variant differs from the reference, or one of them from
  /// itself.
  private func wrongResult(_ arm: Arm, _ wrong: WrongTask) -> MeasurementError {
    .wrongResult(
      Unproven(arm, wrong, kernel: catalog.measurable(arm.kernel)) { resultsAgain(arm, $0) })
  }

  /// The results of a few more calls of a variant whose tasks are all equal.
  private func resultsAgain(_ arm: Arm, _ variant: String) -> [UInt64] {
    guard let kernel = catalog.measurable(arm.kernel), let code = try? prepare(arm).bodies[variant]
    else { return [] }
    let again = try? call(
      code, named: variant, of: kernel, tasks: 4, workers: 1, label: "\(variant) again")
    return again ?? []
  }
}
