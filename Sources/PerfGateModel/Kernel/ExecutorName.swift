/// The executors that code beside their own knows by name.
package enum ExecutorName {
  /// Pinned threads: what runs where nothing else is said, and what proofs, sizes, ceilings and
  /// reference kernels always run on.
  package static let pool = "pool"
  /// The bare ticket counter of the pool, which runs no task.
  package static let tickets = "tickets"
  /// A plain loop on the calling thread, without workers.
  package static let singleThread = "sp"

  /// Whether it hands tasks to workers, which is what executors are compared for.
  package static func handsOut(_ name: String) -> Bool { name != tickets && name != singleThread }
}
