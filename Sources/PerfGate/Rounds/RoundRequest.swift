import PerfGateStatistics

/// What a sequence of rounds runs, and when it stops.
package struct RoundRequest: Sendable {
  /// The identity of the group of arms.
  package var group: GroupKey
  /// Whether this is the first stage or the confirmation.
  package var stage: Stage
  /// The arms; each runs once in every round while a comparison needs it.
  package var arms: [Arm]
  /// The comparisons that decide when to stop.
  package var comparisons: [PairedComparison]
  /// The number of rounds that run first and are not kept.
  package var warmups: Int
  /// The minimum number of rounds of every arm, for tables.
  package var leastRounds: Int
  /// N of the sequential tests; `nil` to derive it from the budget and the warm-up, before any
  /// ratio is known.
  package var maximumRounds: Int?
  /// Whether each round is a new process; `nil` to derive it from the budget and the warm-up, before
  /// any ratio is known.
  package var mode: RoundMode?
  /// How long the rounds may take, in seconds; `nil` without a limit.
  package var budget: Double?
  /// The seed of the arms' random order.
  package var seed: UInt64

  package init(
    group: GroupKey, stage: Stage, arms: [Arm], comparisons: [PairedComparison],
    warmups: Int = RoundLoop.warmups, leastRounds: Int = 0, maximumRounds: Int? = nil,
    mode: RoundMode? = nil, budget: Double?, seed: UInt64
  ) {
    self.group = group
    self.stage = stage
    self.arms = arms
    self.comparisons = comparisons
    self.warmups = warmups
    self.leastRounds = leastRounds
    self.maximumRounds = maximumRounds
    self.mode = mode
    self.budget = budget
    self.seed = seed
  }
}

/// Where rounds run.
package enum RoundMode: Hashable, Sendable {
  /// Each round in a process of its own, with this many pairs, of which the median counts, of arms
  /// that are cut into parts, of which one runs.
  case fresh(pairs: Int, parts: Int = 1)
  /// All rounds in one process.
  case shared

  /// The number of pairs of a round.
  package var pairs: Int { if case .fresh(let pairs, _) = self { pairs } else { 1 } }
  /// The number of parts of an arm, of which one runs.
  package var parts: Int { if case .fresh(_, let parts) = self { parts } else { 1 } }
  /// Whether each round is a process of its own.
  package var isOfStarts: Bool { self != .shared }
}

/// The result of a sequence of rounds.
package struct RoundResult: Sendable {
  /// One series for each arm, in the order of the arms.
  package var series: [Series]
  /// The number of rounds, and what was dropped.
  package var stage: StageRecord
  /// N of the sequential tests; `nil` if the budget is too small for any, or there are none.
  package var maximumRounds: Int?
  /// Whether each round was a new process.
  package var mode = RoundMode.shared
  /// The time of one round in seconds, from the shortest warm-up.
  package var roundSeconds = 0.0
  /// How much of that time workers waited for a CPU that others used, in seconds.
  package var delaySeconds = 0.0
  /// The test of each comparison with a sequential rule; `nil` for other comparisons.
  package var tests: [SequentialTest?] = []
}
