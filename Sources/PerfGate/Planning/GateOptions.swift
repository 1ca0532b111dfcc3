import CPerfGateSystem

/// What a session may use, and how it judges claims.
package struct GateOptions: Sendable {
  /// The most workers that can each have a physical core within the quota.
  package var allowedWorkers: Int
  /// The CPU quota in words; `nil` without one.
  package var quota: String?
  /// How long a group's rounds may take, in seconds; 0 judges nothing.
  package var budget: Double
  /// How long to wait at most until process and machine are quiet, in seconds.
  package var quietSeconds: Double
  /// The target time of the shortest arm of a round, in seconds; reduced where the budget would not
  /// allow enough rounds.
  package var armSeconds = 0.115
  /// The same for the machine's own speedup, whose arms vary less than code that reads memory.
  package var ceilingArmSeconds = 0.035
  /// How long all arms of a round may take together, in seconds; `nil` leaves that to the budget.
  package var roundArmSeconds: Double?
  /// How long a round takes in addition to its arms, in seconds: the spin probe before and after.
  package var roundSeconds = 0.05
  /// The same where each round is a process, which has to start and to warm up.
  static let startedRoundSeconds = 0.15
  /// The minimum time between a suspicion and its confirmation, in seconds.
  package var confirmationPause = 3.0
  /// The sanitizer or coverage that the program was built with; `nil` without one.
  package var instrumentation = pgp_instrumentation().map { String(cString: $0) }
  /// The minimum number of rounds of every arm, for tables.
  package var leastRounds: Int
  /// How many kept rounds of claims are wanted, whatever they show, and none to confirm: several such runs
  /// decide together. `nil`: as many as a verdict needs.
  package var fixedRounds: Int?
  /// The stored baselines of this machine; `nil` without a folder of baselines.
  package var baselines: BaselineContext?
  /// The executor for the judged variants. Ceilings and reference kernels measure the machine, so
  /// they run on the pool, but ceilings of ranks on those.
  package var executor = ExecutorName.pool
  /// How many ranks are the workers; `nil`: workers are threads or processes of this machine.
  package var ranks: Int?
  /// Whether this program can be started again as a worker, for executors that need that.
  package var hasWorkerProgram = false

  package init(
    allowedWorkers: Int, quota: String?, budget: Double = 20, quietSeconds: Double = 5,
    leastRounds: Int = 0
  ) {
    self.allowedWorkers = allowedWorkers
    self.quota = quota
    self.budget = budget
    self.quietSeconds = quietSeconds
    self.leastRounds = leastRounds
  }
}
