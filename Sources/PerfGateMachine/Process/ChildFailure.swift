/// Why a child process cannot be started or does not answer.
package enum ChildFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The system cannot start the program.
  case cannotStart(program: String, errorNumber: Int32)
  /// What was to be sent is not one line of at most 4,096 printable ASCII characters.
  case notOneLine(String)
  /// Nothing came for this long. The state is the kernel's letter for the process, such as `S` for
  /// sleeping or `T` for stopped; `nil`: unknown.
  case silent(seconds: Double, state: Character?)
  /// The lines of its answer took longer than this together.
  case slow(lines: Int, of: Int, _ seconds: Double)
  /// It ended before it answered.
  case ended(ChildEnd)
  /// It closed its end of the socket but has not ended.
  case hungUp
  /// A line of its answer is longer than the maximum, in bytes.
  case answerTooLong(maximum: Int)
  /// A line of its answer has a byte that is not printable ASCII; the position counts from 0.
  case answerNotASCII(byte: UInt8, position: Int)
  /// It uses more memory than the caller allows, in bytes.
  case tooMuchMemory(bytes: Int, limit: Int)
  /// A signal asked the program to stop.
  case interrupted(signal: Int32)

  /// One line: what failed and what was found, to be put after the child's name.
  package var description: String {
    switch self {
    case .cannotStart(let program, let number):
      "cannot start \(program): \(errnoText(number))"
    case .notOneLine(let line):
      "cannot send '\(abbreviated(line))': expected one line of at most 4096 ASCII characters"
    case .silent(let seconds, let state):
      "gave no answer for \(Self.text(seconds)) s\(state.map(Self.state) ?? "")"
    case .slow(let lines, let count, let seconds):
      "gave \(lines) of \(count) lines of its answer in \(Self.text(seconds)) s"
    case .ended(let end): "\(end)"
    case .hungUp: "closed its connection and goes on"
    case .answerTooLong(let maximum): "gave an answer of more than \(maximum) bytes in a line"
    case .answerNotASCII(let byte, let position):
      "gave an answer with byte \(byte) at position \(position), expected printable ASCII"
    case .tooMuchMemory(let bytes, let limit):
      "uses \(bytes >> 20) MiB of memory, the limit is \(limit >> 20) MiB"
    case .interrupted(let signal): "was interrupted by signal \(SignalName.text(signal))"
    }
  }

  /// At most one decimal: `10`, `0.3`.
  private static func text(_ seconds: Double) -> String {
    let tenths = (seconds * 10).rounded()
    guard tenths.isFinite, abs(tenths) < 1e15 else { return "\(seconds)" }
    return tenths.remainder(dividingBy: 10) == 0 ? "\(Int(tenths / 10))" : "\(tenths / 10)"
  }

  private static func state(_ letter: Character) -> String {
    switch letter {
    case "T": "; a signal has stopped it"
    case "t": "; a debugger has stopped it"
    case "R": "; it is computing"
    case "S": "; it is sleeping"
    case "D": "; it waits for a device"
    case "Z", "X": "; it has ended"
    default: "; its state is \(letter)"
    }
  }
}
