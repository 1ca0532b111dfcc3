import Foundation
import PerfGate
import PerfGateReport
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The streams that a command writes to: the program's own, or a test's.
package struct CommandOutput: Sendable {
  /// Writes text to standard output, without control characters other than line ends.
  package let out: @Sendable (String) -> Void
  /// Writes text to standard error, without control characters other than line ends.
  package let error: @Sendable (String) -> Void
  /// Writes to standard output unfiltered, for lines with colors.
  private let rawOut: @Sendable (String) -> Void
  /// Writes to standard error unfiltered, for the progress line that is rewritten.
  private let rawError: @Sendable (String) -> Void
  /// Whether standard error is a terminal where a line can be rewritten.
  package var errorIsTerminal: Bool
  /// Returns the width of standard error in columns, which changes with its window; `nil`: unknown.
  package var errorColumns: @Sendable () -> Int? = { nil }
  /// The width of standard output in characters; `nil` if it is not a terminal: then each row of a
  /// table is one line of any length.
  package var columns: Int?
  /// Whether standard output may show colors.
  package var hasColors = false
  /// The program's name in its help. Errors always begin with `perfgate:`.
  package var program = "perfgate"
  /// Returns the error number (`errno`) of the first failed write to standard output; `nil` if all
  /// succeeded. Called after the command has ended.
  package var failure: @Sendable () -> Int32? = { nil }

  package init(
    out: @escaping @Sendable (String) -> Void, error: @escaping @Sendable (String) -> Void,
    errorIsTerminal: Bool
  ) {
    self.out = { out(VisibleText.lines($0)) }
    self.error = { error(VisibleText.lines($0)) }
    rawOut = out
    rawError = error
    self.errorIsTerminal = errorIsTerminal
  }

  /// The process's standard output and standard error.
  ///
  /// A closed pipe ends the program quietly, even if the parent process ignores SIGPIPE.
  package static let standard: CommandOutput = {
    let out = StandardStream(STDOUT_FILENO)
    // If standard error fails, there is nowhere to report it.
    let error = StandardStream(STDERR_FILENO)
    var output = CommandOutput(
      out: { out.write($0) }, error: { error.write($0) },
      errorIsTerminal: isatty(STDERR_FILENO) == 1
        && movesTheCursor(ProcessInfo.processInfo.environment))
    output.errorColumns = { terminalColumns(STDERR_FILENO) }
    output.failure = { out.failure() }
    if let name = CommandLine.arguments.first?.split(separator: "/").last {
      output.program = String(name)
    }
    output.columns = standardColumns()
    output.hasColors = showsColors(
      isTerminal: isatty(STDOUT_FILENO) == 1, ProcessInfo.processInfo.environment)
    return output
  }()

  /// Whether to show colors: on a terminal that supports them (`TERM` is set and not `dumb`),
  /// unless `NO_COLOR` is set and not empty.
  package static func showsColors(isTerminal: Bool, _ environment: [String: String]) -> Bool {
    isTerminal && movesTheCursor(environment) && (environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Whether the terminal understands escape sequences.
  package static func movesTheCursor(_ environment: [String: String]) -> Bool {
    let terminal = environment["TERM"] ?? ""
    return !terminal.isEmpty && terminal != "dumb"
  }

  /// The width in `COLUMNS`, or else that of the terminal.
  private static func standardColumns() -> Int? {
    if let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), columns > 0 {
      return columns
    }
    return terminalColumns(STDOUT_FILENO)
  }

  private static func terminalColumns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Ends the program as SIGPIPE would.
  static func endQuietly() -> Never { _exit(128 + SIGPIPE) }
}

/// One of the process's own streams. Remembers whether any write failed.
private final class StandardStream: Sendable {
  private let descriptor: Int32
  /// The number of the first error; 0 if there was none.
  private let error = Atomic<Int32>(0)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Writes all of the text. Writes nothing more after a failure.
  func write(_ text: String) {
    guard error.load(ordering: .relaxed) == 0 else { return }
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
        if written >= 0 {
          rest = rest.dropFirst(written)
          continue
        }
        switch errno {
        case EINTR: break
        case EPIPE: CommandOutput.endQuietly()
        case EAGAIN:
          // Another process has made the shared stream non-blocking. This program waits anyway.
          var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&request, 1, -1)
        case let code:
          error.store(code, ordering: .relaxed)
          return
        }
      }
    }
  }

  /// Returns the number of the first error, `nil` if there was none. Closes a copy of the stream
  /// first, because some file systems report a full disk only then.
  func failure() -> Int32? {
    let code = error.load(ordering: .relaxed)
    if code != 0 { return code }
    let copy = dup(descriptor)
    guard copy >= 0, close(copy) != 0, errno != EINTR else { return nil }
    return errno
  }
}

/// The system's `write`, which the method of that name hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

extension CommandOutput {
  /// Writes lines to standard output. Each stays one line, whatever names it contains, and none can
  /// act as a command of a continuous integration system.
  func show(_ lines: [String]) {
    out(lines.map { VisibleText.logLine($0) + "\n" }.joined())
  }

  /// Writes such lines, with colors if standard output may show them.
  func show(_ lines: [StyledLine]) {
    guard hasColors else { return show(lines.map(\.text)) }
    rawOut(lines.map { $0.harmless.colored + "\n" }.joined())
  }

  /// Writes such a line to standard error.
  func complain(_ line: String) { error(VisibleText.logLine(line) + "\n") }

  /// Overwrites the current line of the terminal; an empty text erases it.
  func rewriteLine(_ text: String) { rawError("\r\u{1B}[K" + VisibleText.line(text)) }
}
