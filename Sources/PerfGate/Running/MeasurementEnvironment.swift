import PerfGateMachine

/// The machine that is measured on, how workers are to be placed on it, and the sessions that follow.
///
/// What the commands and the tests have in common between a claim and its measurement.
package struct MeasurementEnvironment: Sendable {
  /// The machine, and what this process may use of it.
  package var machine: Machine
  /// The request.
  package var placement: PlacementRequest

  /// Reads the machine.
  ///
  /// - Parameter root: where its `/sys` and `/proc` lie.
  package init(
    placement: PlacementRequest = PlacementRequest(), root: String = "/"
  ) throws(MachineError) {
    machine = try Machine.current(root: root)
    self.placement = placement
  }

  /// Where `workers` workers go.
  package func plan(workers: Int) throws(PlacementError) -> PlacementPlan {
    try Placement.plan(
      placement.possible(canPin: ThreadPinning.isAvailable), workers: workers,
      topology: machine.topology, allowed: machine.allowed)
  }

  /// How claims are judged here.
  ///
  /// - Parameters:
  ///   - budget: seconds of a group's rounds.
  ///   - leastRounds: rounds that every arm gets, for tables.
  package func gateOptions(budget: Double, leastRounds: Int = 0) -> GateOptions {
    GateOptions(
      allowedWorkers: machine.allowed.workers, quota: machine.allowed.quota.map { "\($0)" },
      budget: budget, leastRounds: leastRounds)
  }

  /// The record of a run that begins now.
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

  /// Starts the workers of a plan and looks whether they are where it puts them.
  package func session(
    _ record: Record, catalog: Catalog, plan: PlacementPlan,
    executor: String = ExecutorName.pool, probe: LocalSession.MakeProbe? = nil
  ) throws(MeasurementError) -> LocalSession {
    let session = try LocalSession(
      record: record, catalog: catalog, machine: machine, slots: plan.slots,
      executor: executor, cacheBytes: cacheBytes, placement: plan,
      input: InputPlacement(
        plan: plan, topology: machine.topology, allowedNodes: machine.allowed.memoryNodes),
      probe: probe)
    try session.verifyPlacement()
    return session
  }

  /// The size of the last-level cache, or what is common.
  private var cacheBytes: Int { machine.topology.caches.compactMap(\.bytes).min() ?? 32 << 20 }

  /// What decides the machine's speed.
  package var summary: Record.MachineSummary {
    Record.MachineSummary(
      key: machine.key.description, cpu: machine.cpuModel,
      allowedCPUs: machine.allowed.cpus.description, cores: machine.allowed.cores,
      memoryNodes: machine.topology.memoryNodes.count, quota: machine.allowed.quota?.cpus,
      libnuma: "\(machine.numa)")
  }
}
