import Foundation
import PerfGateWorkers

/// The lock that lets only one measurement at a time run on this machine.
///
/// It locks a permanent file that all users share, and ends with its process. Containers with a
/// temporary folder of their own do not take part.
package enum MachineLock {
  /// The file's path; not in `TMPDIR`, which may belong to one user or one job.
  package static let sharedPath =
    (FileManager.default.fileExists(atPath: "/tmp") ? "/tmp" : OwnFolder.temporary)
    + "/perfgate.lock"
  /// After how many seconds of waiting the first report comes; the next ones every `tellAgain`
  /// seconds.
  package static let tellAfter = 1.0
  private static let tellAgain = 30.0
  /// How often to check whether the program was asked to stop, in seconds.
  private static let lookAgain = 0.2

  /// Takes the lock, and waits for it if necessary.
  ///
  /// - Parameters:
  ///   - seconds: how long to block at most; 0 does not block.
  ///   - report: called after a second of waiting, then every 30 s, with the holder and the seconds
  ///     waited so far.
  /// - Throws: ``MachineLockError`` when it is still held after that time, its file cannot be used,
  ///   or a signal asked the program to stop.
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

  /// Opens the file, which any user may have created, or creates it for all users.
  ///
  /// It never follows a link, because any user can create one in that folder.
  private static func openFile(_ path: String) throws(MachineLockError) -> Int32 {
    var code: Int32 = 0
    for _ in 0..<5 {
      // Without O_CREAT: with it, the system may refuse another user's file in a folder such as
      // /tmp.
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
      // Another user may have just created it, and not yet made it readable for all.
      case EACCES: usleep(20_000)
      default: throw .unusable(path: path, reason: code == ELOOP ? "it is a link" : reason(code))
      }
    }
    throw .unusable(path: path, reason: reason(code))
  }

  private static func makeFile(_ path: String) throws(MachineLockError) {
    let made = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if made >= 0 {
      // The umask of the user who creates it would exclude the others.
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

/// Why the lock could not be taken.
package enum MachineLockError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another process held it for the whole time.
  case held(by: String, seconds: Int)
  /// The file cannot be opened or locked.
  case unusable(path: String, reason: String)
  /// A signal asked the program to stop while it was waiting.
  case interrupted(signal: Int32)

  /// One line: what failed, what was found, what to do.
  package var description: String {
    switch self {
    case .held(let holder, let seconds):
      "\(holder) is already measuring on this machine, waited \(seconds) s; run it again later"
    case .interrupted(let signal): "interrupted by signal \(signal) while waiting"
    case .unusable(let path, let reason):
      "cannot lock \(path): \(reason); make it readable for all users, or remove it"
    }
  }
}
