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

/// A command that starts ranks of this program, as often as it is asked to.
struct RankLauncher {
  /// The command as people would type it: `mpirun -n 2`.
  let name: String
  /// A shell's script, which gets the words.
  private let script: String
  private let words: [String]
  private let environment: [String: String]
  /// The launcher that has started this process; `nil`: something else has.
  private let parent: pid_t?
  /// How long ranks have to end by themselves when they are to stop, in seconds.
  private let graceSeconds: Double

  /// Programs that start ranks and are their parent process on the first host.
  private static let known: Set<String> = [
    "mpirun", "mpirun.openmpi", "mpiexec", "mpiexec.openmpi", "orterun", "prterun",
  ]

  /// What stands for the number of the start in the words.
  private static let numberMark = "\u{1}"
  /// What each rank is told besides its own options.
  private static let mark = [OptionRule.oneOfStarts, numberMark]

  /// The launcher of these options: the one they name, or the one that has started this process.
  ///
  /// - Parameter arguments: the command line of this program without its name.
  init(_ options: Options, _ arguments: [String], program: String) throws(CommandError) {
    let environment = ProcessInfo.processInfo.environment
    let isStarted = Ranks.isStarted(environment)
    let advice =
      "leave it out and name it: \(program) … --starts \(options.starts ?? 0) --launcher 'srun -n N'"
    if let launcher = options.launcher {
      guard !isStarted else {
        throw .usage(
          "--launcher starts the ranks itself, but this process is a rank: leave out what has started it, or "
            + "the option; in a shell that srun has started, put env -u PMIX_RANK -u PMI_RANK before "
            + "\(program)")
      }
      name = launcher
      script = "\(launcher) \"$@\""
      words = [OwnProgram.path ?? program] + arguments + Self.mark
      self.environment = environment
      self.parent = nil
      graceSeconds = 3
      return
    }
    guard isStarted else {
      throw .usage(
        "--starts needs to know what starts the ranks: expected --launcher 'mpirun -n N' or "
          + "--launcher 'srun -n N', or mpirun -n N before \(program)")
    }
    let parent = ParentProcess.current
    guard let parent, Self.known.contains(parent.name) else {
      let found = parent?.name ?? "a process that cannot be looked at"
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
        repeated += arguments + Self.mark
        rest = rest.dropFirst(arguments.count)
      } else {
        guard word != OptionRule.starts, !word.hasPrefix("\(OptionRule.starts)=") else {
          throw .usage(
            "--starts needs the same options for all ranks, where \(parent.name) runs several programs"
          )
        }
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
    script = "cd \"$1\" && shift && exec \"$@\""
    words = [parent.directory] + repeated
    self.environment = parent.environment
    self.parent = getppid()
    // The launcher that has started this process kills it a second after it has asked it to stop.
    graceSeconds = 0.2
  }

  private func words(_ number: Int) -> [String] {
    words.map { $0 == Self.numberMark ? "\(number)" : $0 }
  }

  /// Starts the ranks once and waits for their end.
  ///
  /// - Parameters:
  ///   - number: which start this is, from 1.
  ///   - output: the file that rank 0's output goes to.
  ///   - errors: the file that all errors go to.
  ///   - seconds: how long that may take.
  func start(
    _ number: Int, output: String, errors: String, atMost seconds: Double
  ) -> OutsideProgram.Outcome {
    OutsideProgram.run(
      OutsideProgram.Job(
        program: "/bin/sh",
        // On a line of its own, so that what the shell finds wrong with the others goes there as well.
        arguments: ["-c", "exec 2>\"$0\"\n\(script)", errors] + words(number),
        environment: environment, output: output, seconds: seconds,
        // A second SIGINT would be needed to stop srun.
        stopSignal: SIGTERM, graceSeconds: graceSeconds, greeting: StartGuard.greeting)
    ) {
      // A launcher that is killed outright cannot ask what it has started to stop.
      if let parent, getppid() != parent { kill(getpid(), SIGTERM) }
    }
  }
}
