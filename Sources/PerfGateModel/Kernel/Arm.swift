/// One side of a comparison: which code runs, where, on how much.
package struct Arm: Hashable, Sendable {
  /// The kernel's name.
  package var kernel: String
  /// The variant's name.
  package var variant: String
  /// How tasks reach workers: `pool`; or `tickets`, the bare counter, which has no variant.
  package var executor: String
  /// How many workers, from 1.
  package var workers: Int
  /// How many tasks, from 1.
  package var tasks: Int
  /// The size of each task, in the kernel's units, from 0.
  package var size: Int
  /// Told apart from the series of the same name in the same run by its size and tasks.
  package var isSpecial: Bool
  /// The kernel in whose rounds it runs, where it is the reference kernel of its baseline.
  package var beside: String?

  /// An arm.
  package init(
    kernel: String, variant: String, executor: String = ExecutorName.pool, workers: Int, tasks: Int,
    size: Int, isSpecial: Bool = false, beside: String? = nil
  ) {
    self.kernel = kernel
    self.variant = variant
    self.executor = executor
    self.workers = workers
    self.tasks = tasks
    self.size = size
    self.isSpecial = isSpecial
    self.beside = beside
  }

  /// The identity of its series in the first stage of its rounds.
  package var key: SeriesKey {
    SeriesKey(
      kernel: kernel, variant: variant, executor: executor, workers: workers, beside: beside,
      amount: isSpecial ? SeriesKey.Amount(size: size, tasks: tasks) : nil)
  }

  /// Its name for people: `viete/swift.scalar/pool/2`.
  package var id: String { key.description }
}
