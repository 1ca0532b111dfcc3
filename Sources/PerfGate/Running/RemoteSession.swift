import PerfGateMachine
import PerfGateWorkers

/// A session whose arms run in processes of a program. This process only watches the machine, with
/// workers of its own on the same CPUs.
package final class RemoteSession: Session {
  /// Runs the arms.
  package let processes: RemoteRunner
  private let pool: WorkerPool
  let placement: PlacementPlan

  /// Starts the first process, so that a program that cannot start is an error right away.
  ///
  /// - Parameters:
  ///   - record: the record of a new run; its plan is completed here.
  ///   - machine: the machine that the workers run on, whose counters are watched.
  ///   - placement: where the workers run.
  ///   - input: where inputs that all workers read go.
  ///   - timeout: how long an arm of unknown length may take, in seconds.
  package init(
    record: Record, catalog: Catalog, machine: Machine, program: ArmProgram,
    placement: PlacementPlan, input: InputPlacement?, timeout: Double, cacheBytes: Int
  ) throws(MeasurementError) {
    self.placement = placement
    do { pool = try WorkerPool(slots: placement.slots) } catch { throw .worker(error) }
    processes = RemoteRunner(
      catalog: catalog, program: program,
      placement: WirePlacement(plan: placement, input: input), seed: record.seed,
      timeout: timeout,
      siblings: placement.slots.map { slot in
        slot.cpu.map { machine.topology.siblings(of: $0) } ?? CPUSet()
      }, throttleFiles: machine.allowed.throttleFiles,
      isPlaced: { PlacementVerification.check(placement, $0).isVerified })
    try processes.connect()
    super.init(
      record: record, runner: processes, clock: SystemClock(),
      probe: InterferenceProbe(machine: machine, pool: pool), slots: placement.slots,
      cacheBytes: cacheBytes)
    self.record.plan.threadStartupSeconds = pool.startupSeconds
    if let nice = processes.nice, nice < 0 {
      self.record.plan.notes.append("priority raised: nice \(nice)")
    }
    if OwnProgram.hasFixedAddresses {
      self.record.notes.append(
        Record.Note(
          code: "fixed-addresses",
          text: "all processes have the same addresses here (as under setarch -R): starts do not "
            + "draw them"))
    }
  }

  package override var threadIDs: [Int32] { pool.threadIDs }

  package override func endProcesses() { processes.end() }

  package override func verifyPlacement() throws(MeasurementError) {
    processes.end()
    if processes.hasPriority {
      record.plan.notes.append("workers had real-time priority once rounds were lost to others")
    }
    let all = processes.observations.map { PlacementVerification.check(placement, $0) }
    guard let verification = all.first(where: { !$0.isVerified }) ?? all.first else { return }
    record.plan.verification = Record.Verification(verification)
    guard verification.isVerified else { throw .misplaced(verification.text) }
  }
}
