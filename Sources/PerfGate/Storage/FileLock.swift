import Foundation
import PerfGateMachine

/// A lock on a file or folder, which the system releases when its process ends, even by a crash.
package final class FileLock: Sendable {
  /// Why a lock could not be taken.
  package enum Failure: Error, Hashable, Sendable {
    /// The file or folder cannot be opened or locked; the operating system's error number.
    case unavailable(code: Int32)
    /// Another process held it for the whole time; `nil` where the system does not report which.
    case held(by: String?)
  }

  private let descriptor: Int32

  /// Takes the lock of an existing file or folder.
  ///
  /// - Parameters:
  ///   - path: a file or a folder; it is not changed.
  ///   - seconds: how long to block at most; 0 does not block.
  package convenience init(path: String, waitingAtMost seconds: Double) throws(Failure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unavailable(code: errno) }
    try self.init(owning: descriptor, waitingAtMost: seconds)
  }

  /// Takes the lock of an open file or folder. The descriptor is closed with the lock, or at once
  /// if it cannot be taken.
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
    // Closing is not enough: a child process that another thread is starting still has the file
    // open, until it runs its own program.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Holds the lock until `body` ends.
  package func with<Value, Failure: Error>(
    _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    defer { withExtendedLifetime(self) {} }
    return try body()
  }

  /// Who holds the lock of an open file: `process 123 (perfgate run)`; `nil` where the system does
  /// not report it.
  private static func holder(of descriptor: Int32) -> String? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    return LockHolder.description(inode: UInt64(status.st_ino))
  }
}
