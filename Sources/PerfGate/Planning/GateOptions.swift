import CPerfGateSystem

/// What a session may do, and how claims are to be judged in it.
package struct GateOptions: Sendable {
  /// The most workers that each have a core of their own and the quota's time.
  package var allowedWorkers: Int
  /// What limits them beside the number of cores; `nil`: nothing does.
  package var quota: String?
  /// Seconds of a group's rounds; 0: nothing is judged.
  package var budget: Double
  /// How long to wait, at most, until process and machine are quiet.
  package var quietSeconds: Double
  /// How long the shortest arm of a round is to last, in seconds; shorter where the budget would not
  /// allow enough rounds.
  package var armSeconds = 0.115
  /// Seconds between a suspicion and its confirmation, at the least.
  package var confirmationPause = 3.0
  /// The sanitizer or coverage that the program was built with; `nil`: none.
  package var instrumentation = pgp_instrumentation().map { String(cString: $0) }
  /// Rounds that every arm gets, for tables.
  package var leastRounds: Int
  /// What is stored of this machine; `nil`: no baselines were given.
  package var baselines: BaselineContext?
  /// What hands tasks to the workers of the variants that are judged; ceilings and reference kernels
  /// tell of the machine, and always run on the pool.
  package var executor = ExecutorName.pool

  /// Options of a gate.
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
