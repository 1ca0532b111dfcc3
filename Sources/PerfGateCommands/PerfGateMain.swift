import PerfGate
import PerfGateWorkers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The whole program for a catalog of kernels and the claims about them: an executable's `main.swift` is one call of it.
///
/// Reads the process's arguments, prints to its streams, and ends the process with one of the exit
/// codes of ``ExitCode``.
public func perfGateMain(catalog: Catalog, claims: [Claim]) -> Never {
  openClosedStreams()
  // A file that may not grow any more is an error of its write, as a full disk is.
  signal(SIGXFSZ, SIG_IGN)
  ProcessSignals.catchInterrupts()
  ProcessSignals.catchCrashes(exitStatus: ExitCode.software.rawValue)
  let status = runPerfGate(
    Array(CommandLine.arguments.dropFirst()), catalog: catalog, claims: claims,
    output: .standard, excludesOthers: true)
  // Threads of a round that failed may still run: nothing of theirs is torn down.
  fflush(nil)
  _exit(status)
}

/// Fills the places of standard streams that were closed when the program began, so that no file
/// which it opens gets the number of one.
private func openClosedStreams() {
  for (descriptor, flags) in [
    (STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY),
  ] where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
    // The lowest number that is free is this one. What is only readable is no standard output: writing
    // to it fails, as it would to one that is closed.
    _ = open("/dev/null", flags)
  }
}

/// Runs one command and returns its exit status; what tests call.
///
/// - Parameters:
///   - arguments: without the program's name.
///   - catalog: the kernels.
///   - claims: what is claimed of them.
///   - output: where it prints.
///   - excludesOthers: whether it waits, before it measures, for the machine's lock, so that no two
///     programs measure at once.
package func runPerfGate(
  _ arguments: [String], catalog: Catalog, claims: [Claim] = [], output: CommandOutput,
  excludesOthers: Bool = false
) -> Int32 {
  runPerfGate(
    arguments, catalog: catalog, claims: claims, output: output, excludesOthers: excludesOthers,
    probe: nil)
}

/// Runs one command with a probe of the caller's own; see the function of the same name.
package func runPerfGate(
  _ arguments: [String], catalog: Catalog, claims: [Claim] = [], output: CommandOutput,
  excludesOthers: Bool = false, probe: LocalSession.MakeProbe?
) -> Int32 {
  let status = runCommand(
    arguments, catalog: catalog, claims: claims, output: output, excludesOthers: excludesOthers,
    probe: probe)
  // What was begun and is not whole is never a success.
  guard let code = output.failure() else { return status }
  output.complain(
    "perfgate: cannot write standard output: \(String(cString: strerror(code)).lowercased())")
  return status >= 128 ? status : ExitCode.cannotWrite.rawValue
}

private func runCommand(
  _ arguments: [String], catalog: Catalog, claims: [Claim], output: CommandOutput,
  excludesOthers: Bool, probe: LocalSession.MakeProbe?
) -> Int32 {
  do throws(CommandError) {
    var invocation = try Invocation(arguments)
    invocation.options.excludesOthers = excludesOthers
    invocation.probe = probe
    var output = output
    if invocation.options.noColor { output.hasColors = false }
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
    if invocation.command == .machine {
      return try MachineCommand(invocation, output: output).execute()
    }
    if invocation.command == .judge {
      return try JudgeCommand(invocation, output: output).execute()
    }
    if invocation.command == .baseline {
      return try BaselineCommand(invocation, catalog: catalog, claims: claims, output: output)
        .execute()
    }
    return try MeasuringCommand(invocation, catalog: catalog, claims: claims, output: output)
      .execute()
  } catch {
    output.complain("perfgate: \(error.description)")
    return error.code.rawValue
  }
}
