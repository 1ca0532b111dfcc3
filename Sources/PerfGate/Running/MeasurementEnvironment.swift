import PerfGateMachine
import PerfGateWorkers

/// The machine to measure on, the placement of workers on it, and the sessions on it.
///
/// The commands and the tests both use this to get from a claim to its measurement.
package struct MeasurementEnvironment: Sendable {
  /// The machine, and the part of it that this process may use.
  package var machine: Machine
  /// Where workers and their memory should be.
  package var placement: PlacementRequest

  /// Reads the machine.
  ///
  /// - Parameter root: the folder that contains its `/sys` and `/proc`.
  package init(
    placement: PlacementRequest = PlacementRequest(), root: String = "/"
  ) throws(MachineError) {
    machine = try Machine.current(root: root)
    self.placement = placement
  }

  /// The CPUs and memory of this many workers.
  package func plan(workers: Int) throws(PlacementError) -> PlacementPlan {
    try Placement.plan(
      placement.possible(canPin: ThreadPinning.isAvailable), workers: workers,
      topology: machine.topology, allowed: machine.allowed)
  }

  /// How claims are judged here.
  ///
  /// - Parameters:
  ///   - budget: how long a group's rounds may take, in seconds.
  ///   - leastRounds: the minimum number of rounds of every arm, for tables.
  package func gateOptions(budget: Double, leastRounds: Int = 0) -> GateOptions {
    GateOptions(
      allowedWorkers: machine.allowed.workers, quota: machine.allowed.quota.map { "\($0)" },
      budget: budget, leastRounds: leastRounds)
  }

  /// Creates the record of a run that begins now.
  package func record(command: String, seed: UInt64, plan: PlacementPlan) -> Record {
    var record = Record(
      command: command, seed: seed, started: Timestamp.iso(), tool: .current, machine: summary,
      plan: Record.Plan(
        places: plan.places.rawValue, bind: plan.bind.description,
        mem: plan.memoryPolicy.description, oversubscribe: plan.oversubscribe,
        cpus: plan.slots.compactMap(\.cpu)))
    record.notes = machine.notes.map { Record.Note(code: $0.code.rawValue, text: $0.text) }
    record.plan.notes = plan.notes
    record.plan.memory = plan.memory.map(\.description)
    return record
  }

  /// Starts the workers of a plan in this process and verifies that they are where it puts them.
  package func session(
    _ record: Record, catalog: Catalog, plan: PlacementPlan,
    executors: [String] = [ExecutorName.pool], workerProgram: WorkerProgram? = nil,
    probe: LocalSession.MakeProbe? = nil
  ) throws(MeasurementError) -> Session {
    let session = try LocalSession(
      record: record, catalog: catalog, machine: machine, slots: plan.slots,
      executors: executors, cacheBytes: cacheBytes, placement: plan, input: inputPlacement(plan),
      workerProgram: workerProgram, probe: probe)
    try session.verifyPlacement()
    return session
  }

  /// Starts a program that runs the arms in processes of its own. Where it cannot be started, one
  /// process, this one, runs them all, and the record says why.
  ///
  /// - Parameters:
  ///   - program: the program, or why there is none.
  ///   - timeout: how long an arm of unknown length may take, in seconds.
  ///   - workerProgram: the program whose processes are workers, if this process runs the arms.
  package func session(
    _ record: Record, catalog: Catalog, plan: PlacementPlan,
    executors: [String] = [ExecutorName.pool], program: Result<ArmProgram, StartRefusal>,
    timeout: Double, workerProgram: WorkerProgram? = nil
  ) throws(MeasurementError) -> Session {
    let refusal: StartRefusal
    switch program {
    case .failure(let why): refusal = why
    case .success(let program):
      do throws(MeasurementError) {
        let session = try RemoteSession(
          record: record, catalog: catalog, machine: machine, program: program, placement: plan,
          input: inputPlacement(plan), timeout: timeout, cacheBytes: cacheBytes)
        session.record.plan.notes += Executors.notes(executors)
        return session
      } catch {
        switch error {
        case .cannotStart(let why): refusal = .unavailable(why)
        // Its own code may do something else before it serves, such as printing.
        case .program(let failure) where failure.request.isGreeting && !program.mustGreet:
          refusal = .unavailable(failure.description)
        default: throw error
        }
      }
    }
    let session = try session(
      record, catalog: catalog, plan: plan, executors: executors,
      workerProgram: workerProgram)
    session.record.notes.append(
      refusal == .launched
        ? Record.Note(code: JoinedStarts.oneStart, text: "all rounds are of one start: \(refusal)")
        : Record.Note(code: "one-process", text: "all rounds are of one process: \(refusal)"))
    return session
  }

  /// Starts the programs of two revisions.
  ///
  /// - Parameters:
  ///   - catalog: the kernels, all built with optimization.
  ///   - oldProgram: the old revision's name in series: its commit.
  ///   - timeout: how long an arm of unknown length may take, in seconds.
  package func session(
    _ record: Record, catalog: Catalog, plan: PlacementPlan, executors: [String],
    sides: RevisionPair<RevisionSession.Side>, oldProgram: String, layouts: any LayoutSource,
    timeout: Double
  ) throws(MeasurementError) -> RevisionSession {
    let own = try RemoteSession(
      record: record, catalog: catalog, machine: machine, program: sides.new.program,
      placement: plan, input: inputPlacement(plan), timeout: timeout, cacheBytes: cacheBytes)
    own.record.plan.notes += Executors.notes(executors)
    let session = RevisionSession(
      own, sides: sides, oldProgram: oldProgram, catalog: catalog, layouts: layouts,
      machine: machine, plan: plan, timeout: timeout)
    do throws(MeasurementError) { try session.connect() } catch {
      session.endProcesses()
      throw error
    }
    return session
  }

  private func inputPlacement(_ plan: PlacementPlan) -> InputPlacement? {
    InputPlacement(
      plan: plan, topology: machine.topology, allowedNodes: machine.allowed.memoryNodes)
  }

  /// The size of the smallest last-level cache in bytes; 32 MiB if unknown.
  private var cacheBytes: Int { machine.topology.caches.compactMap(\.bytes).min() ?? 32 << 20 }

  /// The facts that determine the machine's speed.
  package var summary: Record.MachineSummary {
    var summary = Record.MachineSummary(
      key: machine.key.description, cpu: machine.cpuModel,
      allowedCPUs: machine.allowed.cpus.description, cores: machine.allowed.cores,
      memoryNodes: machine.topology.memoryNodes.count, quota: machine.allowed.quota?.cpus,
      libnuma: "\(machine.numa)")
    summary.layout = layout
    return summary
  }

  /// The allowed CPUs, by memory node and core.
  private var layout: [Record.MachineSummary.NodeCPUs] {
    let allowed = machine.topology.cpus.filter { machine.allowed.cpus.contains($0.number) }
    let byNode = Dictionary(grouping: allowed, by: \.node)
    return byNode.sorted { ($0.key ?? -1) < ($1.key ?? -1) }.map { node, cpus in
      let cores = Dictionary(grouping: cpus, by: \.core).sorted { $0.key < $1.key }
      return Record.MachineSummary.NodeCPUs(
        node: node, cores: cores.map { $0.value.map(\.number).sorted() })
    }
  }
}
