/// The rounds of one arm, in time order.
public struct Series: Hashable, Sendable {
  /// The identity of the series: arm, stage, and part of the run.
  public var key: SeriesKey
  /// The group of arms that were measured in the same rounds. Round numbers count within a group.
  public var group: GroupKey
  /// The number of tasks in a round.
  public var tasks: Int
  /// The size of each task, in the kernel's units.
  public var size: Int
  /// The CPU of each worker; empty if they were not pinned.
  public var cpus: [Int]
  /// How places were chosen: `close`.
  public var bind: String
  /// The number of each kept round, from 0, to match pairs.
  public var rounds: [Int]
  /// The time of each kept round, in seconds.
  public var seconds: [Double]
  /// The CPU time of all workers in each kept round, in seconds.
  public var cpuSeconds: [Double]
  /// Which pair of its round each kept sample belongs to, from 0; `nil` if each round has one pair.
  public var pairs: [Int]?
  /// The most memory of the process and of all that it had started, in the tasks of each kept round, in
  /// bytes; pages that they share count once. `nil`: not measured.
  public var bytes: [Int]?
  /// What was counted in each kept round, each of which is a start of its own; `nil`: nothing was.
  public var counts: [StartCounts]?
  /// How many processes its kept rounds came from; 1 if one process ran them all, `nil` in records
  /// of earlier versions, which knew only that.
  public var starts: Int?
  /// How many layouts of its program the linker drew for its kept rounds; `nil`: all had the same one.
  public var layouts: Int?
  /// The number of rounds that were dropped because they were disturbed.
  public var discarded: Int
  /// How often a worker ended a round on another CPU than it started on.
  public var migrations: Int
  /// A checksum of the results of a round's tasks, in hexadecimal digits.
  public var checksum: String
  /// The peak memory of the process until the end of the series; 0 if unknown.
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
  /// The number of workers.
  public var workers: Int { key.workers }

  /// The time per task in each round, in seconds.
  public var secondsPerTask: [Double] { seconds.map { $0 / Double(tasks) } }

  /// The round of a sample, and the pair of that round that it belongs to.
  func place(_ index: Int) -> (round: Int, pair: Int) { (rounds[index], pairs?[index] ?? 0) }

  /// Adds a sample that counts.
  package mutating func add(round: Int, pair: Int, seconds: Double, cpuSeconds: Double) {
    if pair > 0, pairs == nil { pairs = rounds.map { _ in 0 } }
    rounds.append(round)
    self.seconds.append(seconds)
    self.cpuSeconds.append(cpuSeconds)
    pairs?.append(pair)
  }

  /// Adds a round whose memory counts.
  package mutating func add(round: Int, seconds: Double, cpuSeconds: Double, bytes: Int) {
    add(round: round, pair: 0, seconds: seconds, cpuSeconds: cpuSeconds)
    self.bytes = (self.bytes ?? []) + [bytes]
  }

  /// Adds a round that was counted.
  package mutating func add(
    round: Int, seconds: Double, cpuSeconds: Double, counts: StartCounts
  ) {
    add(round: round, pair: 0, seconds: seconds, cpuSeconds: cpuSeconds)
    self.counts = (self.counts ?? []) + [counts]
  }
}

// MARK: - JSON

extension Series: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, program, stage, part, group, kernel, variant, executor, workers, tasks, size, cpus,
      bind
    case rounds, seconds, cpuSeconds, pairs, bytes, counts, starts, layouts, discarded, migrations,
      checksum,
      peakBytes
  }

  /// Reads a series. Its id identifies it; the names beside it are only for readers of the file. For
  /// verdicts only what they are judged from is read.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    key = try values.decode(SeriesKey.self, forKey: .id)
    group = try values.decode(GroupKey.self, forKey: .group)
    tasks = try values.decode(Int.self, forKey: .tasks)
    size = try values.decode(Int.self, forKey: .size)
    rounds = try values.decode([Int].self, forKey: .rounds)
    seconds = try values.decode([Double].self, forKey: .seconds)
    pairs = try values.decodeIfPresent([Int].self, forKey: .pairs)
    bytes = try values.decodeIfPresent([Int].self, forKey: .bytes)
    counts = try values.decodeIfPresent([StartCounts].self, forKey: .counts)
    if Record.Content.of(decoder) == .verdicts {
      (cpus, bind, cpuSeconds) = ([], "", [])
      (discarded, migrations, checksum, peakBytes) = (0, 0, "", 0)
      return
    }
    cpus = try values.decode([Int].self, forKey: .cpus)
    bind = try values.decode(String.self, forKey: .bind)
    cpuSeconds = try values.decode([Double].self, forKey: .cpuSeconds)
    starts = try values.decodeIfPresent(Int.self, forKey: .starts)
    layouts = try values.decodeIfPresent(Int.self, forKey: .layouts)
    discarded = try values.decode(Int.self, forKey: .discarded)
    migrations = try values.decode(Int.self, forKey: .migrations)
    checksum = try values.decode(String.self, forKey: .checksum)
    peakBytes = try values.decode(Int.self, forKey: .peakBytes)
  }

  /// Writes the series. The parts of the id are written again as names, for readers of the file.
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
    try values.encodeIfPresent(pairs, forKey: .pairs)
    try values.encodeIfPresent(bytes, forKey: .bytes)
    try values.encodeIfPresent(counts, forKey: .counts)
    try values.encodeIfPresent(starts, forKey: .starts)
    try values.encodeIfPresent(layouts, forKey: .layouts)
    try values.encode(discarded, forKey: .discarded)
    try values.encode(migrations, forKey: .migrations)
    try values.encode(checksum, forKey: .checksum)
    try values.encode(peakBytes, forKey: .peakBytes)
  }
}
