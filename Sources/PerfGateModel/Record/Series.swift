/// The rounds of one arm, in time order.
public struct Series: Hashable, Sendable {
  /// Which arm's rounds these are, of which stage and part of the run.
  public var key: SeriesKey
  /// Arms that were measured in the same rounds share this; round numbers count within it.
  public var group: GroupKey
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
  package init(
    _ arm: Arm, group: GroupKey, stage: Stage = .first, cpus: [Int], bind: String
  ) {
    key = arm.key.at(stage)
    self.group = group
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

  /// The series id, for people: `viete/swift.scalar/pool/2`.
  public var id: String { key.description }
  /// The kernel's name.
  public var kernel: String { key.kernel }
  /// The variant's name.
  public var variant: String { key.variant }
  /// How tasks reach workers.
  public var executor: String { key.executor }
  /// How many workers.
  public var workers: Int { key.workers }

  /// The time of a task in each round: the round's time over the number of tasks.
  public var secondsPerTask: [Double] { seconds.map { $0 / Double(tasks) } }

  /// The time of each round by its number.
  public var secondsByRound: [Int: Double] {
    Dictionary(zip(rounds, seconds), uniquingKeysWith: { first, _ in first })
  }
}

// MARK: - JSON

extension Series: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, program, stage, part, group, kernel, variant, executor, workers, tasks, size, cpus,
      bind
    case rounds, seconds, cpuSeconds, discarded, migrations, checksum, peakBytes
  }

  /// Reads a series. Its id says which one it is; the names beside it are for readers of the file.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    key = try values.decode(SeriesKey.self, forKey: .id)
    group = try values.decode(GroupKey.self, forKey: .group)
    tasks = try values.decode(Int.self, forKey: .tasks)
    size = try values.decode(Int.self, forKey: .size)
    cpus = try values.decode([Int].self, forKey: .cpus)
    bind = try values.decode(String.self, forKey: .bind)
    rounds = try values.decode([Int].self, forKey: .rounds)
    seconds = try values.decode([Double].self, forKey: .seconds)
    cpuSeconds = try values.decode([Double].self, forKey: .cpuSeconds)
    discarded = try values.decode(Int.self, forKey: .discarded)
    migrations = try values.decode(Int.self, forKey: .migrations)
    checksum = try values.decode(String.self, forKey: .checksum)
    peakBytes = try values.decode(Int.self, forKey: .peakBytes)
  }

  /// Writes the series; what the id says stands beside it once more, for readers of the file.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(key, forKey: .id)
    try values.encode(key.program, forKey: .program)
    try values.encode(key.stage, forKey: .stage)
    try values.encode(key.part, forKey: .part)
    try values.encode(group, forKey: .group)
    try values.encode(kernel, forKey: .kernel)
    try values.encode(variant, forKey: .variant)
    try values.encode(executor, forKey: .executor)
    try values.encode(workers, forKey: .workers)
    try values.encode(tasks, forKey: .tasks)
    try values.encode(size, forKey: .size)
    try values.encode(cpus, forKey: .cpus)
    try values.encode(bind, forKey: .bind)
    try values.encode(rounds, forKey: .rounds)
    try values.encode(seconds, forKey: .seconds)
    try values.encode(cpuSeconds, forKey: .cpuSeconds)
    try values.encode(discarded, forKey: .discarded)
    try values.encode(migrations, forKey: .migrations)
    try values.encode(checksum, forKey: .checksum)
    try values.encode(peakBytes, forKey: .peakBytes)
  }
}
