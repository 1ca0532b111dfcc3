#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program's exit codes. Scripts rely on these numbers.
package enum ExitCode: Int32, Sendable {
  /// No claim was violated.
  case success = 0
  /// At least one claim was violated.
  case violated = 1
  /// A claim was inconclusive or not checkable, and `--strict` or `--require` does not accept that.
  case undecided = 3
  /// Wrong usage, or a request that this machine cannot meet.
  case usage = 64
  /// A file is damaged or has another format.
  case badData = 65
  /// Another program that was asked for cannot be built or does not answer.
  case unavailable = 69
  /// The program, a worker or a measured variant is at fault.
  case software = 70
  /// An output file cannot be created. This is checked before anything is measured.
  case cannotCreate = 73
  /// An output could not be written to its end.
  case cannotWrite = 74
  /// Try again later: another program holds the lock, or the machine was too busy.
  case notNow = 75
  /// Ended by SIGHUP: the terminal was closed.
  case hangup = 129
  /// Ended by SIGINT.
  case interrupted = 130
  /// Ended by SIGTERM.
  case terminated = 143

  /// Whether it says that nothing was decided: all but the two decisions, and the end that somebody asked
  /// for.
  var isNoDecision: Bool {
    ![.success, .violated, .hangup, .interrupted, .terminated].contains(self)
  }

  /// The exit code after a signal asked the program to stop: 128 and its number.
  init(signal: Int32) {
    self = Self(rawValue: 128 + signal) ?? .interrupted
  }
}

/// The reason why a command ends early.
package struct CommandError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The exit code.
  package var code: ExitCode
  /// One line for standard error: what failed, what was found, what to do.
  package var description: String
  /// The file that could not be written; `nil`: something else failed.
  package var path: String?

  package init(_ code: ExitCode, _ description: String) {
    self.code = code
    self.description = description
  }

  static func usage(_ text: String) -> CommandError { CommandError(.usage, text) }
}
