extension ArmRunner {
  /// Roughly how long one task of the variant takes, in seconds of CPU time: the shortest of three,
  /// or the only one if it takes 0.1 s or more; where tasks are done in batches, of a full one. What the executor takes for each is part of it.
  package func pace(
    _ kernel: AnyKernel, _ variant: AnyKernel.VariantInfo, size: Int,
    executor: String = ExecutorName.pool
  ) throws(MeasurementError) -> Double {
    var arm = Arm(
      kernel: kernel.name, variant: variant.name, executor: executor, workers: 1,
      tasks: variant.batch ?? 1, size: size, isSpecial: true)
    var best = try run(arm).cpuSeconds
    // Tasks too short to measure are run many times, but a task of unknown length runs alone first.
    if kernel.work.growth == .constant, best < 0.001 {
      arm.tasks = max(1, min(1000, try mostCalls(kernel) ?? 1000))
      best = try run(arm).cpuSeconds
    }
    // A long time has little noise.
    if best < 0.1 {
      for _ in 0..<2 { best = min(best, try run(arm).cpuSeconds) }
    }
    return best / Double(arm.tasks)
  }
}
