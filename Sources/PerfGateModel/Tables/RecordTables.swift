import PerfGateStatistics

/// A comparison of a subject with its reference, over the rounds with both.
public struct Comparison: Hashable, Sendable, Codable {
  /// The id of the subject's series.
  public var subject: SeriesKey
  /// The id of the reference's series.
  public var reference: SeriesKey
  /// The median of the ratios of time per task. Above 1 the subject is slower.
  public var ratio: Double
  /// The interval of the median: two numbers, the lower one first.
  public var interval: [Double]
  /// The probability that an interval made this way contains the median, 0 to 1.
  public var coverage: Double
  /// The number of rounds with both.
  public var rounds: Int
  /// How many layouts of each program the linker drew; `null` if none were drawn.
  @ExplicitNull public var layouts: Int?
  /// The standard deviation of the logarithm of the ratio over layouts; `null` if none were drawn.
  @ExplicitNull public var layoutSpread: Double?
  /// Whether the reference is a limit: one over the ratio is the share of it that the subject reaches.
  /// `nil`: it is none.
  public var isOfLimit: Bool?

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

/// The time of a variant over worker counts.
public struct ScalingCurve: Hashable, Sendable, Codable {
  /// The kernel's name.
  public var kernel: String
  /// The variant's name.
  public var variant: String
  /// How tasks reach workers.
  public var executor: String
  /// The points, ordered by worker count.
  public var points: [ScalingPoint]
  /// Whether each worker brought its own tasks (weak scaling): speedups are of the work done in a time.
  public var isWeak: Bool
  /// The fit of the Universal Scalability Law; `null` where its coefficients cannot be told apart.
  @ExplicitNull public var usl: ScalabilityEstimate?

  /// A curve.
  package init(
    kernel: String, variant: String, executor: String, points: [ScalingPoint],
    usl: ScalabilityEstimate? = nil, isWeak: Bool = false
  ) {
    self.usl = usl
    self.isWeak = isWeak
    self.kernel = kernel
    self.variant = variant
    self.executor = executor
    self.points = points
  }
}

extension ScalingCurve {
  private enum CodingKeys: String, CodingKey {
    case kernel, variant, executor, points, usl
    case isWeak = "weak"
  }

  /// Reads a curve; those of earlier versions are of strong scaling.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    kernel = try values.decode(String.self, forKey: .kernel)
    variant = try values.decode(String.self, forKey: .variant)
    executor = try values.decode(String.self, forKey: .executor)
    points = try values.decode([ScalingPoint].self, forKey: .points)
    usl = try values.decodeIfPresent(ScalabilityEstimate.self, forKey: .usl)
    isWeak = try values.decodeIfPresent(Bool.self, forKey: .isWeak) ?? false
  }
}

/// The Universal Scalability Law of a curve: S = w / (1 + σ(w − 1) + κ w(w − 1)).
public struct ScalabilityEstimate: Hashable, Sendable, Codable {
  /// σ, contention: the share of the work that only one worker can do at a time; from 0.
  public var sigma: Double
  /// Its 95 % interval, the lower end first.
  public var sigmaInterval: [Double]
  /// κ, coherency: what each pair of workers costs; from 0.
  public var kappa: Double
  /// Its 95 % interval, the lower end first.
  public var kappaInterval: [Double]
  /// The number of workers with the greatest speedup; `null` unless the interval of κ excludes 0, and
  /// beyond twice the largest number of workers of the curve.
  @ExplicitNull public var peakWorkers: Double?

  /// The result of a fit.
  ///
  /// - Parameter most: the largest number of workers of the curve.
  package init(_ fit: ScalabilityFit, most: Int) {
    sigma = fit.law.contention
    sigmaInterval = [fit.contention.lowerBound, fit.contention.upperBound]
    kappa = fit.law.coherency
    kappaInterval = [fit.coherency.lowerBound, fit.coherency.upperBound]
    peakWorkers = fit.peak.flatMap { $0 <= 2 * Double(most) ? $0 : nil }
  }
}

/// One worker count of a curve.
public struct ScalingPoint: Hashable, Sendable, Codable {
  /// The number of workers.
  public var workers: Int
  /// The median time of a round, in seconds.
  public var seconds: Double
  /// The median over rounds of the first point's time over this one's; 1 at the first; `null` if the
  /// two share no round.
  @ExplicitNull public var speedup: Double?
  /// The interval of the speedup; `null` at the first point, and for fewer than two rounds.
  @ExplicitNull public var interval: [Double]?
  /// The speedup over the factor by which the number of workers grew since the first point; `null`
  /// without a speedup.
  @ExplicitNull public var efficiency: Double?
  /// How much shorter the time is than at the previous point, in percent of that.
  @ExplicitNull public var improvementPercent: Double?
  /// The serial part that explains the speedup (Karp–Flatt); only if the curve begins at one
  /// worker.
  @ExplicitNull public var karpFlatt: Double?
  /// The CPU of each worker.
  public var cpus: [Int]

  /// A point.
  package init(
    workers: Int, seconds: Double, speedup: Double?, interval: [Double]?, efficiency: Double?,
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
  /// Language and method: `swift.value`; `sp` is one thread without workers.
  public var `case`: String
  /// The number of workers; 0 for `sp`.
  public var workers: Int
  /// How long it took to make the string, in seconds.
  public var startupSeconds: Double
  /// Start-up and tasks together, in seconds.
  public var totalSeconds: Double
  /// The time of all tasks, in seconds.
  public var taskSeconds: Double
  /// How the string reached the workers: `channel`; `null` in records of earlier versions.
  @ExplicitNull public var executor: String?
  /// The most memory that the program and its processes used in the tasks, in bytes; `null` if
  /// unknown.
  @ExplicitNull public var peakBytes: Int?

  /// A row.
  package init(
    case name: String, workers: Int, startupSeconds: Double, totalSeconds: Double,
    taskSeconds: Double, executor: String? = nil, peakBytes: Int? = nil
  ) {
    self.case = name
    self.workers = workers
    self.startupSeconds = startupSeconds
    self.totalSeconds = totalSeconds
    self.taskSeconds = taskSeconds
    self.executor = executor
    self.peakBytes = peakBytes
  }
}
