/// One side of a comparison: which code runs, on how many workers, and how much work it does.
package struct Arm: Hashable, Sendable {
  /// The kernel's name.
  package var kernel: String
  /// The variant's name.
  package var variant: String
  /// How tasks reach workers, such as `pool`; `tickets` is the counter alone, without a variant.
  package var executor: String
  /// The number of workers, from 1.
  package var workers: Int
  /// The number of tasks, from 1.
  package var tasks: Int
  /// The size of each task, in the kernel's units, from 0.
  package var size: Int
  /// Whether size and tasks are part of the series key, to distinguish series of the same name in
  /// one run.
  package var isSpecial: Bool
  /// For a reference kernel of a baseline, the kernel in whose rounds it runs; otherwise `nil`.
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

  /// The key of its series in the first stage.
  package var key: SeriesKey {
    SeriesKey(
      kernel: kernel, variant: variant, executor: executor, workers: workers, beside: beside,
      amount: isSpecial ? SeriesKey.Amount(size: size, tasks: tasks) : nil)
  }

  /// Its name for people: `viete/swift.scalar/pool/2`.
  package var id: String { key.description }
}
