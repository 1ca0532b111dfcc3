extension Session {
  /// Larger tasks are not counted only to see how often they allocate.
  private static let largestCounted = 1_000_000
  /// Nor tasks that take longer than this, in seconds: each start runs dozens of them.
  private static let longestCounted = 0.05

  /// Counts what a task of each variant asks of the allocator and the runtime, in a new process each, and
  /// adds a series for each. Where that cannot be counted, nothing happens.
  ///
  /// - Parameter programs: whose variants; by default those of this program.
  package func count(
    _ kernel: AnyKernel, _ variants: [AnyKernel.VariantInfo],
    programs: [String] = [SeriesKey.ownProgram]
  ) throws(MeasurementError) {
    for variant in variants
    where variant.peer == nil && variant.messageWay == nil && !variant.isLimit {
      for program in programs {
        var arm = Arm(
          kernel: kernel.name, variant: variant.name, executor: ExecutorName.singleThread,
          workers: 1, tasks: CountRounds.calls,
          size: min(kernel.work.fixedSize, Self.largestCounted), isSpecial: true,
          beside: CountRounds.mark)
        arm.program = program
        guard record.series(arm.key) == nil, !takesLong(arm, kernel) else { continue }
        do throws(MeasurementError) {
          guard
            let (sample, counts) = try runner.counts(
              of: arm, calls: CountRounds.calls, .allocations)
          else { return }
          var series = emptySeries(
            arm, GroupKey(.compare, "\(kernel.name) (\(CountRounds.mark))"), .first)
          series.add(
            round: 0, seconds: sample.seconds, cpuSeconds: sample.cpuSeconds, counts: counts)
          series.starts = 1
          record.series.append(series)
        } catch {
          guard !error.isInterruption else { throw error }
          // Times that were measured stay.
          record.notes.append(
            Record.Note(
              code: "not-counted",
              text: "\(kernel.name)/\(variant.name) was not counted: \(error)"))
          break
        }
      }
    }
  }

  /// Whether a task of this arm takes long, by what was measured of its variant.
  private func takesLong(_ arm: Arm, _ kernel: AnyKernel) -> Bool {
    let measured = record.series.first {
      $0.kernel == arm.kernel && $0.variant == arm.variant && $0.counts == nil && $0.workers == 1
        && !$0.seconds.isEmpty
    }
    guard let measured, let seconds = Tables.secondsPerTask(measured) else { return false }
    let isLinear = kernel.work.growth == .linear
    let share = isLinear ? Double(arm.size) / Double(max(1, measured.size)) : 1
    return seconds * share > Self.longestCounted
  }
}
