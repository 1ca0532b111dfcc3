/// Names of executors in series that the engine itself has to know.
package enum ExecutorName {
  /// Pinned workers that take tasks from a common counter.
  package static let pool = "pool"
  /// The bare counter without tasks: the least that any executor with a shared queue can cost.
  package static let tickets = "tickets"
  /// A plain loop on the calling thread, without workers.
  package static let singleThread = "sp"
}
