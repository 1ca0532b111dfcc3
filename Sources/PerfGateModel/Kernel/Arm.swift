/// One side of a comparison: which code runs, where, on how much.
public struct Arm: Hashable, Sendable {
  /// The kernel's name.
  public var kernel: String
  /// The variant's name.
  public var variant: String
  /// How tasks reach workers: `pool`; or `tickets`, the bare counter, which has no variant.
  public var executor: String
  /// How many workers, from 1.
  public var workers: Int
  /// How many tasks, from 1.
  public var tasks: Int
  /// The size of each task, in the kernel's units, from 0.
  public var size: Int
  /// Told apart from the series of the same name in the same run by its size and tasks.
  public var isSpecial: Bool
  /// The kernel in whose rounds it runs, where it is the reference kernel of its baseline.
  public var beside: String?

  /// An arm.
  public init(
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
  public var key: SeriesKey {
    SeriesKey(
      kernel: kernel, variant: variant, executor: executor, workers: workers, beside: beside,
      amount: isSpecial ? SeriesKey.Amount(size: size, tasks: tasks) : nil)
  }

  /// Its name for people: `viete/swift.scalar/pool/2`.
  public var id: String { key.description }
}
