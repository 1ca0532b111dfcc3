import PerfGate
import PerfGateMachine

/// The options of a command line. Each option means the same in every command.
struct Options: Hashable, Sendable {
  var kernels: [String] = []
  var variants: [String] = []
  var executors = [ExecutorName.pool]
  /// Whether the workers are ranks.
  var usesRanks: Bool { executors == [ExecutorName.mpi] }
  /// Whether the executors were chosen.
  var namesExecutors = false
  var workers: [Int]?
  var tasks: Int?
  var size: Int?
  var taskSeconds: Double?
  var placement = PlacementRequest()
  var rounds: Int?
  var seed: UInt64 = 42
  var budget = 20.0
  /// How long claims wait for a quiet machine, in seconds; `nil`: the engine's default.
  var quietWait: Double?
  var strict = false
  var require: [String] = []
  /// The record to read.
  var path: String?
  /// Further records to read.
  var morePaths: [String] = []
  /// The list of further records to read; `-` is standard input.
  var filesFrom: String?
  /// Records whose values a report shows beside those of the record.
  var besides: [String] = []
  /// What `perfgate baseline` does.
  var action: BaselineAction?
  /// The shell to print completions for.
  var shell: Shell?
  /// The folder of baselines; `nil`: `baselines` in the package around the working directory.
  var baselines: String?
  var only = BaselineUpdate.Selection.all
  var pin = false
  var requireNuma = false
  /// Whether each worker of a curve brings its own tasks.
  var weak = false
  /// Whether the first message of a process is shown against those after it.
  var firstAndRest = false
  /// The languages to compare with; `nil`: all that are installed.
  var runtimes: [PeerRuntime]?
  /// The Python interpreter or virtual environment of the peers; `nil`: the one on the path.
  var python: String?
  /// Whether Go's series also runs as in the article, which throws its result away.
  var asWritten = false
  /// The revision to compare the working tree with; `nil`: none.
  var against: String?
  /// Whether to compare with the newest commit that HEAD and that revision come from.
  var mergeBase = false
  /// How much longer the working tree may take: 0.05 for 5 %.
  var worseByAtMost: Double?
  /// What both revisions take from the working tree.
  var keep: [String] = []
  /// The exit status if there is no decision; `nil`: the usual one.
  var undecided: Int32?
  /// Whether the seed was chosen.
  var namesSeed = false
  /// How many times ranks are started; `nil`: once, by whoever starts this program.
  var starts: Int?
  /// The command that starts ranks, for a shell, such as `srun -n 128`; `nil`: the one that has started
  /// this program.
  var launcher: String?
  /// Which start this run is, from 1, of several that another process joins; `nil`: there is no such process.
  var start: Int?
  var quiet = false
  var noColor = false
  var json: String?
  /// Where to write reports, by their options; `-` is standard output.
  var reports: [String: String] = [:]
  var annotations = false
  var root: String?
  /// Whether to hold the machine's lock while measuring.
  var excludesOthers = false
  var help = false
  var version = false

  /// Whether an option changes what the tables measure.
  var namesTables: Bool {
    workers != nil || tasks != nil || size != nil || taskSeconds != nil || rounds != nil
      || placement.oversubscribe
  }

  /// The usual limit of a revision that must not be slower.
  static let defaultMargin = 0.05

  /// How long a task lasts if its size has to be found, in seconds.
  static let defaultTaskSeconds = 0.01
  static let defaultRounds = 10
  /// The longest task that may be measured, in seconds.
  static let mostTaskSeconds = 3600.0
  /// The number of tasks in the article.
  static let defaultTasks = 50
  /// The number of tasks if a task's time does not depend on its size: one is too short to time.
  static let manyTasks = 1_000_000
  /// The same with executors that take longer for each.
  static let fewerTasks = 100_000
}

/// One option: its name, its value, its help text, and what it changes.
struct OptionRule: Sendable {
  var name: String
  /// The value's name in the help text; empty for a switch.
  var value: String
  var help: String
  /// Whether it may be repeated.
  var isRepeatable: Bool
  var apply: @Sendable (inout Options, String) throws(CommandError) -> Void

  init(
    _ name: String, _ value: String, _ help: String, isRepeatable: Bool = false,
    _ apply: @escaping @Sendable (inout Options, String) throws(CommandError) -> Void
  ) {
    self.name = name
    self.value = value
    self.help = help
    self.isRepeatable = isRepeatable
    self.apply = apply
  }
}
