#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Another process, started and waited for by system calls alone.
///
/// Foundation's waits until everything closed that the process was given, and that may be in the
/// hands of a second one.
package final class StartedProcess {
  /// How a process ended.
  package enum End: Hashable, Sendable {
    case exit(Int32)
    case signal(Int32)
  }

  /// A process could not be started or waited for; the operating system's error number.
  package struct Failure: Error, Hashable {
    package var code: Int32
  }

  /// The process's number.
  package let pid: pid_t
  private var end: End?
  /// Somebody else has waited for it.
  private var isLost = false

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - arguments: the program's path first.
  ///   - output: the file that standard output goes to; `nil`: that of this process.
  ///   - error: the file that standard error goes to; `nil`: that of this process.
  package init(_ arguments: [String], output: String? = nil, error: String? = nil) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (path, descriptor) in [(output, STDOUT_FILENO), (error, STDERR_FILENO)] {
      guard let path else { continue }
      posix_spawn_file_actions_addopen(
        &actions, descriptor, path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    }
    // A test runs on a thread that blocks signals, and a process is born with its parent's mask.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, arguments[0], &actions, &attributes, &words, environ)
    guard code == 0 else { throw Failure(code: code) }
    self.pid = pid
  }

  /// Sends a signal.
  package func send(_ signal: Int32) { if end == nil { kill(pid, signal) } }

  /// Whether it has not ended.
  package var isRunning: Bool {
    var status: Int32 = 0
    guard end == nil, !isLost else { return false }
    let found = waitpid(pid, &status, WNOHANG)
    if found == pid { end = Self.end(status) }
    if found < 0, errno != EINTR { isLost = true }
    return end == nil && !isLost
  }

  /// Waits for its end, and ends it when it takes too long.
  package func wait(atMost limit: Duration = .seconds(60)) throws -> End {
    let begin = ContinuousClock.now
    while isRunning {
      if ContinuousClock.now - begin > limit { send(SIGKILL) }
      usleep(2000)
    }
    guard let end else { throw Failure(code: ECHILD) }
    return end
  }

  deinit {
    if isRunning {
      send(SIGKILL)
      _ = try? wait()
    }
  }

  private static func end(_ status: Int32) -> End {
    status & 0x7f == 0 ? .exit((status >> 8) & 0xff) : .signal(status & 0x7f)
  }
}
