import CPerfGateSystem
import PerfGateWorkers

// What calls of closures need: inputs, and handling of thrown errors.

extension LocalRunner {
  /// Creates the inputs of this many calls, on the workers that will make the calls.
  func makeInputs(
    of calls: ClosureCalls?, on executor: any Executor, tasks: Int, workers: Int, label: String
  ) throws(MeasurementError) {
    guard let calls, let inputs = calls.inputs else { return }
    inputs.reserve(tasks)
    try untimed(
      TaskCode(inputs.make), on: executor, tasks: tasks, workers: workers,
      label: "the inputs of \(label)")
    try throwFailure(of: calls, by: executor.threadIDs, closure: "setUp")
  }

  /// Called after the calls: throws an error that one of them threw, and frees their inputs.
  ///
  /// Afterwards, the executor's last round has the results to compare.
  ///
  /// - Parameter callers: the threads that made the calls; `nil` for those of the executor.
  func endCalls(
    _ calls: ClosureCalls?, on executor: any Executor, closure: String, tasks: Int, workers: Int,
    label: String, callers: [Int32]? = nil
  ) throws(MeasurementError) {
    guard let calls else { return }
    try throwFailure(of: calls, by: callers ?? executor.threadIDs, closure: closure)
    guard let inputs = calls.inputs else { return }
    guard inputs.areResults else { return inputs.reserve(0) }
    try untimed(
      TaskCode(inputs.take), on: executor, tasks: tasks, workers: workers,
      label: "what is left of \(label)")
  }

  /// Runs tasks of a variant without timing them, and returns their results.
  func call(
    _ code: TaskCode, named variant: String, of kernel: AnyKernel, tasks: Int, workers: Int,
    label: String
  ) throws(MeasurementError) -> [UInt64] {
    let executor = try executor(of: code, ExecutorName.pool)
    try makeInputs(of: kernel.calls, on: executor, tasks: tasks, workers: workers, label: label)
    try untimed(code, on: executor, tasks: tasks, workers: workers, label: label)
    try endCalls(
      kernel.calls, on: executor, closure: variant, tasks: tasks, workers: workers, label: label)
    return executor.results(tasks: tasks)
  }

  /// The memory that inputs of a kernel's calls take; `nil` if calls have no inputs.
  package func callMemory(_ kernel: AnyKernel) throws(MeasurementError) -> CallMemory? {
    guard let inputs = kernel.calls?.inputs else { return nil }
    if let known = callMemories[kernel.name] { return known }
    var memory = CallMemory()
    for variant in kernel.supportedVariants {
      // The first call may create what all others share, and shows how many inputs are safe to
      // keep.
      let first = try callMemory(kernel, variant, calls: 1)
      let calls = min(CallInputs.samples, max(1, inputBudget / first.bytes))
      let found = calls > 1 ? try callMemory(kernel, variant, calls: calls) : first
      memory.input = max(memory.input, found.input)
      memory.left.merge(found.left) { $1 }
    }
    inputs.reserve(0)
    callMemories[kernel.name] = memory
    return memory
  }

  private func callMemory(
    _ kernel: AnyKernel, _ variant: AnyKernel.VariantInfo, calls count: Int
  ) throws(MeasurementError) -> CallMemory {
    guard let calls = kernel.calls, let inputs = calls.inputs else { return CallMemory() }
    let label = "\(kernel.name)/\(variant.name)"
    let body = try body(
      of: Arm(kernel: kernel.name, variant: variant.name, workers: 1, tasks: 1, size: 1))
    inputs.reserve(count)
    let before = MemoryUse()
    try untimed(
      TaskCode(inputs.make), on: pool, tasks: count, workers: 1, label: "the inputs of \(label)")
    try throwFailure(of: calls, by: pool.threadIDs, closure: "setUp")
    let made = MemoryUse()
    try untimed(TaskCode(body), on: pool, tasks: count, workers: 1, label: label)
    let called = MemoryUse()
    try throwFailure(of: calls, by: pool.threadIDs, closure: variant.name)
    inputs.reserve(0)
    return CallMemory(
      input: made.growth(since: before) / count,
      left: [variant.name: called.growth(since: made) / count])
  }

  private func throwFailure(
    of calls: ClosureCalls, by threads: [Int32], closure: String
  ) throws(MeasurementError) {
    guard let failure = ThrownErrors.take(of: threads) else { return }
    calls.inputs?.reserve(0)
    throw .threw(closure: closure, call: failure.task + 1, error: failure.text)
  }

  func untimed(
    _ code: TaskCode, on executor: any Executor, tasks: Int, workers: Int, label: String
  ) throws(MeasurementError) {
    lastRound = nil
    var batch = TaskBatch(
      tasks: tasks, workers: workers, label: label, timeout: timeout, body: code.run)
    batch.asynchronousBody = code.asynchronous
    do { _ = try executor.run(batch) } catch { throw .worker(error) }
  }
}
