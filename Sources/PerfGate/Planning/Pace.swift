extension ArmRunner {
  /// How long one task of the variant takes, roughly: the best of three, in seconds.
  package func pace(
    _ kernel: AnyKernel, _ variant: AnyKernel.VariantInfo, size: Int
  ) throws(MeasurementError) -> Double {
    var arm = Arm(
      kernel: kernel.name, variant: variant.name, workers: 1, tasks: 1, size: size,
      isSpecial: true)
    var best = try run(arm).cpuSeconds
    // What is too short for a clock is run many times; a task of unknown length first on its own.
    if kernel.work.growth == .constant, best < 0.001 {
      arm.tasks = max(1, min(1000, try mostCalls(kernel) ?? 1000))
      best = try run(arm).cpuSeconds
    }
    // What takes long is not noise.
    if best < 0.1 {
      for _ in 0..<2 { best = min(best, try run(arm).cpuSeconds) }
    }
    return best / Double(arm.tasks)
  }
}
