import PerfGateMachine
import PerfGateWorkers

/// A session on the workers of this process.
package final class LocalSession: Session {
  /// Makes a probe of the workers of a session.
  package typealias MakeProbe = @Sendable (any Executor) -> any RoundProbe & ArmWatch

  /// The workers.
  package let workers: LocalRunner
  private let placement: PlacementPlan?

  /// Starts the workers.
  ///
  /// - Parameters:
  ///   - record: of a run that begins; its plan is completed here.
  ///   - machine: what the workers run on; interference is looked for there.
  ///   - slots: where the workers run.
  ///   - executor: the name of what hands tasks to workers in tables and claims; started here, so
  ///     that it is known whether it can be.
  ///   - cacheBytes: the size of the last-level cache.
  ///   - placement: the plan that the slots are from; what ``verifyPlacement()`` compares with.
  ///   - input: where inputs that all workers read go.
  ///   - probe: makes what watches the rounds; `nil`: the machine's own counters.
  package init(
    record: Record, catalog: Catalog, machine: Machine, slots: [WorkerSlot],
    executor: String = ExecutorName.pool, cacheBytes: Int, placement: PlacementPlan? = nil,
    input: InputPlacement? = nil, probe: MakeProbe? = nil
  ) throws(MeasurementError) {
    self.placement = placement
    do {
      workers = try LocalRunner(
        catalog: catalog, slots: slots, seed: record.seed, memory: placement?.memory ?? [],
        input: input)
    } catch { throw .worker(error) }
    let started = try workers.executor(named: executor)
    let probe = probe?(workers.pool) ?? InterferenceProbe(machine: machine, pool: workers.pool)
    super.init(
      record: record, runner: workers, clock: SystemClock(), probe: probe, armWatch: probe,
      slots: slots, cacheBytes: cacheBytes)
    if executor != ExecutorName.pool { self.record.plan.notes.append("executor \(executor)") }
    self.record.plan.threadStartupSeconds = started.startupSeconds
  }

  /// Compares what the workers have seen since the session began with the plan.
  ///
  /// The outcome is in the record's plan afterwards.
  ///
  /// - Throws: ``MeasurementError/misplaced(_:)`` when a worker or its memory is elsewhere.
  package func verifyPlacement() throws(MeasurementError) {
    guard let placement else { return }
    let all = try workers.observations().map { PlacementVerification.check(placement, $0) }
    // The first that is wrong, or else that of the pool, which runs in every session.
    guard let verification = all.first(where: { !$0.isVerified }) ?? all.first else { return }
    record.plan.verification = Record.Verification(verification)
    record.plan.input = workers.inputPlacementText
    guard verification.isVerified else { throw .misplaced(verification.text) }
  }
}
