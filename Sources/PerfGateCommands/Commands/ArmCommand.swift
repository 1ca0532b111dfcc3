import CPerfGateSystem
import PerfGate
import PerfGateWorkers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Serves arms of the catalog to another program, which judges them: the arm protocol on standard input
/// and output.
///
/// It takes no lock, because the program that asks holds the machine's.
struct ArmCommand {
  let catalog: Catalog
  /// The program whose processes are workers; `nil`: none.
  var workerProgram: WorkerProgram?

  /// Signals that ask a program to stop end this one at once; a crash ends it by its signal, after one
  /// line on standard error.
  static func handleSignals() {
    ProcessSignals.tellCrashes()
    // A parent that is gone shows when an answer is written.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Answers until the requests end.
  func execute() throws(CommandError) -> Int32 {
    let (input, output) = try takeStreams()
    // A child of PerfGate ends with its parent, and runs before other programs where that is allowed.
    // On a pipe, as in a shell, neither is done.
    let isChild = pgp_end_with_parent(input) == 0
    let details = isChild ? ["nice:\(pgp_raise_priority())"] : []
    ArmServer(
      catalog: catalog, version: Record.Tool.perfGateVersion, details: details,
      workerProgram: workerProgram
    ).serve(input: input, output: output)
    return ExitCode.success.rawValue
  }

  /// Moves the protocol to descriptors that nothing else uses: what a kernel prints goes to standard
  /// error, and what it reads is empty.
  private func takeStreams() throws(CommandError) -> (input: Int32, output: Int32) {
    let input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    let empty = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard input >= 0, output >= 0, empty >= 0, dup2(empty, STDIN_FILENO) >= 0,
      dup2(STDERR_FILENO, STDOUT_FILENO) >= 0
    else {
      throw CommandError(
        .software, "cannot serve arms: \(String(cString: strerror(errno)).lowercased())")
    }
    close(empty)
    return (input, output)
  }
}
