/// The names of executors that other code refers to.
package enum ExecutorName {
  /// Pinned threads: the default. Proofs, sizes, ceilings and reference kernels always run on them.
  package static let pool = "pool"
  /// Tasks of Swift's concurrency on pinned threads: asynchronous code always runs there.
  package static let taskExecutor = "task-executor"
  /// Worker processes: variants whose tasks are sent what they work on always run there.
  package static let process = "process"
  /// Ranks of a job that `mpirun` or `srun` has started.
  package static let mpi = "mpi"
  /// The ticket counter of the pool alone, without tasks.
  package static let tickets = "tickets"
  /// A plain loop on the calling thread, without workers.
  package static let singleThread = "sp"

  /// Whether it hands tasks to workers, as the executors in comparisons do.
  package static func handsOut(_ name: String) -> Bool { name != tickets && name != singleThread }
}
