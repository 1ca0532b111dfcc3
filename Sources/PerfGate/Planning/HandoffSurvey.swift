import PerfGateStatistics

/// Plans the article's third table: a long string handed to one thread and to workers, many times.
package struct HandoffSurvey: Sendable {
  /// A kernel whose time does not depend on its size.
  package var kernel: AnyKernel
  /// The variants to measure, already proven.
  package var variants: [AnyKernel.VariantInfo]
  /// The names of the executors that hand the string to the workers.
  package var executors: [String]
  /// The numbers of workers, in ascending order.
  package var workers: [Int]
  /// How often the string is handed over in a round.
  package var tasks: Int
  /// The string's length in characters.
  package var size: Int
  /// The number of rounds that are kept.
  package var rounds: Int

  /// The short string that the long one is compared with, in characters.
  package static let shortSize = 1000
  /// How often each string is handed over for this comparison: a single time is too short to
  /// measure.
  package static let constantCostTasks = 100_000
  /// The same for processes, which take longer for each.
  package static let constantCostMessages = 2_000
  /// How long a byte of a message takes that is copied, about, in seconds.
  private static let copySeconds = 0.3e-9
  /// The most rounds of messages that are copied.
  private static let slowRounds = 3

  package init(
    kernel: AnyKernel, variants: [AnyKernel.VariantInfo],
    executors: [String] = [ExecutorName.pool], workers: [Int], tasks: Int, size: Int, rounds: Int
  ) {
    self.kernel = kernel
    self.variants = variants
    self.executors = executors
    self.workers = workers
    self.tasks = tasks
    self.size = size
    self.rounds = rounds
  }

  /// The arms of the table's rows: each variant by value on one thread, and each variant at each
  /// number of workers. Messages that are copied take so long that they have a group of their own.
  package var tables: [RoundGroup] {
    var arms: [Arm] = []
    for variant in variants where Self.way(of: variant) == "value" {
      arms.append(arm(variant, executor: ExecutorName.singleThread, workers: 1))
    }
    for executor in executors {
      for workers in workers {
        arms += variants(on: executor).map { arm($0, executor: executor, workers: workers) }
      }
    }
    func isSlow(_ arm: Arm) -> Bool { kernel.variant(arm.variant)?.messageWay == .serialized }
    let (fast, slow) = (arms.filter { !isSlow($0) }, arms.filter(isSlow))
    return [
      RoundGroup(id: GroupKey(.handoff, kernel.name), arms: fast, rounds: rounds),
      RoundGroup(
        id: GroupKey(.handoff, "\(kernel.name) (copied)"), arms: slow,
        rounds: min(rounds, Self.slowRounds), warmups: 1),
    ].filter { !$0.arms.isEmpty }
  }

  /// The variants that make sense on an executor: processes are sent messages, all others share the
  /// memory of this one.
  package func variants(on executor: String) -> [AnyKernel.VariantInfo] {
    variants.filter { ($0.messageWay != nil) == (executor == ExecutorName.process) }
  }

  /// A single message to one worker, for each way and executor.
  package var firstMessages: [(case: String, arm: Arm)] {
    executors.flatMap { executor in
      variants(on: executor).map { variant in
        var arm = arm(variant, executor: executor, workers: 1)
        arm.tasks = 1
        return (Self.name(variant, isSingle: false), arm)
      }
    }
  }

  /// A short and a long string at the lowest and the highest number of workers, handed over many
  /// times.
  package var constantCost: RoundGroup {
    let counts = Set([workers.first ?? 1, workers.last ?? 1]).sorted()
    let arms = executors.flatMap { executor in
      counts.flatMap { workers in
        variants(on: executor).filter { $0.messageWay != .serialized }.flatMap { variant in
          [Self.shortSize, size].map { size in
            Arm(
              kernel: kernel.name, variant: variant.name, executor: executor, workers: workers,
              tasks: variant.messageWay == nil
                ? Self.constantCostTasks : Self.constantCostMessages, size: size, isSpecial: true)
          }
        }
      }
    }
    // Short and long alternate.
    let pairs = stride(from: 0, to: arms.count, by: 2).map { RoundGroup.Pair($0 + 1, $0) }
    return RoundGroup(
      id: GroupKey(.handoff, "\(kernel.name) (flat)"), arms: arms, pairs: pairs, rounds: rounds)
  }

  /// How long both groups will take, in seconds.
  ///
  /// - Parameters:
  ///   - taskSeconds: how long one task of each variant takes, in seconds, by name.
  ///   - cpus: how many CPUs the workers share.
  package func estimatedSeconds(taskSeconds: [String: Double], cpus: Int) -> Double {
    (tables + [constantCost]).reduce(0) { total, group in
      let round = group.arms.reduce(0) { seconds, arm in
        let turns = Double(arm.tasks) / Double(max(1, min(arm.workers, cpus)))
        return seconds + (taskSeconds[arm.variant] ?? 0) * turns
      }
      return total + round * Double(group.rounds + group.warmups)
    }
  }

  /// How long messages that are copied take, in seconds; 0 for other tables.
  package func estimatedSeconds(ofCopiesIn group: RoundGroup) -> Double {
    let arms = group.arms.filter { kernel.variant($0.variant)?.messageWay == .serialized }
    return arms.reduce(0) {
      $0 + Self.copySeconds * Double($1.size) * Double($1.tasks) / Double($1.workers)
        * Double(group.rounds + group.warmups)
    }
  }

  /// The table's rows, from the series of its group.
  ///
  /// - Parameter startupSeconds: how long creating the string took, in seconds.
  package func rows(_ series: [Series], startupSeconds: Double) -> [HandoffRow] {
    series.compactMap { one in
      guard let seconds = median(one.seconds), let variant = kernel.variant(one.variant) else {
        return nil
      }
      let isSingle = one.executor == ExecutorName.singleThread
      return HandoffRow(
        case: Self.name(variant, isSingle: isSingle), workers: isSingle ? 0 : one.workers,
        startupSeconds: startupSeconds, totalSeconds: startupSeconds + seconds,
        taskSeconds: seconds, executor: one.executor,
        peakBytes: one.peakBytes > 0 ? one.peakBytes : nil)
    }
  }

  /// The ratios of the long string's time to the short one's: 1 when nothing is copied.
  package func comparisons(_ series: [Series], _ tables: Tables = Tables()) -> [Comparison] {
    series.filter { $0.size == size && size != Self.shortSize }.compactMap { long in
      series.first {
        $0.size == Self.shortSize && $0.variant == long.variant && $0.workers == long.workers
          && $0.executor == long.executor
      }.flatMap { tables.comparison(of: long, to: $0) }
    }
  }

  /// The name of a row: language, then how the string is handed over: `swift.value`.
  package static func name(_ variant: AnyKernel.VariantInfo, isSingle: Bool) -> String {
    let language = variant.name.prefix { $0 != "." }
    return "\(language).\(isSingle ? "sp" : way(of: variant))"
  }

  /// How a variant hands the string over: the last part of its name, or by value.
  package static func way(of variant: AnyKernel.VariantInfo) -> String {
    let last = variant.name.split(separator: ".").last.map(String.init) ?? ""
    return ["reference", "pointer", "serialized", "shared"].contains(last) ? last : "value"
  }

  private func arm(
    _ variant: AnyKernel.VariantInfo, executor: String, workers: Int
  ) -> Arm {
    // Special, to distinguish it from the batched series of the same variant in the same run.
    Arm(
      kernel: kernel.name, variant: variant.name, executor: executor, workers: workers,
      tasks: tasks, size: size, isSpecial: true)
  }
}
