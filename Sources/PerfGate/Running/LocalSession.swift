import PerfGateMachine
import PerfGateWorkers

/// A session on the workers of this process.
package final class LocalSession: Session {
  /// Creates a probe of a session's workers.
  package typealias MakeProbe = @Sendable (any Executor) -> any RoundProbe & ArmWatch

  /// Runs the arms on the workers.
  package let workers: LocalRunner
  private let placement: PlacementPlan?
  /// Where the ranks are; `nil`: none are workers.
  private let ranks: [WorkerSlot]?

  /// Starts the workers.
  ///
  /// - Parameters:
  ///   - record: the record of a new run; its plan is completed here.
  ///   - machine: the machine that the workers run on, whose counters are watched.
  ///   - slots: the CPUs of the workers.
  ///   - executor: the name of the executor of tables and claims. It is started here, so that an
  ///     executor that cannot start is an error right away.
  ///   - cacheBytes: the size of the last-level cache.
  ///   - placement: the plan of the slots, which ``verifyPlacement()`` compares with.
  ///   - input: where inputs that all workers read go.
  ///   - workerProgram: the program whose processes are workers, for executors that need some.
  ///   - probe: creates what watches the rounds; `nil` for the machine's own counters.
  package init(
    record: Record, catalog: Catalog, machine: Machine, slots: [WorkerSlot],
    executors: [String] = [ExecutorName.pool], cacheBytes: Int, placement: PlacementPlan? = nil,
    input: InputPlacement? = nil, workerProgram: WorkerProgram? = nil, probe: MakeProbe? = nil
  ) throws(MeasurementError) {
    self.placement = placement
    do {
      workers = try LocalRunner(
        catalog: catalog, slots: slots, seed: record.seed, memory: placement?.memory ?? [],
        input: input, workerProgram: workerProgram)
    } catch { throw .worker(error) }
    var startup = 0.0
    var notes = Executors.notes(executors)
    var ranks: [WorkerSlot]?
    for (index, name) in executors.enumerated() {
      let executor = try workers.executor(named: name)
      if index == 0 { startup = executor.startupSeconds }
      if Executors.named(name)?.placement == .ranks { ranks = executor.slots }
      notes += executor.notes
    }
    self.ranks = ranks
    let probe = probe?(workers.pool) ?? InterferenceProbe(machine: machine, pool: workers.pool)
    super.init(
      record: record, runner: workers, clock: SystemClock(), probe: probe, armWatch: probe,
      slots: ranks ?? slots, cacheBytes: cacheBytes)
    if let ranks { self.record.plan.cpus = ranks.compactMap(\.cpu) }
    self.record.plan.notes += notes
    self.record.plan.threadStartupSeconds = startup
  }

  package override var threadIDs: [Int32] { workers.threadIDs }

  package override func verifyPlacement() throws(MeasurementError) {
    guard let placement else { return }
    let all = try workers.namedObservations().map { name, seen in
      PlacementVerification.check(plan(of: name) ?? placement, seen)
    }
    // The first failed one, or else that of the pool, which every session has, or of the ranks.
    let usual = ranks == nil ? all.first : all.last
    guard let verification = all.first(where: { !$0.isVerified }) ?? usual else { return }
    record.plan.verification = Record.Verification(verification)
    record.plan.input = workers.inputPlacementText
    guard verification.isVerified else { throw .misplaced(verification.text) }
  }

  /// Where the workers of an executor of ranks should be; `nil`: it has none.
  private func plan(of executor: String) -> PlacementPlan? {
    guard var plan = placement, let ranks, Executors.named(executor)?.placement == .ranks else {
      return nil
    }
    let cpus = ranks.compactMap(\.cpu)
    plan.slots = ranks
    plan.memory = []
    // The same number may be of another host. A note tells if ranks of one host share a CPU.
    plan.sharesCPUs = Set(cpus).count < cpus.count
    return plan
  }
}
