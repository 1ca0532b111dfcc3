/// One side of a comparison: which code runs, on how many workers, and how much work it does.
package struct Arm: Hashable, Sendable {
  /// The program whose code runs: `self`, or a peer.
  package var program: String
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
    program: String = SeriesKey.ownProgram, kernel: String, variant: String,
    executor: String = ExecutorName.pool, workers: Int, tasks: Int, size: Int,
    isSpecial: Bool = false, beside: String? = nil
  ) {
    self.program = program
    self.kernel = kernel
    self.variant = variant
    self.executor = executor
    self.workers = workers
    self.tasks = tasks
    self.size = size
    self.isSpecial = isSpecial
    self.beside = beside
  }

  /// The same arm where the variant's code is: in another program it runs in that program's own way.
  package func placed(_ variant: AnyKernel.VariantInfo) -> Arm {
    guard let peer = variant.peer else { return self }
    var arm = self
    arm.program = peer.program
    arm.executor = workers == 1 ? ExecutorName.singleThread : peer.executor
    return arm
  }

  /// The key of its series in the first stage.
  package var key: SeriesKey {
    SeriesKey(
      program: program, kernel: kernel, variant: variant, executor: executor, workers: workers,
      beside: beside, amount: isSpecial ? SeriesKey.Amount(size: size, tasks: tasks) : nil)
  }

  /// Its name for people: `viete/swift.scalar/pool/2`.
  package var id: String { key.description }
}
