/// What the program's exit status means; scripts rely on these.
public enum ExitCode: Int32, Sendable {
  /// No claim is violated.
  case success = 0
  /// At least one claim is violated.
  case violated = 1
  /// Something was inconclusive or not checkable, and the caller does not accept that.
  case undecided = 3
  /// Wrong usage, or a wish that the machine cannot meet.
  case usage = 64
  /// A file is damaged or of another format.
  case badData = 65
  /// The program, a worker or a measured variant is at fault.
  case software = 70
  /// An output file cannot be made.
  case cannotCreate = 73
  /// Not now: a lock is held, or the run was too disturbed.
  case notNow = 75
}

/// Why a command ends early: its exit code, and one line for standard error.
public struct CommandError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The exit code.
  public var code: ExitCode
  /// One line: what failed, what was found, what to do.
  public var description: String

  /// An error with its exit code.
  public init(_ code: ExitCode, _ description: String) {
    self.code = code
    self.description = description
  }

  static func usage(_ text: String) -> CommandError { CommandError(.usage, text) }
}
