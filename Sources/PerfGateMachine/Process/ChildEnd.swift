import CPerfGateSystem

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a child process ended.
package enum ChildEnd: Hashable, Sendable, CustomStringConvertible {
  /// It exited with this status, 0 to 255.
  case exited(status: Int32)
  /// A signal ended it; SIGKILL also when its parent ended it.
  case killed(signal: Int32)
  /// Unknown: other code of this process has waited for it, or the kernel has not ended it yet.
  case unknown

  /// `exited with status 3`, `was killed by signal 11 (SIGSEGV)`.
  package var description: String {
    switch self {
    case .exited(let status): "exited with status \(status)"
    case .killed(let signal): "was killed by signal \(SignalName.text(signal))"
    case .unknown: "ended, it is not known how"
    }
  }

  /// `nil` while the child runs.
  init?(state: Int32, value: Int32) {
    switch Int(state) {
    case PGP_CHILD_RUNS: return nil
    case PGP_CHILD_EXITED: self = .exited(status: value)
    case PGP_CHILD_KILLED: self = .killed(signal: value)
    default: self = .unknown
    }
  }
}

/// Makes the numbers of signals readable.
package enum SignalName {
  private static let names: [Int32: String] = [
    SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
    SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL",
    SIGUSR1: "SIGUSR1", SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE",
    SIGALRM: "SIGALRM", SIGTERM: "SIGTERM", SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ",
    SIGSYS: "SIGSYS",
  ]

  /// The number and the name: `11 (SIGSEGV)`; the number alone for rare ones.
  package static func text(_ signal: Int32) -> String {
    names[signal].map { "\(signal) (\($0))" } ?? "\(signal)"
  }
}
