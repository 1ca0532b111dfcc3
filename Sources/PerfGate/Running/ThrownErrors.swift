import CPerfGateSystem
import Foundation

/// Errors that calls of closures threw, by the thread that made the call.
///
/// By the thread, and not in an object of the claim's own: what a closure's wrapper captures beside the
/// closure keeps the optimizer from putting the one into the other, which costs a call its time once more.
package enum ThrownErrors {
  /// An error of a call.
  package struct Failure: Hashable, Sendable {
    /// The call's number, from 0.
    package var task: Int
    /// The error in words.
    package var text: String
  }

  private static let lock = NSLock()
  /// `nonisolated(unsafe)`: only touched while `lock` is held.
  private nonisolated(unsafe) static var failures: [Int32: Failure] = [:]

  /// Keeps an error of the calling thread, unless there is one already.
  package static func keep(_ error: any Error, task: Int) {
    let thread = pgp_thread_id()
    lock.withLock {
      if failures[thread] == nil { failures[thread] = Failure(task: task, text: "\(error)") }
    }
  }

  /// The error of these threads with the smallest number; afterwards they have none.
  ///
  /// - Parameter threads: empty where an executor does not know its threads: then those of all
  ///   threads are taken.
  package static func take(of threads: [Int32]) -> Failure? {
    lock.withLock {
      let threads = threads.isEmpty ? Array(failures.keys) : threads
      return threads.compactMap { failures.removeValue(forKey: $0) }.min { $0.task < $1.task }
    }
  }
}
