import Foundation

/// The right to measure on this machine: one process at a time, and in it one measurement at a time.
///
/// An advisory lock (flock) on a file that stays where it is: the operating system gives it back when
/// its holder ends, however it ends. It does not reach into containers with a temporary folder of
/// their own.
package final class MachineLock: Sendable {
  /// The file that all users of a machine share.
  ///
  /// Not in `TMPDIR`, which may be a folder of one user or of one job.
  package static let sharedPath =
    FileManager.default.fileExists(atPath: "/tmp")
    ? "/tmp/perfgate.lock"
    : FileManager.default.temporaryDirectory.appendingPathComponent("perfgate.lock").path
  /// Seconds between two looks.
  private static let pause = 0.1
  /// Seconds of waiting after which it is told, and between two times that it is.
  package static let tellAfter = 1.0
  private static let tellAgain = 30.0

  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  /// Gives it back.
  deinit { close(descriptor) }

  /// Waits for the lock.
  ///
  /// - Parameters:
  ///   - seconds: how long to wait at most; 0: not at all.
  ///   - tell: called after a second of waiting and now and then: who holds it, and for how long it
  ///     has been waited.
  /// - Throws: ``MachineLockError`` when it is still held then, or its file cannot be used.
  package static func acquire(
    path: String = sharedPath, atMost seconds: Double,
    tell: (_ holder: String, _ waited: Double) -> Void = { _, _ in }
  ) throws(MachineLockError) -> MachineLock {
    let lock = MachineLock(descriptor: try openFile(path))
    let clock = SystemClock()
    let start = clock.seconds
    var nextWord = tellAfter
    while flock(lock.descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw .unusable(path: path, reason: reason(errno))
      }
      let waited = clock.seconds - start
      guard waited < seconds else {
        throw .held(path: path, by: holder(path), seconds: Int(waited.rounded()))
      }
      if waited >= nextWord {
        tell(holder(path), waited)
        nextWord = waited + tellAgain
      }
      usleep(UInt32(pause * 1e6))
    }
    return lock
  }

  /// Who holds the lock of a file: `pid 123 (swiftpm-testing-helper ...)`.
  package static func holder(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0,
      let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8),
      let pid = holder(inode: UInt64(status.st_ino), locks: locks)
    else { return "another process" }
    if pid == Int(getpid()) { return "another claim of this process" }
    let command = RunningProcesses.command(of: pid).map { " (\($0))" } ?? ""
    return "pid \(pid)\(command)"
  }

  /// The process that holds the flock of a file, as `/proc/locks` tells it.
  ///
  /// By inode alone: the device is another one there than in `stat` on some file systems.
  static func holder(inode: UInt64, locks: String) -> Int? {
    for line in locks.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count >= 6, words[1] == "FLOCK", let pid = Int(words[4]), pid > 0,
        words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode
      else { continue }
      return pid
    }
    return nil
  }

  /// Opens the file; makes it, for everybody, when it is not there.
  private static func openFile(_ path: String) throws(MachineLockError) -> Int32 {
    // A file of somebody else in a folder for all may not be opened as if it were to be made.
    let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    for _ in 0..<3 {
      let found = open(path, flags)
      if found >= 0 { return found }
      guard errno == ENOENT else { break }
      let made = open(path, flags | O_CREAT | O_EXCL, 0o666)
      if made >= 0 {
        // The mask of the user who comes first would keep the others out.
        fchmod(made, 0o666)
        return made
      }
      guard errno == EEXIST else { break }
    }
    throw .unusable(path: path, reason: reason(errno))
  }

  private static func reason(_ code: Int32) -> String {
    String(cString: strerror(code)).lowercased()
  }
}

/// Why there is no lock.
package enum MachineLockError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another process has it.
  case held(path: String, by: String, seconds: Int)
  /// The file cannot be opened or locked.
  case unusable(path: String, reason: String)

  /// One line: what failed, what was found, what to do.
  package var description: String {
    switch self {
    case .held(_, let holder, let seconds):
      "the machine is measured on by \(holder), waited \(seconds) s; run it again later"
    case .unusable(let path, let reason):
      "cannot lock \(path): \(reason); make it readable for all, or remove it"
    }
  }
}
