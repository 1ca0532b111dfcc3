/// The rounds of one arm, in time order.
public struct Series: Hashable, Sendable, Codable {
  /// The series id: `viete/swift.scalar/pool/2`.
  public var id: String
  /// Arms that were measured in the same rounds share this; round numbers count within it.
  public var group: String
  /// The kernel's name.
  public var kernel: String
  /// The variant's name.
  public var variant: String
  /// How tasks reach workers.
  public var executor: String
  /// How many workers.
  public var workers: Int
  /// How many tasks in a round.
  public var tasks: Int
  /// The size of each task, in the kernel's units.
  public var size: Int
  /// The CPU of each worker; empty when they were not pinned.
  public var cpus: [Int]
  /// The placement's word: `close`.
  public var bind: String
  /// The number of each round that was kept, so that pairs can be rebuilt.
  public var rounds: [Int]
  /// The time of each round that was kept.
  public var seconds: [Double]
  /// CPU time of all workers in each round that was kept.
  public var cpuSeconds: [Double]
  /// How many rounds were dropped because they were disturbed.
  public var discarded: Int
  /// How often a worker ended a round on another CPU than it began.
  public var migrations: Int
  /// All results of a round's tasks in one number, as hexadecimal digits.
  public var checksum: String
  /// The most memory the process had had when the series ended; 0: unknown.
  public var peakBytes: Int

  /// An empty series of an arm.
  public init(_ arm: Arm, group: String, cpus: [Int], bind: String) {
    id = arm.id
    self.group = group
    kernel = arm.kernel
    variant = arm.variant
    executor = arm.executor
    workers = arm.workers
    tasks = arm.tasks
    size = arm.size
    self.cpus = cpus
    self.bind = bind
    rounds = []
    seconds = []
    cpuSeconds = []
    discarded = 0
    migrations = 0
    checksum = ""
    peakBytes = 0
  }

  /// The time of a task in each round: the round's time over the number of tasks.
  public var secondsPerTask: [Double] { seconds.map { $0 / Double(tasks) } }

  /// The time of each round by its number.
  public var secondsByRound: [Int: Double] {
    Dictionary(zip(rounds, seconds), uniquingKeysWith: { first, _ in first })
  }
}
