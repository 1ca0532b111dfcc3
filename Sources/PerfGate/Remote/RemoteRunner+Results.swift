import PerfGateWorkers

extension RemoteRunner {
  func check(_ checksum: UInt64, of arm: Arm) throws(MeasurementError) {
    let key = workKey(of: arm)
    guard let kernel = catalog.measurable(arm.kernel) else { return }
    if !varying.contains(arm.kernel) {
      if expected[key] == nil { expected[key] = try reference(kernel, arm) }
      if expected[key] == checksum { return }
    }
    // Hashes, for example, are others in each process.
    if expectedHere[key] == nil { expectedHere[key] = try reference(kernel, arm) }
    guard expectedHere[key] == checksum else {
      if try dependsOnProcess(kernel, arm, expectedHere[key]) {
        throw .wrongResult(
          Unproven(
            kernel: arm.kernel, variant: arm.variant,
            reason: .ended(
              "has other results in each process, as hashes are, so that executor \(arm.executor) "
                + "cannot be checked; choose another one")))
      }
      throw try wrongResult(kernel, arm)
    }
    varying.insert(arm.kernel)
  }

  /// Whether even the reference has other results in another process, of an arm that runs in several.
  private func dependsOnProcess(
    _ kernel: AnyKernel, _ arm: Arm, _ here: UInt64?
  ) throws(MeasurementError) -> Bool {
    guard Executors.named(arm.executor)?.placement == .processes else { return false }
    end()
    return try reference(kernel, arm) != here
  }

  /// The checksum of the reference's results, computed in the current process.
  func reference(
    _ kernel: AnyKernel, _ arm: Arm
  ) throws(MeasurementError) -> UInt64 {
    let tasks = arm.tasks
    guard let arm = referenceArm(kernel, arm) else { return 0 }
    guard kernel.tasksAreAlike else { return try execute(arm).checksum }
    var one = arm
    (one.tasks, one.workers) = (1, 1)
    let result = try results(of: one).first ?? 0
    return resultChecksum(Array(repeating: result, count: tasks))
  }

  private func referenceArm(_ kernel: AnyKernel, _ arm: Arm) -> Arm? {
    guard let reference = kernel.reference(of: arm.variant) else { return nil }
    var other = arm
    (other.variant, other.executor) = (reference.name, ExecutorName.pool)
    let cpus = Set(placement.slots.compactMap(\.cpu)).count
    other.workers = min(max(cpus, 1), placement.slots.count)
    return other
  }

  /// The results of an arm, which is run again.
  func results(of arm: Arm) throws(MeasurementError) -> [UInt64] {
    _ = try execute(arm)
    do { return try results(min(arm.tasks, Self.mostCompared), try connected()) } catch {
      throw failed(error, arm)
    }
  }

  /// The results of the first tasks of the last run.
  private func results(
    _ tasks: Int, _ connection: ArmConnection
  ) throws(MeasurementError) -> [UInt64] {
    var all: [UInt64] = []
    while all.count < tasks {
      let count = min(ArmProtocol.mostResults, tasks - all.count)
      let request = ArmRequest.results(first: all.count, count: count)
      let first = try connection.ask(request, atMost: bounds.short)
      guard first == "results \(count)" else { throw connection.strange(first, to: request) }
      for line in try connection.lines(count, of: request, atMost: bounds.short) {
        guard let word = WireText.word(line) else { throw connection.strange(line, to: request) }
        all.append(word)
      }
    }
    return all
  }

  /// The error for a wrong checksum, which names the task.
  private func wrongResult(
    _ kernel: AnyKernel, _ arm: Arm
  ) throws(MeasurementError) -> MeasurementError {
    let right = try rightResults(kernel, arm)
    var found = try results(of: arm)
    // What changes from run to run may be right this time.
    for _ in 0..<3 where found == right { found = try results(of: arm) }
    guard let task = zip(found, right).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
      let when = arm.tasks > found.count ? "after task \(found.count - 1)" : "once, not again"
      return .wrongResult(
        Unproven(
          kernel: arm.kernel, variant: arm.variant,
          reason: .ended("returned results that differ from the reference's, \(when)")))
    }
    let wrong = WrongTask(task: task, found: found[task], expected: right[task])
    return .wrongResult(
      Unproven(arm, wrong, kernel: kernel) { variant in
        var again = arm
        (again.variant, again.tasks, again.workers) = (variant, 4, 1)
        return (try? results(of: again)) ?? []
      })
  }

  /// What the reference returns for the first tasks of an arm.
  private func rightResults(_ kernel: AnyKernel, _ arm: Arm) throws(MeasurementError) -> [UInt64] {
    guard var reference = referenceArm(kernel, arm) else { return [] }
    guard kernel.tasksAreAlike else { return try results(of: reference) }
    (reference.tasks, reference.workers) = (1, 1)
    let result = try results(of: reference).first ?? 0
    return Array(repeating: result, count: min(arm.tasks, Self.mostCompared))
  }

  /// A checksum of the results of all the arm's tasks.
  package func checksum(of arm: Arm) throws(MeasurementError) -> UInt64 {
    expected[workKey(of: arm)] ?? 0
  }

  /// What the results of an arm depend on.
  func workKey(of arm: Arm) -> WorkKey {
    WorkKey(
      input: Input(kernel: arm.kernel, size: arm.size), tasks: arm.tasks,
      reference: catalog.measurable(arm.kernel)?.reference(of: arm.variant)?.name)
  }
}
