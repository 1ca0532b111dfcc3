/// Everything `perfgate machine --json` says; its keys are those of the record where both say the
/// same.
package struct MachineReport: Hashable, Sendable, Codable {
  /// The plan for one number of workers.
  package struct Plan: Hashable, Sendable, Codable {
    /// How many workers.
    package var workers: Int
    /// Their CPUs in worker order, as a list such as `0,2,4-7`.
    package var text: String
    /// The slots; empty when there is an error.
    package var slots: [WorkerSlot]
    /// Where each worker's memory goes.
    package var memory: [String]
    /// What was stepped down from.
    package var notes: [String]
    /// Why there is no plan.
    package var error: String?
  }

  /// The machine's name for baselines.
  package var key: MachineKey
  /// The CPU's trade name.
  package var cpu: String
  /// The root that was read.
  package var root: String
  /// Whether it is the machine that the program runs on.
  package var isThisMachine: Bool
  /// The CPUs that may be used.
  package var allowedCPUs: CPUSet
  /// How many physical cores they are on.
  package var cores: Int
  /// How many memory nodes the machine has.
  package var memoryNodes: Int
  /// The CPUs' worth of time that the control groups allow; nil for no limit.
  package var quota: Double?
  /// What keeps the process from the whole machine.
  package var limits: [String]
  /// `linked`, `not linked` or `blocked (EPERM)`.
  package var libnuma: String
  /// Switches of the kernel that change speed.
  package var settings: MachineSettings
  /// What could not be read, and what stands in for it.
  package var notes: [MachineNote]
  /// What the machine is made of.
  package var topology: Topology
  /// What the process may use, in full.
  package var allowed: AllowedResources
  /// The plan for each number of workers that fits.
  package var plans: [Plan]

  /// The report of a machine, with the plans of this request.
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

  /// The plan for each number of workers that fits, at least for one.
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
