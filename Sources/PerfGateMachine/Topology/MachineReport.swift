/// Everything that `perfgate machine --json` prints; keys that it shares with the record are
/// spelled the same.
package struct MachineReport: Hashable, Sendable, Codable {
  /// The plan for one number of workers.
  package struct Plan: Hashable, Sendable, Codable {
    /// The number of workers.
    package var workers: Int
    /// Their CPUs in worker order, as a list such as `0,2,4-7`.
    package var text: String
    /// One slot per worker; empty when there is an error.
    package var slots: [WorkerSlot]
    /// Where each worker's memory goes.
    package var memory: [String]
    /// Where the plan gives less than the request asked for.
    package var notes: [String]
    /// Why there is no plan; nil when there is one.
    package var error: String?
  }

  /// The machine's stable name, under which baselines are stored.
  package var key: MachineKey
  /// The CPU's trade name.
  package var cpu: String
  /// The root that was read: `/`, or the folder of another machine's tree.
  package var root: String
  /// Whether this is the machine that the program runs on.
  package var isThisMachine: Bool
  /// The CPUs that may be used.
  package var allowedCPUs: CPUSet
  /// How many physical cores these CPUs belong to.
  package var cores: Int
  /// How many memory nodes the machine has.
  package var memoryNodes: Int
  /// How many CPUs' worth of time the control groups allow; nil for no limit.
  package var quota: Double?
  /// What keeps the process from using every online CPU all the time, one line each.
  package var limits: [String]
  /// `linked`, `not linked` or `blocked (EPERM)`.
  package var libnuma: String
  /// Kernel settings that change speed.
  package var settings: MachineSettings
  /// What could not be read, and what is assumed instead.
  package var notes: [MachineNote]
  /// The machine's packages, caches, cores and memory nodes.
  package var topology: Topology
  /// The part that this process may use, in full.
  package var allowed: AllowedResources
  /// The plan for each possible number of workers, from 1.
  package var plans: [Plan]

  /// Creates the report of a machine, with the plans for this request.
  package init(_ machine: Machine, request: PlacementRequest = PlacementRequest()) {
    key = machine.key
    cpu = machine.cpuModel
    root = machine.root
    isThisMachine = machine.isThisMachine
    allowedCPUs = machine.allowed.cpus
    cores = machine.allowed.cores
    memoryNodes = machine.topology.nodes.count
    quota = machine.allowed.quota?.cpus
    limits = machine.allowed.limits
    libnuma = "\(machine.numa)"
    settings = machine.settings
    notes = machine.notes
    topology = machine.topology
    allowed = machine.allowed
    plans = Self.plans(machine, request: request)
  }

  /// The plan for each possible number of workers, at least for one.
  package static func plans(_ machine: Machine, request: PlacementRequest) -> [Plan] {
    let planner = PlacementPlanner(
      request, topology: machine.topology, allowed: machine.allowed)
    return (1...Swift.max(1, planner.greatestWorkerCount)).map { workers in
      do throws(PlacementError) {
        let plan = try planner.plan(workers: workers)
        return Plan(
          workers: workers, text: plan.text, slots: plan.slots,
          memory: plan.memory.map(\.description), notes: plan.notes, error: nil)
      } catch {
        return Plan(
          workers: workers, text: "", slots: [], memory: [], notes: [], error: error.description)
      }
    }
  }
}

extension AllowedResources {
  /// What keeps the process from using every online CPU all the time, one line each.
  package var limits: [String] {
    var lines: [String] = []
    if let cpuset { lines.append("cpuset: cpus \(cpuset)") }
    lines.append("affinity: cpus \(affinity)")
    if let quota {
      lines.append(
        "quota: \(quota) → \(quota.workers) worker\(quota.workers == 1 ? "" : "s") (\(quota.source))"
      )
    } else {
      lines.append("quota: none")
    }
    return lines
  }
}
