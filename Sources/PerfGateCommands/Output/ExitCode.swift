#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the program's exit status means; scripts rely on these.
package enum ExitCode: Int32, Sendable {
  /// No claim is violated.
  case success = 0
  /// At least one claim is violated.
  case violated = 1
  /// Something was inconclusive or not checkable, and the caller does not accept that.
  case undecided = 3
  /// Wrong usage, or a request that this machine cannot meet.
  case usage = 64
  /// A file is damaged or of another format.
  case badData = 65
  /// The program, a worker or a measured variant is at fault.
  case software = 70
  /// An output file cannot be made; found before anything is measured.
  case cannotCreate = 73
  /// An output that was begun could not be written to its end.
  case cannotWrite = 74
  /// Not now: a lock is held, or the machine was too busy.
  case notNow = 75
  /// Ended by SIGHUP: the terminal is gone.
  case hangup = 129
  /// Ended by SIGINT.
  case interrupted = 130
  /// Ended by SIGTERM.
  case terminated = 143

  /// The exit code of a program that a signal asked to stop.
  init(signal: Int32) {
    self = Self(rawValue: 128 + signal) ?? .interrupted
  }
}

/// Why a command ends early: its exit code, and one line for standard error.
package struct CommandError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The exit code.
  package var code: ExitCode
  /// One line: what failed, what was found, what to do.
  package var description: String

  /// An error with its exit code.
  package init(_ code: ExitCode, _ description: String) {
    self.code = code
    self.description = description
  }

  static func usage(_ text: String) -> CommandError { CommandError(.usage, text) }
}
