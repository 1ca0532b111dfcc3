/// Everything `perfgate machine --json` says; its keys are those of the record where both say the
/// same.
public struct MachineReport: Hashable, Sendable, Codable {
  /// The plan for one number of workers.
  public struct Plan: Hashable, Sendable, Codable {
    /// How many workers.
    public var workers: Int
    /// Their CPUs in worker order, as a list such as `0,2,4-7`.
    public var text: String
    /// The slots; empty when there is an error.
    public var slots: [WorkerSlot]
    /// Where each worker's memory goes.
    public var memory: [String]
    /// What was stepped down from.
    public var notes: [String]
    /// Why there is no plan.
    public var error: String?
  }

  /// The machine's name for baselines.
  public var key: MachineKey
  /// The CPU's trade name.
  public var cpu: String
  /// The root that was read.
  public var root: String
  /// Whether it is the machine that the program runs on.
  public var isThisMachine: Bool
  /// The CPUs that may be used.
  public var allowedCPUs: CPUSet
  /// How many physical cores they are on.
  public var cores: Int
  /// How many memory nodes the machine has.
  public var memoryNodes: Int
  /// The CPUs' worth of time that the control groups allow; nil for no limit.
  public var quota: Double?
  /// What keeps the process from the whole machine.
  public var limits: [String]
  /// `linked`, `not linked` or `blocked (EPERM)`.
  public var libnuma: String
  /// Switches of the kernel that change speed.
  public var settings: MachineSettings
  /// What could not be read, and what stands in for it.
  public var notes: [MachineNote]
  /// What the machine is made of.
  public var topology: Topology
  /// What the process may use, in full.
  public var allowed: AllowedResources
  /// The plan for each number of workers that fits.
  public var plans: [Plan]

  /// The report of a machine, with the plans of this request.
  public init(_ machine: Machine, request: PlacementRequest = PlacementRequest()) {
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
  public static func plans(_ machine: Machine, request: PlacementRequest) -> [Plan] {
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
  public var limits: [String] {
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
