import Foundation
import PerfGateMachine

/// A lock on a file or folder that ends with its holder, however that ends.
///
/// Nothing is left behind: the system itself forgets the lock of a process that is gone.
package final class FileLock: Sendable {
  /// Why there is no lock.
  package enum Failure: Error, Hashable, Sendable {
    /// The file or folder cannot be opened; the operating system's error number.
    case unavailable(code: Int32)
    /// Another process has it, and did not give it back in time; `nil`: it cannot be told which.
    case held(by: String?)
  }

  private let descriptor: Int32

  /// Takes the lock of something that exists.
  ///
  /// - Parameters:
  ///   - path: a file or a folder; it is not changed.
  ///   - seconds: how long to wait, at most; 0: not at all.
  package convenience init(path: String, waitingAtMost seconds: Double) throws(Failure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unavailable(code: errno) }
    try self.init(owning: descriptor, waitingAtMost: seconds)
  }

  /// Takes the lock of an open file or folder, which is closed with it, or at once where it cannot be taken.
  package init(owning descriptor: Int32, waitingAtMost seconds: Double) throws(Failure) {
    let end = ContinuousClock.now + .seconds(max(0, min(seconds, 86_400)))
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR else {
        close(descriptor)
        throw .unavailable(code: code)
      }
      guard ContinuousClock.now < end else {
        let holder = Self.holder(of: descriptor)
        close(descriptor)
        throw .held(by: holder)
      }
      usleep(20_000)
    }
    self.descriptor = descriptor
  }

  deinit {
    // Not by closing alone: a child process that another thread is just starting has the file open too,
    // until it runs its own program.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Gives the lock back when `body` ends.
  package func with<Value, Failure: Error>(
    _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    defer { withExtendedLifetime(self) {} }
    return try body()
  }

  /// Who holds the lock of an open file: `process 123 (perfgate run)`; `nil` where the system does not
  /// tell.
  private static func holder(of descriptor: Int32) -> String? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    return LockHolder.description(inode: UInt64(status.st_ino))
  }
}
