/// What a table measures for one kernel: variants, worker counts, tasks, rounds.
///
/// Variants that are much slower than the fastest would take most of the time. They get few tasks
/// and few rounds in a group of their own, together with a few tasks of what they are compared with,
/// per task.
package struct Survey: Sendable {
  /// The kernel to measure.
  package var kernel: AnyKernel
  /// The variants to measure, already proven, in the kernel's order; twins of slow ones are added.
  package var variants: [AnyKernel.VariantInfo]
  /// The names of the executors that hand tasks to the workers.
  package var executors: [String]
  /// The worker counts of every variant, in ascending order.
  package var workers: [Int]
  /// The number of tasks of an arm.
  package var tasks: Int
  /// The size of each task.
  package var size: Int
  /// The number of rounds that are kept.
  package var rounds: Int
  /// How long one task of each variant takes, in seconds, by name.
  package var taskSeconds: [String: Double]

  /// Whether each worker brings that number of tasks with it: weak scaling.
  package var isWeak = false

  /// From this many times slower than the fastest, a variant can count as slow.
  package static let slowness = 4.0
  /// The maximum number of rounds of a slow variant.
  package static let slowRounds = 5
  /// Rounds longer than this get no warm-up, because proof and calibration were one.
  package static let longRoundSeconds = 5.0

  package init(
    kernel: AnyKernel, variants: [AnyKernel.VariantInfo],
    executors: [String] = [ExecutorName.pool], workers: [Int], tasks: Int, size: Int, rounds: Int,
    taskSeconds: [String: Double]
  ) {
    self.kernel = kernel
    self.variants = variants
    self.executors = executors
    self.workers = workers
    self.tasks = tasks
    self.size = size
    self.rounds = rounds
    self.taskSeconds = taskSeconds
  }

  /// Whether the variant takes too long for the rounds of the fast ones.
  package func isSlow(_ variant: AnyKernel.VariantInfo) -> Bool {
    guard var fastest = taskSeconds.values.min(), let own = taskSeconds[variant.name] else {
      return false
    }
    // What is far faster than the reference does not make the reference slow.
    if let reference = kernel.reference.flatMap({ taskSeconds[$0.name] }) {
      fastest = max(fastest, reference)
    }
    // If all arms are short, none of them takes most of the time.
    return own > Self.slowness * fastest && own * Double(tasks) > 0.5
  }

  /// The groups of arms to measure, first that of the fast variants.
  ///
  /// - Parameter purpose: what the rounds are for.
  package func groups(_ purpose: GroupKey.Purpose) -> [RoundGroup] {
    let fast = variants.filter { !isSlow($0) }
    let slow = variants.filter(isSlow)
    var groups: [RoundGroup] = []
    if !fast.isEmpty {
      let arms = places.flatMap { place in fast.map { arm($0, place) } }
      groups.append(group(GroupKey(purpose, kernel.name), arms, rounds: rounds))
    }
    if !slow.isEmpty {
      let few = max(2, workers.max() ?? 1)
      var arms: [Arm] = []
      for place in places {
        arms += slow.map { arm($0, place, tasks: few) }
        let partners = Set(slow.flatMap { kernel.partners(of: $0.name).map(\.name) })
        for partner in kernel.variants
        where partners.contains(partner.name) && !slow.contains(partner)
          && taskSeconds[partner.name] != nil
        {
          arms.append(arm(partner, place, tasks: few, isSpecial: true))
        }
      }
      groups.append(
        group(
          GroupKey(purpose, "\(kernel.name) (slow)"), arms, rounds: min(rounds, Self.slowRounds)))
    }
    return groups
  }

  /// How long the groups will take, in seconds.
  ///
  /// - Parameter cpus: how many CPUs the workers share.
  package func estimatedSeconds(_ groups: [RoundGroup], cpus: Int) -> Double {
    groups.reduce(0) { total, group in
      total + roundSeconds(group.arms, cpus: cpus) * Double(group.rounds + group.warmups)
    }
  }

  private func group(_ id: GroupKey, _ arms: [Arm], rounds: Int) -> RoundGroup {
    let isLong = roundSeconds(arms, cpus: .max) > Self.longRoundSeconds
    return RoundGroup(
      id: id, arms: arms, pairs: pairs(arms), rounds: rounds,
      warmups: isLong ? 0 : RoundLoop.warmups)
  }

  /// Each executor at each number of workers.
  private var places: [(executor: String, workers: Int)] {
    workers.flatMap { workers in executors.map { ($0, workers) } }
  }

  /// The pairs that tables compare: each arm with its variant's first worker count, with the first
  /// executor, and with its twin, its limit and the reference.
  private func pairs(_ arms: [Arm]) -> [RoundGroup.Pair] {
    arms.indices.flatMap { index in
      let arm = arms[index]
      var partners = [
        arms.firstIndex { $0.variant == arm.variant && $0.executor == arm.executor },
        arms.firstIndex { $0.variant == arm.variant && $0.workers == arm.workers },
      ]
      for partner in kernel.partners(of: arm.variant) {
        partners.append(
          arms.firstIndex {
            $0.variant == partner.name && $0.workers == arm.workers && $0.executor == arm.executor
          })
      }
      return partners.compactMap(\.self).filter { $0 != index }.map { RoundGroup.Pair(index, $0) }
    }
  }

  private func roundSeconds(_ arms: [Arm], cpus: Int) -> Double {
    arms.reduce(0) { total, arm in
      let turns = (arm.tasks + min(arm.workers, cpus) - 1) / min(arm.workers, cpus)
      return total + (taskSeconds[arm.variant] ?? 0) * Double(turns)
    }
  }

  private func arm(
    _ variant: AnyKernel.VariantInfo, _ place: (executor: String, workers: Int),
    tasks: Int? = nil, isSpecial: Bool = false
  ) -> Arm {
    Arm(
      kernel: kernel.name, variant: variant.name, executor: place.executor, workers: place.workers,
      tasks: (tasks ?? self.tasks) * (isWeak ? place.workers : 1), size: size,
      isSpecial: isSpecial)
  }
}
