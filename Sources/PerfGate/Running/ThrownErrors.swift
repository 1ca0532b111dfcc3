import CPerfGateSystem
import Foundation

/// Errors that calls of closures threw, by the thread that made the call.
///
/// They are stored by thread and not in an object of the claim: if a closure's wrapper captured
/// anything but the closure, the optimizer would not inline the closure, which doubles the time of
/// a call.
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

  /// Stores an error of the calling thread, unless it already has one.
  package static func keep(_ error: any Error, task: Int) {
    let thread = pgp_thread_id()
    lock.withLock {
      if failures[thread] == nil { failures[thread] = Failure(task: task, text: "\(error)") }
    }
  }

  /// Removes the errors of these threads and returns the one of the first call; `nil` without
  /// errors.
  ///
  /// - Parameter threads: thread numbers; empty for all threads, where an executor does not know its
  ///   own.
  package static func take(of threads: [Int32]) -> Failure? {
    lock.withLock {
      let threads = threads.isEmpty ? Array(failures.keys) : threads
      return threads.compactMap { failures.removeValue(forKey: $0) }.min { $0.task < $1.task }
    }
  }
}
