import Foundation
import PerfGate
import PerfGateMachine
import PerfGateWorkers

/// A command that starts ranks of this program, as often as it is asked to.
struct RankLauncher {
  /// The command as people would type it: `mpirun -n 2`.
  let name: String
  /// A shell's script, which gets the words, and where errors go in `$errors`.
  private let script: String
  private let words: [String]
  private let environment: [String: String]

  /// Programs that start ranks and are their parent process on the first host.
  private static let known: Set<String> = ["mpirun", "mpiexec", "orterun", "prterun"]

  /// A launcher that is asked to stop kills this process a second later, and nothing of a start that did
  /// not end is kept.
  private static let graceSeconds = 0.2

  /// The launcher of these options: the one they name, or the one that has started this process.
  ///
  /// - Parameter arguments: the command line of this program without its name.
  init(_ options: Options, _ arguments: [String], program: String) throws(CommandError) {
    let environment = ProcessInfo.processInfo.environment
    let isStarted = Ranks.isStarted(environment)
    let advice =
      "leave it out and name it: \(program) … --starts \(options.starts ?? 8) --launcher 'srun -n N'"
    if let launcher = options.launcher {
      guard !isStarted else {
        throw .usage(
          "--launcher starts the ranks itself: leave out what has started this one, or the option")
      }
      name = launcher
      script = "exec \(launcher) \"$@\" 2>\"$errors\""
      words = [OwnProgram.path ?? program] + arguments + [OptionRule.oneOfStarts]
      self.environment = environment
      return
    }
    guard isStarted else {
      throw .usage(
        "--starts needs to know what starts the ranks: expected --launcher 'mpirun -n N' or "
          + "--launcher 'srun -n N', or mpirun -n N before \(program)")
    }
    guard let parent = ParentProcess.current, Self.known.contains(parent.name) else {
      let found = ParentProcess.current?.name ?? "a process that cannot be looked at"
      throw .usage("--starts cannot repeat what has started this rank (\(found)): \(advice)")
    }
    // The daemons of the one that runs hold the nodes of the job.
    let nodes = environment["SLURM_JOB_NUM_NODES"].flatMap { Int($0) } ?? 1
    guard nodes == 1 else {
      throw .usage(
        "--starts cannot repeat \(parent.name) within a job of \(nodes) nodes: \(advice)")
    }
    var repeated: [String] = []
    var command: [String]?
    var rest = parent.arguments[...]
    while let word = rest.first {
      if !arguments.isEmpty, rest.starts(with: arguments) {
        // The last of these words is the program.
        command = command ?? repeated.dropLast()
        repeated += arguments + [OptionRule.oneOfStarts]
        rest = rest.dropFirst(arguments.count)
      } else {
        repeated.append(word)
        rest = rest.dropFirst()
      }
    }
    guard let command else {
      throw .usage(
        "--starts does not find its own options among those of \(parent.name), which runs something "
          + "else that runs \(program): \(advice)")
    }
    name = command.joined(separator: " ")
    script = "cd \"$1\" && shift && exec \"$@\" 2>\"$errors\""
    words = [parent.directory] + repeated
    self.environment = parent.environment
  }

  /// Starts the ranks once and waits for their end.
  ///
  /// - Parameters:
  ///   - output: the file that rank 0's output goes to.
  ///   - errors: the file that all errors go to.
  ///   - seconds: how long that may take.
  func start(output: String, errors: String, atMost seconds: Double) -> OutsideProgram.Outcome {
    OutsideProgram.run(
      OutsideProgram.Job(
        program: "/bin/sh",
        arguments: ["-c", "errors=$0; \(script)", errors] + words,
        environment: environment, output: output, seconds: seconds,
        graceSeconds: Self.graceSeconds))
  }
}
