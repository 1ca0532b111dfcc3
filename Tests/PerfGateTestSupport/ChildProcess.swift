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
package final class ChildProcess {
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
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, arguments[0], &actions, nil, &words, environ)
    guard code == 0 else { throw Failure(code: code) }
    self.pid = pid
  }

  /// Sends a signal.
  package func send(_ signal: Int32) { if end == nil { kill(pid, signal) } }

  /// Whether it has not ended.
  package var isRunning: Bool {
    var status: Int32 = 0
    if end == nil, waitpid(pid, &status, WNOHANG) == pid { end = Self.end(status) }
    return end == nil
  }

  /// Waits for its end.
  package func wait() throws -> End {
    if let end { return end }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { throw Failure(code: errno) }
    }
    let end = Self.end(status)
    self.end = end
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
