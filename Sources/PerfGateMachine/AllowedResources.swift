/// How much CPU time a control group may use.
public struct CPUQuota: Hashable, Sendable, Codable, CustomStringConvertible {
  /// CPUs' worth of time, above 0; often a fraction.
  public var cpus: Double
  /// The file that says so.
  public var source: String

  /// A quota of so many CPUs, from this file.
  public init(cpus: Double, source: String) {
    self.cpus = cpus
    self.source = source
  }

  /// The workers that can run all the time: rounded down, at least 1.
  public var workers: Int { Swift.max(1, Int(cpus.rounded(.down))) }

  /// `1.5 CPUs`, with two decimals at most.
  public var description: String {
    let hundredths = Int((cpus * 100).rounded())
    let whole = hundredths / 100
    let rest = hundredths % 100
    guard rest > 0 else { return whole == 1 ? "1 CPU" : "\(whole) CPUs" }
    let digits = rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)"
    return "\(whole).\(digits) CPUs"
  }
}

/// What of the machine this process may use.
public struct AllowedResources: Hashable, Sendable, Codable {
  /// The online CPUs in both the main thread's mask and the cpuset.
  public var cpus: CPUSet
  /// The main thread's mask.
  public var affinity: CPUSet
  /// The CPUs of the cpuset; nil where there is none.
  public var cpuset: CPUSet?
  /// Isolated CPUs that the mask leaves out and the cpuset allows: used only when named.
  public var isolated: CPUSet
  /// The nodes with memory that may be allocated on.
  public var memoryNodes: CPUSet
  /// The least quota over all control groups; nil where there is none.
  public var quota: CPUQuota?
  /// How many physical cores have at least one allowed CPU.
  public var cores: Int
  /// The files that count how often a quota stopped this process.
  public var throttleFiles: [String]

  /// Resources put together by hand, for tests and for plans of machines that are not there.
  public init(
    topology: Topology, cpus: CPUSet, quota: CPUQuota? = nil, memoryNodes: CPUSet? = nil,
    cpuset: CPUSet? = nil, isolated: CPUSet = [], throttleFiles: [String] = []
  ) {
    affinity = cpus
    self.cpus = cpus.intersection(topology.online).intersection(cpuset ?? topology.online)
    self.cpuset = cpuset
    self.isolated = isolated
    self.memoryNodes = (memoryNodes ?? topology.memoryNodes).intersection(topology.memoryNodes)
    self.quota = quota
    self.throttleFiles = throttleFiles
    let allowed = self.cpus
    cores = topology.cores.count { !$0.cpus.isDisjoint(with: allowed) }
  }

  /// What this process may use of the machine below the root. For another machine's tree the mask is
  /// the one recorded in `proc/self/status` there, or else every online CPU that is not isolated.
  public static func current(root: String = "/", topology: Topology? = nil) throws(MachineError)
    -> AllowedResources
  {
    let tree = SystemTree(root: root)
    let machine: Topology
    if let topology { machine = topology } else { machine = try .read(root: root) }
    let groups = try CgroupTree(tree: tree)
    let status = try ProcessStatus(tree: tree)
    let cpuset = try groups.cpus()
    var affinity = status.cpus ?? machine.online.subtracting(machine.isolated)
    #if os(Linux)
      if tree.isThisMachine { affinity = try ThreadPinning.mainThreadMask() }
    #endif
    var nodes = status.memoryNodes ?? machine.memoryNodes
    if tree.isThisMachine, let asked = NumaState.allowedMemoryNodes() { nodes = asked }
    if let mems = try groups.memoryNodes() { nodes.formIntersection(mems) }
    let allowed = AllowedResources(
      topology: machine, cpus: affinity, quota: try groups.quota(), memoryNodes: nodes,
      cpuset: cpuset,
      isolated: machine.isolated.intersection(machine.online).intersection(
        cpuset ?? machine.online
      ).subtracting(affinity),
      throttleFiles: try groups.throttleFiles())
    guard !allowed.cpus.isEmpty else {
      throw .damaged(
        path: tree.full("/sys/devices/system/cpu/online"), found: "cpus \(machine.online)",
        expected: "one of the allowed cpus \(affinity)")
    }
    return allowed
  }
}

extension AllowedResources {
  /// The greatest number of workers with a physical core each and within the quota.
  public var workers: Int { Swift.min(cores, quota?.workers ?? cores) }

  /// `2 allowed, quota none`, `2 allowed, quota 1.5 CPUs → 1 worker`.
  public var limitText: String {
    guard let quota else { return "\(cores) allowed, quota none" }
    let workers = quota.workers == 1 ? "1 worker" : "\(quota.workers) workers"
    return "\(cores) allowed, quota \(quota) → \(workers)"
  }

  /// Why so many workers cannot each have a core: `needs 5 cores; 2 allowed, quota none`. nil when
  /// they can.
  public func limit(on workers: Int) -> String? {
    guard workers > self.workers else { return nil }
    return "needs \(workers) cores; \(limitText)"
  }
}

/// The lines of `/proc/self/status` that tell what is allowed.
private struct ProcessStatus {
  var cpus: CPUSet?
  var memoryNodes: CPUSet?

  init(tree: SystemTree) throws(MachineError) {
    guard let text = try tree.text("/proc/self/status") else { return }
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...]
      do {
        switch line[..<colon] {
        case "Cpus_allowed_list": cpus = try CPUSet(parsing: value)
        case "Mems_allowed_list": memoryNodes = try CPUSet(parsing: value)
        default: break
        }
      } catch {
        throw .damaged(
          path: tree.full("/proc/self/status"), found: error.description,
          expected: "a list such as 0-3,8")
      }
    }
  }
}
