import CPerfGateSystem
import Foundation
import PerfGateMachine
import PerfGateWorkers

/// Why nothing can be run under valgrind.
package struct ValgrindError: Error, Hashable, Sendable {
  /// What was found and what to do.
  package var why: String
}

/// The programs that count instructions without the processor's counter: Debian's packages valgrind,
/// util-linux and binutils have them.
package struct Valgrind: Hashable, Sendable {
  /// Runs a program on a simulated processor.
  package var valgrind: String
  /// Runs a program at the same addresses each time.
  package var setarch: String
  /// Takes out what is only for debuggers, which valgrind may not understand; `nil`: there is none.
  package var strip: String?

  /// The programs of this machine, by `PATH`.
  package static func found(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ValgrindError) -> Valgrind {
    #if os(Linux) && arch(x86_64)
      let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
      func path(_ name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
      }
      guard let valgrind = path("valgrind") else {
        throw ValgrindError(why: "valgrind is not installed: apt-get install valgrind")
      }
      guard let setarch = path("setarch") else {
        throw ValgrindError(why: "setarch is not installed: apt-get install util-linux")
      }
      return Valgrind(
        valgrind: valgrind, setarch: setarch, strip: path("strip") ?? path("llvm-strip"))
    #else
      throw ValgrindError(why: "valgrind is asked in a way of Linux on x86-64 only")
    #endif
  }

  /// A program that does the same under valgrind, with nothing left to chance: a fixed environment,
  /// fixed addresses, and the same seed of all hashes.
  ///
  /// - Parameters:
  ///   - file: the program without what is only for debuggers.
  ///   - output: where valgrind writes.
  func program(_ program: ArmProgram, file: String, output: String) -> ArmProgram {
    var counted = program
    counted.path = setarch
    counted.nameArgument = nil
    counted.arguments =
      [
        "-R", valgrind, "-q", "--vgdb=no", "--tool=callgrind", "--instr-atstart=no",
        "--collect-atstart=no",
        "--callgrind-out-file=\(output)", "--", file,
      ] + program.arguments
    counted.environment = program.environment.filter { name, _ in
      Self.keptVariables.contains(name) || name.hasPrefix("PERFGATE_")
    }
    counted.environment["SWIFT_DETERMINISTIC_HASHING"] = "1"
    counted.environment[PGP_CALLGRIND_VARIABLE] = output
    // Libraries beside the program are not beside its copy.
    if let folder = OwnProgram.path.map({ ($0 as NSString).deletingLastPathComponent }),
      program.path == ArmProgram.ownPath
    {
      let others = program.environment["LD_LIBRARY_PATH"].map { ":\($0)" } ?? ""
      counted.environment["LD_LIBRARY_PATH"] = folder + others
    }
    counted.drawsEnvironment = false
    counted.startTimeout *= Self.slowness
    return counted
  }

  /// The variables that a program keeps.
  private static let keptVariables: Set<String> = [
    "HOME", "PATH", "TMPDIR", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE", "SWIFT_BACKTRACE",
  ]

  /// How many times as long a program may take.
  static let slowness = 20.0
}

/// Runs arms of a program under valgrind.
final class ValgrindRunner {
  /// Runs them.
  let runner: RemoteRunner
  private let folder: String

  /// - Parameter runner: runs them without valgrind.
  init(_ runner: RemoteRunner) throws(ValgrindError) {
    let found = try Valgrind.found()
    do throws(OwnFolderError) { try OwnFolder.make() } catch {
      throw ValgrindError(why: error.description)
    }
    Self.removeLeftovers()
    folder = "\(OwnFolder.path)/\(Self.prefix)\(getpid())-\(pgp_monotonic_ns())"
    guard mkdir(folder, 0o700) == 0 else {
      throw ValgrindError(
        why: "cannot create the folder \(folder): \(String(cString: strerror(errno)).lowercased())")
    }
    let copy = "\(folder)/program"
    let isCopied = found.strip.map { Self.strip($0, runner.program.path, copy) } ?? false
    let file = isCopied ? copy : Self.path(of: runner.program.path)
    self.runner = runner.copy(
      found.program(runner.program, file: file, output: "\(folder)/counts"),
      slowness: Valgrind.slowness)
  }

  deinit {
    runner.end()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static let prefix = "valgrind-"

  /// Removes the folders of processes that were ended before they could.
  private static func removeLeftovers() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: OwnFolder.path)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let parts = name.dropFirst(prefix.count).split(separator: "-")
      guard let process = parts.first.flatMap({ pid_t($0) }), process > 0,
        kill(process, 0) != 0, errno == ESRCH, isOld("\(OwnFolder.path)/\(name)")
      else { continue }
      try? FileManager.default.removeItem(atPath: "\(OwnFolder.path)/\(name)")
    }
  }

  /// Whether a folder is an hour old: where containers share it, processes of others are not seen.
  private static func isOld(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && time(nil) - status.st_mtim.tv_sec > 3600
  }

  /// The path of a program in any process: the one that means this program means another one in a child.
  private static func path(of program: String) -> String {
    program == ArmProgram.ownPath ? OwnProgram.path ?? program : program
  }

  /// Copies a program without what is only for debuggers; `false` if that fails or takes long.
  private static func strip(_ strip: String, _ program: String, _ copy: String) -> Bool {
    guard
      let child = try? ChildProcess(
        program: strip, arguments: ["--strip-debug", "-o", copy, path(of: program)],
        environment: ["PATH": "/usr/bin:/bin"], socket: .standardStreams)
    else { return false }
    defer { child.end() }
    let end = pgp_monotonic_ns() + 60_000_000_000
    while child.hasEnded == nil, pgp_monotonic_ns() < end,
      ProcessSignals.interruptSignal == nil
    { pgp_sleep_ns(2_000_000) }
    return child.hasEnded == .exited(status: 0)
  }
}

extension RemoteRunner {
  /// Runs the same arms under valgrind.
  func underValgrind() throws(MeasurementError) -> RemoteRunner {
    if let valgrind { return valgrind.runner }
    do throws(ValgrindError) {
      let new = try ValgrindRunner(self)
      valgrind = new
      return new.runner
    } catch { throw .cannotStart("valgrind: \(error.why)") }
  }
}
