extension Calibration {
  /// Finds the size at which the reference variant takes `seconds`, by doubling and interpolation.
  ///
  /// It compares the CPU time of one task on one worker, the shortest of a few runs, which a busy
  /// neighbor does not change.
  ///
  /// - Parameters:
  ///   - seconds: the wanted time, above 0.
  ///   - maximumSize: the largest size to try.
  package static func find(
    _ kernel: AnyKernel, seconds: Double, maximumSize: Int, runner: any ArmRunner
  ) throws(MeasurementError) -> Calibration {
    let variant = kernel.reference?.name ?? ""
    func taskSeconds(_ size: Int) throws(MeasurementError) -> Double {
      let arm = Arm(
        kernel: kernel.name, variant: variant, workers: 1, tasks: 1, size: size, isSpecial: true)
      var best = Double.infinity
      for _ in 0..<(seconds < 0.1 ? 5 : 2) { best = min(best, try runner.run(arm).cpuSeconds) }
      return best
    }
    var size = max(1, min(1000, maximumSize))
    var time = try taskSeconds(size)
    var shorter: (size: Int, time: Double) = (0, 0)
    while time < min(seconds / 4, 0.05), size < maximumSize {
      shorter = (size, time)
      size = min(size * 2, maximumSize)
      time = try taskSeconds(size)
    }
    var longer: (size: Int, time: Double)?
    for _ in 0..<10 where abs(time / seconds - 1) > tolerance / 2 {
      if time < seconds { shorter = (size, time) } else { longer = (size, time) }
      let next: Double
      if let longer {
        // Between the two, but never so close to one that the interval hardly shrinks.
        let share = (seconds - shorter.time) / max(longer.time - shorter.time, 1e-12)
        let width = Double(longer.size - shorter.size)
        next = (Double(shorter.size) + width * min(max(share, 0.1), 0.9)).rounded()
      } else {
        next = (Double(size) * seconds / max(time, 1e-9)).rounded()
      }
      let bounded = Int(min(max(next, 1), Double(max(1, maximumSize))))
      if bounded == size { break }
      size = bounded
      time = try taskSeconds(size)
    }
    return Calibration(
      kernel: kernel.name, size: size, wantedSeconds: seconds, taskSeconds: time)
  }
}
