import Foundation
import PerfGate
import PerfGateMachine
import PerfGateWorkers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs the `perfgate` program for a catalog of kernels and the claims about them: an executable's
/// `main.swift` needs only this call.
///
/// Reads the process's arguments, prints to its streams, and ends the process with one of the exit
/// codes of ``ExitCode``.
public func perfGateMain(catalog: Catalog, claims: [Claim]) -> Never {
  openClosedStreams()
  // A file at its size limit makes the write fail, as a full disk does, instead of ending the
  // program.
  signal(SIGXFSZ, SIG_IGN)
  let arguments = Array(CommandLine.arguments.dropFirst())
  if [Command.arm, .worker].contains(where: { $0.rawValue == arguments.first }) {
    ArmCommand.handleSignals()
  } else {
    // Whoever joins the starts of ranks has the terminal.
    ProcessSignals.catchInterrupts(tells: !arguments.contains(OptionRule.oneOfStarts))
    ProcessSignals.catchCrashes(exitStatus: ExitCode.software.rawValue)
    #if MPI
      RankMain.join(catalog, arguments)
    #endif
  }
  let status = runPerfGate(
    arguments, catalog: catalog, claims: claims, output: .standard, excludesOthers: true,
    probe: nil, startsItself: true)
  // Threads of a failed round may still run, so nothing that they use is torn down.
  fflush(nil)
  #if MPI
    RankMain.end(status)
  #endif
  _exit(status)
}

/// Opens `/dev/null` for each standard stream that was closed when the program began, so that no
/// file opened later gets its number.
private func openClosedStreams() {
  for (descriptor, flags) in [
    (STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY),
  ] where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
    // `open` returns the lowest free number, which is this one. Standard output is opened for
    // reading only, so that writing to it fails as it does when it is closed.
    _ = open("/dev/null", flags)
  }
}

/// Runs one command and returns its exit status, without ending the process; tests call it.
///
/// - Parameters:
///   - arguments: the command line without the program's name.
///   - catalog: the kernels.
///   - claims: the claims about them.
///   - output: where to print.
///   - excludesOthers: whether to wait for the machine's lock before measuring, so that no two
///     programs measure at once.
package func runPerfGate(
  _ arguments: [String], catalog: Catalog, claims: [Claim] = [], output: CommandOutput,
  excludesOthers: Bool = false
) -> Int32 {
  runPerfGate(
    arguments, catalog: catalog, claims: claims, output: output, excludesOthers: excludesOthers,
    probe: nil)
}

/// Runs one command with the caller's own interference probe; see the function of the same name.
// Incomplete output is never a success.
package func runPerfGate(
  _ arguments: [String], catalog: Catalog, claims: [Claim] = [], output: CommandOutput,
  excludesOthers: Bool = false, probe: LocalSession.MakeProbe?, startsItself: Bool = false
) -> Int32 {
  let status = runCommand(
    arguments, catalog: catalog, claims: claims, output: output, excludesOthers: excludesOthers,
    probe: probe, startsItself: startsItself)
  // What was begun and is not whole is never a success.
  guard let code = output.failure() else { return status }
  output.complain(
    "perfgate: cannot write standard output: \(String(cString: strerror(code)).lowercased())")
  return status >= 128 ? status : ExitCode.cannotWrite.rawValue
}

private func runCommand(
  _ arguments: [String], catalog: Catalog, claims: [Claim], output: CommandOutput,
  excludesOthers: Bool, probe: LocalSession.MakeProbe?, startsItself: Bool
) -> Int32 {
  var undecided: Int32?
  do throws(CommandError) {
    var invocation = try Invocation(arguments)
    undecided = invocation.options.undecided
    invocation.options.excludesOthers = excludesOthers
    invocation.probe = probe
    if startsItself {
      invocation.product = OwnProgram.path?.split(separator: "/").last.map(String.init)
      invocation.arms = try ownArms(program: output.program)
      invocation.workerProgram = WorkerCommand.program(ProcessInfo.processInfo.environment)
    }
    var output = output
    // The launcher gives rank 0 a terminal also where its own output is a file.
    if invocation.options.noColor || Ranks.count != nil { output.hasColors = false }
    if invocation.options.help {
      output.out(
        Command.help(for: invocation.command, program: output.program))
      return ExitCode.success.rawValue
    }
    if invocation.options.version {
      let tool = Record.Tool.current
      output.show(["perfgate \(tool.version) (Swift \(tool.swift), \(tool.clang))"])
      return ExitCode.success.rawValue
    }
    if invocation.command == .completion, let shell = invocation.options.shell {
      output.out(Completion(program: output.program, catalog: catalog).script(for: shell))
      return ExitCode.success.rawValue
    }
    if invocation.command == .arm {
      return try ArmCommand(catalog: catalog, workerProgram: invocation.workerProgram).execute()
    }
    if invocation.command == .worker { return try WorkerCommand(catalog: catalog).execute() }
    if invocation.command == .machine {
      return try MachineCommand(invocation, output: output).execute()
    }
    if invocation.command == .judge {
      return try JudgeCommand(invocation, output: output).execute()
    }
    if invocation.command == .report {
      return try ReportCommand(invocation, output: output).execute()
    }
    if invocation.command == .merge {
      return try MergeCommand(invocation, output: output).execute()
    }
    if invocation.command == .baseline {
      return try BaselineCommand(invocation, catalog: catalog, claims: claims, output: output)
        .execute()
    }
    if invocation.options.startsRanks {
      return try StartsCommand(invocation, arguments: arguments, output: output).execute()
    }
    return try MeasuringCommand(invocation, catalog: catalog, claims: claims, output: output)
      .execute()
  } catch {
    output.complain("perfgate: \(error.description)")
    return undecided.flatMap { error.code.isNoDecision ? $0 : nil } ?? error.code.rawValue
  }
}

/// This program as the one whose processes run the arms, or why it cannot be.
private func ownArms(
  program: String
) throws(CommandError) -> Result<ArmProgram, StartRefusal> {
  let environment = ProcessInfo.processInfo.environment
  let starts = environment[StartRefusal.variable] ?? ""
  guard starts.isEmpty || starts == "1" else {
    throw .usage(
      "cannot use \(StartRefusal.variable)=\(starts): expected 1 (one process runs all rounds), or "
        + "omit it")
  }
  if let refusal = StartRefusal.current(environment) { return .failure(refusal) }
  return .success(
    ArmProgram(
      name: program, path: ArmProgram.ownPath, nameArgument: CommandLine.arguments.first,
      arguments: ["arm"], environment: ArmProgram.environment(from: environment),
      socket: .standardStreams))
}
