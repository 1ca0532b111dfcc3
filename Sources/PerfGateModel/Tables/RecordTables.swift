/// A subject against its reference, over rounds that both were in.
public struct Comparison: Hashable, Sendable, Codable {
  /// The id of the series that is compared.
  public var subject: SeriesKey
  /// The id of the series it is compared with.
  public var reference: SeriesKey
  /// Median of the rounds' ratios of time per task; above 1: the subject is slower.
  public var ratio: Double
  /// Where the median lies; two numbers, the lower first.
  public var interval: [Double]
  /// The probability that an interval made this way covers the median, 0 to 1.
  public var coverage: Double
  /// How many rounds.
  public var rounds: Int

  /// A comparison.
  package init(
    subject: SeriesKey, reference: SeriesKey, ratio: Double, interval: [Double], coverage: Double,
    rounds: Int
  ) {
    self.subject = subject
    self.reference = reference
    self.ratio = ratio
    self.interval = interval
    self.coverage = coverage
    self.rounds = rounds
  }
}

/// Time over worker counts.
public struct ScalingCurve: Hashable, Sendable, Codable {
  /// The kernel's name.
  public var kernel: String
  /// The variant's name.
  public var variant: String
  /// How tasks reach workers.
  public var executor: String
  /// Ordered by worker count.
  public var points: [ScalingPoint]

  /// A curve.
  package init(kernel: String, variant: String, executor: String, points: [ScalingPoint]) {
    self.kernel = kernel
    self.variant = variant
    self.executor = executor
    self.points = points
  }
}

/// One worker count of a curve.
public struct ScalingPoint: Hashable, Sendable, Codable {
  /// How many workers.
  public var workers: Int
  /// Median time of a round.
  public var seconds: Double
  /// Median over rounds of the first point's time over this one's; 1 at the first.
  public var speedup: Double
  /// Where the speedup lies; `null` at the first point and from one round.
  @ExplicitNull public var interval: [Double]?
  /// The speedup over how much more workers there are than at the first point.
  public var efficiency: Double
  /// How much shorter than the previous point, in percent of that.
  @ExplicitNull public var improvementPercent: Double?
  /// The serial part that explains the speedup; only where the curve begins at one worker.
  @ExplicitNull public var karpFlatt: Double?
  /// The CPU of each worker.
  public var cpus: [Int]

  /// A point.
  package init(
    workers: Int, seconds: Double, speedup: Double, interval: [Double]?, efficiency: Double,
    improvementPercent: Double?, karpFlatt: Double?, cpus: [Int]
  ) {
    self.workers = workers
    self.seconds = seconds
    self.speedup = speedup
    self.interval = interval
    self.efficiency = efficiency
    self.improvementPercent = improvementPercent
    self.karpFlatt = karpFlatt
    self.cpus = cpus
  }
}

/// One way to hand the long string to workers.
public struct HandoffRow: Hashable, Sendable, Codable {
  /// Language and way: `swift.value`; `sp` is one thread without workers.
  public var `case`: String
  /// How many workers; 0 for `sp`.
  public var workers: Int
  /// The time it took to make the string.
  public var startupSeconds: Double
  /// Start-up and tasks.
  public var totalSeconds: Double
  /// The time of all tasks.
  public var taskSeconds: Double

  /// A row.
  package init(
    case name: String, workers: Int, startupSeconds: Double, totalSeconds: Double,
    taskSeconds: Double
  ) {
    self.case = name
    self.workers = workers
    self.startupSeconds = startupSeconds
    self.totalSeconds = totalSeconds
    self.taskSeconds = taskSeconds
  }
}
