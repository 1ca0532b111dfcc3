import Foundation
import PerfGateWorkers

/// The right to measure on this machine: one process at a time, and in it one measurement at a time.
///
/// A lock on a file that stays where it is and that all users share; it ends with its holder. It does
/// not reach into containers with a temporary folder of their own.
package enum MachineLock {
  /// The file.
  ///
  /// Not in `TMPDIR`, which may be a folder of one user or of one job.
  package static let sharedPath =
    (FileManager.default.fileExists(atPath: "/tmp") ? "/tmp" : OwnFolder.temporary)
    + "/perfgate.lock"
  /// Seconds of waiting after which it is told, and between two times that it is.
  package static let tellAfter = 1.0
  private static let tellAgain = 30.0
  /// Seconds after which it is looked whether the program is to stop.
  private static let lookAgain = 0.2

  /// Waits for the lock.
  ///
  /// - Parameters:
  ///   - seconds: how long to wait at most; 0: not at all.
  ///   - report: called after a second of waiting and now and then: who holds it, and for how long it
  ///     has been waited.
  /// - Throws: ``MachineLockError`` when it is still held then, or its file cannot be used.
  package static func acquire(
    path: String = sharedPath, atMost seconds: Double,
    report: (_ holder: String, _ waited: Double) -> Void = { _, _ in }
  ) throws(MachineLockError) -> FileLock {
    let clock = SystemClock()
    let start = clock.seconds
    var nextTold = tellAfter
    while true {
      let rest = max(0, seconds - (clock.seconds - start))
      let descriptor = try openFile(path)
      do throws(FileLock.Failure) {
        return try FileLock(owning: descriptor, waitingAtMost: min(lookAgain, rest))
      } catch {
        guard case .held(let holder) = error else {
          guard case .unavailable(let code) = error else { continue }
          throw .unusable(path: path, reason: reason(code))
        }
        let name = holder ?? "another process"
        let waited = clock.seconds - start
        if let signal = ProcessSignals.interruptSignal { throw .interrupted(signal: signal) }
        guard waited < seconds else { throw .held(by: name, seconds: Int(waited)) }
        guard waited >= nextTold else { continue }
        report(name, waited)
        nextTold = waited + tellAgain
      }
    }
  }

  /// Opens the file, whoever made it, and makes it for everybody when it is not there.
  ///
  /// No link is followed and nothing is made through one: anybody may write where the file lies.
  private static func openFile(_ path: String) throws(MachineLockError) -> Int32 {
    var code: Int32 = 0
    for _ in 0..<5 {
      // Without O_CREAT: with it the system may refuse a file of another user in a folder such as /tmp.
      let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      code = errno
      if descriptor >= 0 {
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return descriptor }
        close(descriptor)
        throw .unusable(path: path, reason: "it is not a file")
      }
      switch code {
      case ENOENT: try makeFile(path)
      // Another user may have made it just now, and not yet opened it for all.
      case EACCES: usleep(20_000)
      default: throw .unusable(path: path, reason: code == ELOOP ? "it is a link" : reason(code))
      }
    }
    throw .unusable(path: path, reason: reason(code))
  }

  private static func makeFile(_ path: String) throws(MachineLockError) {
    let made = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if made >= 0 {
      // The mask of the user who comes first would keep the others out.
      fchmod(made, 0o666)
      close(made)
    } else if errno != EEXIST {
      throw .unusable(path: path, reason: reason(errno))
    }
  }

  private static func reason(_ code: Int32) -> String {
    String(cString: strerror(code)).lowercased()
  }
}

/// Why there is no lock.
package enum MachineLockError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another process has it.
  case held(by: String, seconds: Int)
  /// The file cannot be opened or locked.
  case unusable(path: String, reason: String)
  /// A signal asked the program to stop while it waited.
  case interrupted(signal: Int32)

  /// One line: what failed, what was found, what to do.
  package var description: String {
    switch self {
    case .held(let holder, let seconds):
      "the machine is measured on by \(holder), waited \(seconds) s; run it again later"
    case .interrupted(let signal): "interrupted by signal \(signal) while it waited"
    case .unusable(let path, let reason):
      "cannot lock \(path): \(reason); make it readable for all, or remove it"
    }
  }
}
