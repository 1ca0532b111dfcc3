import PerfGateStatistics

/// What the first message of a new process takes, and what those after it take: a value that was kept
/// somewhere would make them much faster.
public struct FirstMessageRow: Hashable, Sendable, Codable {
  /// Language and method: `swift.serialized`.
  public var `case`: String
  /// How it reached the worker: `process`.
  public var executor: String
  /// The length of the string, in bytes.
  public var size: Int
  /// The time of the first message, in seconds: the median over the starts.
  public var firstSeconds: Double
  /// The time of a message after it, in seconds: the median over the starts of that of each start.
  public var restSeconds: Double
  /// The first over the rest: the median over the starts.
  public var ratio: Double
  /// The interval of the ratio: two numbers, the lower one first; `null` with too few starts.
  @ExplicitNull public var interval: [Double]?
  /// How many processes were started.
  public var starts: Int

  /// A row from the times of the messages of each start, the first one first.
  ///
  /// - Returns: `nil` without a start of at least two messages.
  package init?(
    case name: String, executor: String, size: Int, messages: [[Double]]
  ) {
    let pairs = messages.compactMap { times in
      times.first.flatMap { first in median(Array(times.dropFirst())).map { (first, $0) } }
    }
    let ratios = pairs.map { $0.0 / max($0.1, 1e-12) }
    guard let first = median(pairs.map(\.0)), let rest = median(pairs.map(\.1)),
      let ratio = median(ratios)
    else { return nil }
    self.case = name
    self.executor = executor
    self.size = size
    firstSeconds = first
    restSeconds = rest
    self.ratio = ratio
    starts = pairs.count
    if let found = orderStatisticInterval(ratios, confidence: Tables.confidence), found.isReached {
      interval = [found.interval.lower, found.interval.upper]
    }
  }
}

/// How long an executor takes until its workers are ready.
public struct ExecutorRow: Hashable, Sendable, Codable {
  /// The executor's name: `pool`.
  public var executor: String
  /// The number of workers.
  public var workers: Int
  /// From the start of the first worker until all were ready, in seconds: the median over some processes.
  public var startupSeconds: Double

  /// A row.
  package init(executor: String, workers: Int, startupSeconds: Double) {
    self.executor = executor
    self.workers = workers
    self.startupSeconds = startupSeconds
  }
}
