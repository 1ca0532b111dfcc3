import Foundation

/// A lock on a file or folder that ends with its holder, however that ends.
///
/// Nothing is left behind: the system itself forgets the lock of a process that is gone.
public final class FileLock: Sendable {
  /// Why there is no lock.
  public enum Failure: Error, Hashable, Sendable {
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
  public init(path: String, waitingAtMost seconds: Double) throws(Failure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unavailable(code: errno) }
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

  deinit { close(descriptor) }

  /// Gives the lock back when `body` ends.
  public func with<Value, Failure: Error>(
    _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    defer { withExtendedLifetime(self) {} }
    return try body()
  }

  /// Who holds the lock of an open file: `process 123 (perfgate)`; `nil` where the system does not
  /// tell.
  private static func holder(of descriptor: Int32) -> String? {
    var status = stat()
    guard fstat(descriptor, &status) == 0,
      let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
    else { return nil }
    for line in locks.split(separator: "\n") {
      // 1: FLOCK  ADVISORY  WRITE 4242 08:01:123456 0 EOF
      let words = line.split(separator: " ")
      guard words.count > 5, words[1] == "FLOCK", let pid = Int32(words[4]), pid > 0,
        words[5].split(separator: ":").last == "\(status.st_ino)"
      else { continue }
      let name = (try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)) ?? ""
      let command = name.trimmingCharacters(in: .whitespacesAndNewlines)
      return command.isEmpty ? "process \(pid)" : "process \(pid) (\(command))"
    }
    return nil
  }
}
