import PerfGateMachine
import PerfGateStatistics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program that speaks the arm protocol, and how it is started.
package struct ArmProgram: Sendable {
  /// Its name in messages.
  package var name: String
  /// Its path.
  package var path: String
  /// The first argument, which programs take as their own name; `nil`: the path.
  package var nameArgument: String?
  /// The arguments after the name.
  package var arguments: [String]
  /// All of its environment variables.
  package var environment: [String: String]
  /// Where it finds the socket.
  package var socket: ChildProcess.Socket
  /// How long a start may take until the first answer, in seconds.
  package var startTimeout: Double
  /// Whether it must put its workers where it is told. One that cannot is started on their CPUs.
  package var mustPlace: Bool
  /// Whether one that does not greet is at fault. For others the asking process runs all rounds then.
  package var mustGreet: Bool
  /// Whether the size of its environment is drawn for each start, as other chance is.
  package var drawsEnvironment = true

  package init(
    name: String, path: String, nameArgument: String? = nil, arguments: [String],
    environment: [String: String], socket: ChildProcess.Socket, startTimeout: Double = 30,
    mustPlace: Bool = true, mustGreet: Bool = false
  ) {
    self.name = name
    self.path = path
    self.nameArgument = nameArgument
    self.arguments = arguments
    self.environment = environment
    self.socket = socket
    self.startTimeout = startTimeout
    self.mustPlace = mustPlace
    self.mustGreet = mustGreet
  }

  /// This program's file, also after it was moved or replaced.
  package static let ownPath = OwnProgram.file

  /// The variable that is as long as was drawn for each start, which moves the stack.
  static let paddingVariable = "PERFGATE_PADDING"
  /// The most bytes of that variable: a page.
  static let mostPadding = 4096

  /// The environment of a start: its size is drawn.
  func environment(start: Int, seed: UInt64) -> [String: String] {
    guard drawsEnvironment else { return environment }
    var random = SplitMix64(seed: seed, stream: start)
    var environment = environment
    environment[Self.paddingVariable] = String(
      repeating: "x", count: Int(random.next() % UInt64(Self.mostPadding)))
    return environment
  }

  /// The environment of a child of this program: profiles of covered code would be written over each
  /// other, and a crash is told by its signal.
  package static func environment(from own: [String: String]) -> [String: String] {
    var environment = own
    if own["LLVM_PROFILE_FILE"] != nil { environment["LLVM_PROFILE_FILE"] = "/dev/null" }
    environment["SWIFT_BACKTRACE"] = "enable=no"
    return environment
  }
}

/// Why rounds cannot be processes of their own here; one process then runs them all.
package enum StartRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// `PERFGATE_STARTS=1`.
  case requested
  /// A debugger would lose its program.
  case traced
  /// The launcher of ranks starts them once.
  case launched
  /// The system has no such processes, or the program cannot be started.
  case unavailable(String)

  /// The setting that asks for one process.
  package static let variable = "PERFGATE_STARTS"

  package var description: String {
    switch self {
    case .requested: "\(Self.variable)=1"
    case .traced: "a debugger is attached"
    case .launched: "mpirun or srun starts the ranks once"
    case .unavailable(let why): why
    }
  }

  /// What this process and its environment tell; `nil`: rounds may be processes.
  package static func current(_ environment: [String: String]) -> StartRefusal? {
    #if os(Linux)
      if environment[variable] == "1" { return .requested }
      return OwnProgram.isTraced ? .traced : nil
    #else
      return .unavailable("this system cannot start them")
    #endif
  }
}
