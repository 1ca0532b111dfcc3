import PerfGateWorkers

extension Unproven {
  /// What a wrong result shows: the variant differs from the reference, or one of them from itself.
  ///
  /// - Parameter again: the results of a few more calls of a variant whose tasks are all alike.
  init(_ arm: Arm, _ wrong: WrongTask, kernel: AnyKernel?, again: (_ variant: String) -> [UInt64]) {
    let (task, found, expected) = (wrong.task, wrong.found, wrong.expected)
    self.init(
      kernel: arm.kernel, variant: arm.variant,
      reason: .wrongResult(task: task, found: found, expected: expected))
    guard let kernel, let reference = kernel.reference(of: arm.variant) else { return }
    if arm.variant == reference.name {
      reason = .changingResult(
        task: kernel.tasksAreAlike ? nil : task, found: found, before: expected)
    } else if kernel.tasksAreAlike {
      reason = .otherResult(than: reference.name, found: found, expected: expected)
      // The variant that returns something else when it runs again is the faulty one.
      for (name, before) in [(arm.variant, found), (reference.name, expected)] {
        guard let other = again(name).first(where: { $0 != before }) else { continue }
        variant = name
        reason = .changingResult(task: nil, found: other, before: before)
        break
      }
    }
  }
}
