#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a command writes; the program's own streams, or what a test gives it.
public struct CommandOutput: Sendable {
  /// Takes text for standard output.
  public var out: @Sendable (String) -> Void
  /// Takes text for standard error.
  public var error: @Sendable (String) -> Void
  /// Whether standard error is a terminal, on which a line can be written again.
  public var errorIsTerminal: Bool
  /// What the program is called in its help; its errors begin with `perfgate:` in any case.
  public var program = "perfgate"

  /// Streams to write to.
  public init(
    out: @escaping @Sendable (String) -> Void, error: @escaping @Sendable (String) -> Void,
    errorIsTerminal: Bool
  ) {
    self.out = out
    self.error = error
    self.errorIsTerminal = errorIsTerminal
  }

  /// The process's standard output and standard error.
  ///
  /// A closed pipe ends the program quietly, also where the parent process ignores SIGPIPE.
  public static let standard: CommandOutput = {
    var output = CommandOutput(
      out: { writeAll($0, to: STDOUT_FILENO) }, error: { writeAll($0, to: STDERR_FILENO) },
      errorIsTerminal: isatty(STDERR_FILENO) == 1)
    if let name = CommandLine.arguments.first?.split(separator: "/").last {
      output.program = String(name)
    }
    return output
  }()

  private static func writeAll(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var offset = 0
      while offset < bytes.count {
        let written = write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
        if written > 0 {
          offset += written
        } else if written < 0, errno == EPIPE {
          _exit(128 + SIGPIPE)
        } else if !(written < 0 && errno == EINTR) {
          // Nobody can be told: the stream for telling is the one that failed.
          return
        }
      }
    }
  }
}
