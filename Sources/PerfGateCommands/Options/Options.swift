import PerfGate
import PerfGateMachine

/// What the caller asked for; every option means the same in every command.
struct Options: Hashable, Sendable {
  var kernels: [String] = []
  var variants: [String] = []
  var executor = ExecutorName.pool
  var workers: [Int]?
  var tasks: Int?
  var size: Int?
  var taskSeconds: Double?
  var placement = PlacementRequest()
  var rounds: Int?
  var seed: UInt64 = 42
  var budget = 20.0
  /// How long claims wait for a quiet machine, in seconds; `nil`: as the engine does.
  var quietWait: Double?
  var strict = false
  var require: [String] = []
  /// The file that a command reads.
  var path: String?
  /// What is to be done with baselines.
  var action: BaselineAction?
  /// The folder of baselines; `nil`: that of the package around the working directory.
  var baselines: String?
  var only = BaselineUpdate.Selection.all
  var pin = false
  var requireNuma = false
  var quiet = false
  var noColor = false
  var json: String?
  var junit: String?
  var markdown: String?
  var annotations = false
  var root: String?
  /// Whether no other program may measure at the same time.
  var excludesOthers = false
  var help = false
  var version = false

  /// Whether the tables were asked for in a way of their own.
  var namesTables: Bool {
    workers != nil || tasks != nil || size != nil || taskSeconds != nil || rounds != nil
      || placement.oversubscribe
  }

  /// What a task is to last where a size has to be found.
  static let defaultTaskSeconds = 0.01
  static let defaultRounds = 10
  /// The longest task that is measured, in seconds.
  static let mostTaskSeconds = 3600.0
  /// The article's number of tasks.
  static let defaultTasks = 50
  /// Tasks of a kernel whose time does not depend on its size: one alone is too short for a clock.
  static let manyTasks = 1_000_000
}

/// One option: how it is written, what it takes, what it does.
struct OptionRule: Sendable {
  var name: String
  /// What it takes, for the help; empty for a switch.
  var value: String
  var help: String
  /// Whether it may be given more than once.
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
