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

/// Where a command writes; the program's own streams, or what a test gives it.
package struct CommandOutput: Sendable {
  /// Takes text for standard output; of what a terminal acts on only line ends reach it.
  package let out: @Sendable (String) -> Void
  /// Takes text for standard error; of what a terminal acts on only line ends reach it.
  package let error: @Sendable (String) -> Void
  /// Standard output as it is, for lines with colors.
  private let rawOut: @Sendable (String) -> Void
  /// Standard error as it is, for the one line that is written again and again.
  private let rawError: @Sendable (String) -> Void
  /// Whether standard error is a terminal, on which a line can be written again.
  package var errorIsTerminal: Bool
  /// How many characters a line of standard output holds; `nil` where it is not a terminal: then a table's
  /// row is one line, however long.
  package var columns: Int?
  /// Whether standard output shows colors.
  package var hasColors = false
  /// What the program is called in its help; its errors begin with `perfgate:` in any case.
  package var program = "perfgate"
  /// The operating system's error number of the first text that did not reach standard output; `nil`:
  /// all of it did. Asked when the command has ended.
  package var failure: @Sendable () -> Int32? = { nil }

  /// Streams to write to.
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
  /// A closed pipe ends the program quietly, also where the parent process ignores SIGPIPE.
  package static let standard: CommandOutput = {
    let out = StandardStream(STDOUT_FILENO)
    // What cannot be told on standard error can be told nowhere.
    let error = StandardStream(STDERR_FILENO)
    var output = CommandOutput(
      out: { out.write($0) }, error: { error.write($0) },
      errorIsTerminal: isatty(STDERR_FILENO) == 1)
    output.failure = { out.failure() }
    if let name = CommandLine.arguments.first?.split(separator: "/").last {
      output.program = String(name)
    }
    output.columns = standardColumns()
    output.hasColors = showsColors(
      isTerminal: isatty(STDOUT_FILENO) == 1, ProcessInfo.processInfo.environment)
    return output
  }()

  /// Whether colors are shown: on a terminal that knows them (`TERM` is set and not `dumb`), unless
  /// `NO_COLOR` says anything.
  package static func showsColors(isTerminal: Bool, _ environment: [String: String]) -> Bool {
    let terminal = environment["TERM"] ?? ""
    return isTerminal && !terminal.isEmpty && terminal != "dumb"
      && (environment["NO_COLOR"] ?? "").isEmpty
  }

  /// What `COLUMNS` says, or else the terminal.
  private static func standardColumns() -> Int? {
    if let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), columns > 0 {
      return columns
    }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Ends the program as a closed pipe does.
  static func endQuietly() -> Never { _exit(128 + SIGPIPE) }
}

/// One of the process's own streams, which keeps in mind whether all of its text got through.
private final class StandardStream: Sendable {
  private let descriptor: Int32
  /// The first error's number; 0: none.
  private let error = Atomic<Int32>(0)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Writes all of the text; after a failure nothing more is written.
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
          // Somebody who has it open too does not want to wait; this program does.
          var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&request, 1, -1)
        case let code:
          error.store(code, ordering: .relaxed)
          return
        }
      }
    }
  }

  /// The first error's number; `nil`: none. Closes a copy first: some file systems tell only then that
  /// there was no room.
  func failure() -> Int32? {
    let code = error.load(ordering: .relaxed)
    if code != 0 { return code }
    let copy = dup(descriptor)
    guard copy >= 0, close(copy) != 0, errno != EINTR else { return nil }
    return errno
  }
}

/// The system's `write`, beside a method of that name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

extension CommandOutput {
  /// Writes lines to standard output: each is one line there, whatever names it holds, and none is a
  /// command to a continuous integration system.
  func show(_ lines: [String]) {
    out(lines.map { VisibleText.logLine($0) + "\n" }.joined())
  }

  /// Writes such lines with their colors, where standard output shows any.
  func show(_ lines: [StyledLine]) {
    guard hasColors else { return show(lines.map(\.text)) }
    rawOut(lines.map { $0.harmless.colored + "\n" }.joined())
  }

  /// Writes one such line to standard error.
  func complain(_ line: String) { error(VisibleText.logLine(line) + "\n") }

  /// Writes a line of a terminal over; empty: takes it away.
  func rewriteLine(_ text: String) { rawError("\r\u{1B}[K" + VisibleText.line(text)) }
}
