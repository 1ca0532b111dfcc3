/// How much CPU time a control group may use.
package struct CPUQuota: Hashable, Sendable, Codable, CustomStringConvertible {
  /// How many CPUs could run all the time, above 0; often a fraction.
  package var cpus: Double
  /// The file that the quota was read from.
  package var source: String

  package init(cpus: Double, source: String) {
    self.cpus = cpus
    self.source = source
  }

  /// How many workers can run all the time: rounded down, at least 1.
  package var workers: Int { Swift.max(1, Int(bounded.rounded(.down))) }

  /// The CPUs, limited to 0 to `CPUSet.maximum`.
  private var bounded: Double {
    cpus > 0 ? Swift.min(cpus, Double(CPUSet.maximum)) : 0
  }

  /// Such as `1.5 CPUs`, with at most two decimals.
  package var description: String {
    let hundredths = Int((bounded * 100).rounded())
    let whole = hundredths / 100
    let rest = hundredths % 100
    guard rest > 0 else { return whole == 1 ? "1 CPU" : "\(whole) CPUs" }
    let digits = rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)"
    return "\(whole).\(digits) CPUs"
  }
}

/// The part of the machine that this process may use.
package struct AllowedResources: Hashable, Sendable, Codable {
  /// The online CPUs in both the main thread's mask and the cpuset.
  package var cpus: CPUSet
  /// The main thread's mask.
  package var affinity: CPUSet
  /// The CPUs of the cpuset; nil where there is none.
  package var cpuset: CPUSet?
  /// Isolated CPUs that the cpuset allows but the mask does not: used only when named.
  package var isolated: CPUSet
  /// The nodes on which this process may allocate memory.
  package var memoryNodes: CPUSet
  /// The smallest quota of all control groups; nil where there is none.
  package var quota: CPUQuota?
  /// How many physical cores have at least one allowed CPU.
  package var cores: Int
  /// Paths of the files that count how often a quota stopped this process.
  package var throttleFiles: [String]

  /// Creates resources by hand, for tests and for plans of other machines.
  package init(
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

  /// Reads what this process may use of the machine below the root. For another machine's tree the
  /// mask is the one recorded in its `proc/self/status`, or else every online CPU that is not
  /// isolated.
  ///
  /// - Throws: ``MachineError`` when no CPU is left to use.
  package static func current(root: String = "/", topology: Topology? = nil) throws(MachineError)
    -> AllowedResources
  {
    let facts = FactReader(tree: SystemTree(root: root))
    let mask = ProcessMask(facts: facts)
    if let topology { return try read(facts, mask, topology) }
    return try read(facts, mask, TopologyReader(facts: facts, mask: mask).read())
  }

  /// Reads the same with a reader that collects the notes.
  static func read(_ facts: FactReader, _ mask: ProcessMask, _ machine: Topology)
    throws(MachineError) -> AllowedResources
  {
    let groups = CgroupTree(facts: facts)
    let online = machine.online
    let affinity = mask.cpus ?? online.subtracting(machine.isolated)
    let usable = affinity.intersection(online)
    guard !usable.isEmpty else {
      throw .damaged(
        path: facts.tree.full("/proc/self/status"), found: "the allowed cpus \(affinity)",
        expected: "one of the online cpus \(online)")
    }
    var cpuset = groups.cpus()
    if let told = cpuset, told.isDisjoint(with: usable) {
      // The kernel keeps the mask within the process's own cpuset, so this cpuset is another
      // group's.
      facts.note(
        .cpuset,
        "the cpuset allows cpus \(told), but the kernel's mask allows \(affinity); using the mask")
      cpuset = nil
    }
    var nodes = mask.memoryNodes ?? machine.memoryNodes
    if let mems = groups.memoryNodes(), !mems.isDisjoint(with: nodes) {
      nodes.formIntersection(mems)
    }
    let within = cpuset ?? online
    return AllowedResources(
      topology: machine, cpus: affinity, quota: groups.quota(), memoryNodes: nodes,
      cpuset: cpuset,
      isolated: machine.isolated.intersection(online).intersection(within).subtracting(affinity),
      throttleFiles: groups.throttleFiles())
  }
}

extension AllowedResources {
  /// The most workers that can each have a physical core within the quota.
  package var workers: Int { Swift.min(cores, quota?.workers ?? cores) }

  /// Such as `2 allowed, quota none` or `2 allowed, quota 1.5 CPUs → 1 worker`.
  package var limitText: String {
    guard let quota else { return "\(cores) allowed, quota none" }
    let workers = quota.workers == 1 ? "1 worker" : "\(quota.workers) workers"
    return "\(cores) allowed, quota \(quota) → \(workers)"
  }

  /// Why this many workers cannot each have a core, such as `needs 5 cores; 2 allowed, quota none`;
  /// nil when they can.
  package func limit(on workers: Int) -> String? {
    guard workers > self.workers else { return nil }
    return "needs \(workers) cores; \(limitText)"
  }
}
