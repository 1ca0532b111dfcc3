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

/// A worker process of this program: runs the tasks that its parent sends over a socket.
///
/// People do not call it, so that no help shows it.
struct WorkerCommand {
  let catalog: Catalog

  /// The descriptor of the socket.
  private static let socket: Int32 = 3

  /// This program as the one whose processes are workers.
  ///
  /// - Parameter environment: that of this process.
  static func program(_ environment: [String: String]) -> WorkerProgram {
    WorkerProgram(
      path: ArmProgram.ownPath, nameArgument: CommandLine.arguments.first,
      arguments: [Command.worker.rawValue], environment: ArmProgram.environment(from: environment))
  }

  /// Runs tasks until the parent closes the socket.
  func execute() throws(CommandError) -> Int32 {
    // Before anything else starts a thread.
    guard pgp_end_with_parent(Self.socket) == 0 else {
      throw .usage(
        "cannot be a worker: descriptor \(Self.socket) is no socket of a program that gives tasks; "
          + "choose --executor process, which starts workers itself")
    }
    // Nothing that a kernel starts keeps the connection open.
    _ = fcntl(Self.socket, F_SETFD, FD_CLOEXEC)
    // What a kernel prints is no result.
    dup2(STDERR_FILENO, STDOUT_FILENO)
    let bench = WorkerBench(catalog)
    let server = WorkerServer(socket: Self.socket) { try bench.code($0) }
    return server.serve() ? ExitCode.success.rawValue : ExitCode.software.rawValue
  }
}
