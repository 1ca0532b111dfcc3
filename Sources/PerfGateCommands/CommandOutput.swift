import PerfGate

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a command writes; the program's own streams, or what a test gives it.
public struct CommandOutput: Sendable {
  /// Takes text for standard output; of what a terminal acts on only line ends reach it.
  public let out: @Sendable (String) -> Void
  /// Takes text for standard error; of what a terminal acts on only line ends reach it.
  public let error: @Sendable (String) -> Void
  /// Standard error as it is, for the one line that is written again and again.
  private let rawError: @Sendable (String) -> Void
  /// Whether standard error is a terminal, on which a line can be written again.
  public var errorIsTerminal: Bool
  /// How many characters a line of standard output holds; `nil` where it is not a terminal: then a table's
  /// row is one line, however long.
  public var columns: Int?
  /// What the program is called in its help; its errors begin with `perfgate:` in any case.
  public var program = "perfgate"

  /// Streams to write to.
  public init(
    out: @escaping @Sendable (String) -> Void, error: @escaping @Sendable (String) -> Void,
    errorIsTerminal: Bool
  ) {
    self.out = { out(VisibleText.lines($0)) }
    self.error = { error(VisibleText.lines($0)) }
    rawError = error
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
    output.columns = standardColumns()
    return output
  }()

  /// What `COLUMNS` says, or else the terminal.
  private static func standardColumns() -> Int? {
    if let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), columns > 0 {
      return columns
    }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

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

extension CommandOutput {
  /// Writes lines to standard output: each is one line there, whatever names it holds, and none is a
  /// command to a continuous integration system.
  func show(_ lines: [String]) {
    out(lines.map { VisibleText.logLine($0) + "\n" }.joined())
  }

  /// Writes one such line to standard error.
  func complain(_ line: String) { error(VisibleText.logLine(line) + "\n") }

  /// Writes a line of a terminal over; empty: takes it away.
  func rewriteLine(_ text: String) { rawError("\r\u{1B}[K" + VisibleText.line(text)) }
}
