import PerfGateMachine

/// A machine that is not there, written as the files that its kernel would show.
struct MadeUpMachine {
  struct CPU {
    var number: Int
    var package = 0
    var die = 0
    var core = 0
    var node = 0
    /// CPUs of one number share a last-level cache.
    var cache = 0
    var capacity: Int?
    var maximumKHz: Int?
  }

  var model = "Made Up 9000 Processor"
  var cpus: [CPU] = []
  /// The nodes with their memory in MB; a node without memory has 0.
  var nodeMegabytes: [Int: Int] = [0: 1024]
  var distances: [Int: [Int]] = [:]
  var possibleNodes: CPUSet?
  var offline = CPUSet()
  var isolated = CPUSet()
  var cacheBytes = "32768K"

  /// Every package has the same nodes, every node the same caches, and so on. The siblings' numbers
  /// follow after all cores, as on most machines, or each other, as on some.
  static func regular(
    packages: Int = 1, nodes: Int = 1, caches: Int = 1, cores: Int, threads: Int = 1,
    siblingsAdjacent: Bool = false, distances: (Int, Int) -> Int = { $0 == $1 ? 10 : 20 }
  ) -> MadeUpMachine {
    var machine = MadeUpMachine()
    let allCores = packages * nodes * caches * cores
    for core in 0..<allCores {
      let cache = core / cores
      let node = cache / caches
      for thread in 0..<threads {
        machine.cpus.append(
          CPU(
            number: siblingsAdjacent ? core * threads + thread : thread * allCores + core,
            package: node / nodes, core: core % (nodes * caches * cores), node: node, cache: cache))
      }
    }
    let count = packages * nodes
    machine.nodeMegabytes = [:]
    for node in 0..<count {
      machine.nodeMegabytes[node] = 1024
      machine.distances[node] = (0..<count).map { distances(node, $0) }
    }
    return machine
  }

  /// Takes memory or CPUs away from nodes.
  func without(memoryOn: [Int] = [], cpusOn: [Int] = []) -> MadeUpMachine {
    var machine = self
    for node in memoryOn { machine.nodeMegabytes[node] = 0 }
    machine.cpus.removeAll { cpusOn.contains($0.node) }
    return machine
  }

  func with(_ change: (inout MadeUpMachine) -> Void) -> MadeUpMachine {
    var machine = self
    change(&machine)
    return machine
  }

  var online: CPUSet { CPUSet(cpus.map(\.number)) }

  private func list(_ isIn: (CPU) -> Bool) -> String {
    CPUSet(cpus.filter(isIn).map(\.number)).description + "\n"
  }

  /// The kernel's other form, which libnuma reads: groups of 32 bits in hexadecimal digits.
  private func mask(_ isIn: (CPU) -> Bool) -> String {
    let words = CPUSet(cpus.filter(isIn).map(\.number)).bitWords
    let groups = words.flatMap { [UInt32(truncatingIfNeeded: $0), UInt32($0 >> 32)] }
    return groups.reversed().map { group in
      let digits = String(group, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined(separator: ",") + "\n"
  }

  /// Writes the tree; the caller may then damage it.
  func tree() throws -> TemporaryTree {
    let tree = try TemporaryTree()
    let system = "/sys/devices/system"
    let present = online.union(offline)
    try tree.write("\(system)/cpu/online", "\(online)\n")
    try tree.write("\(system)/cpu/present", "\(present)\n")
    try tree.write("\(system)/cpu/possible", "\(present)\n")
    try tree.write("\(system)/cpu/isolated", "\(isolated)\n")
    for number in offline { try tree.write("\(system)/cpu/cpu\(number)/online", "0\n") }
    for cpu in cpus { try write(cpu, "\(system)/cpu/cpu\(cpu.number)", tree) }
    try writeNodes("\(system)/node", tree)
    let processors = cpus.map {
      "processor\t: \($0.number)\nmodel name\t: \(model)\ncpu MHz\t\t: 2596.1\n"
    }
    try tree.write("/proc/cpuinfo", processors.joined(separator: "\n") + "\n")
    return tree
  }

  private func write(_ cpu: CPU, _ folder: String, _ tree: TemporaryTree) throws {
    if cpu.number > 0 { try tree.write("\(folder)/online", "1\n") }
    try tree.write("\(folder)/topology/physical_package_id", "\(cpu.package)\n")
    try tree.write("\(folder)/topology/die_id", "\(cpu.die)\n")
    try tree.write("\(folder)/topology/core_id", "\(cpu.core)\n")
    let siblings = list { ($0.package, $0.die, $0.core) == (cpu.package, cpu.die, cpu.core) }
    try tree.write("\(folder)/topology/core_cpus_list", siblings)
    try tree.write("\(folder)/topology/thread_siblings_list", siblings)
    let caches = [
      (1, "Data", "32K", siblings), (1, "Instruction", "32K", siblings),
      (3, "Unified", cacheBytes, list { $0.cache == cpu.cache }),
    ]
    for (index, cache) in caches.enumerated() {
      try tree.write("\(folder)/cache/index\(index)/level", "\(cache.0)\n")
      try tree.write("\(folder)/cache/index\(index)/type", "\(cache.1)\n")
      try tree.write("\(folder)/cache/index\(index)/size", "\(cache.2)\n")
      try tree.write("\(folder)/cache/index\(index)/shared_cpu_list", cache.3)
    }
    if let capacity = cpu.capacity { try tree.write("\(folder)/cpu_capacity", "\(capacity)\n") }
    if let khz = cpu.maximumKHz {
      try tree.write("\(folder)/cpufreq/cpuinfo_max_freq", "\(khz)\n")
    }
  }

  private func writeNodes(_ folder: String, _ tree: TemporaryTree) throws {
    let nodes = CPUSet(nodeMegabytes.keys)
    try tree.write("\(folder)/online", "\(nodes)\n")
    try tree.write("\(folder)/possible", "\(possibleNodes ?? nodes)\n")
    let withMemory = CPUSet(nodeMegabytes.filter { $0.value > 0 }.keys)
    try tree.write("\(folder)/has_memory", "\(withMemory)\n")
    try tree.write("\(folder)/has_cpu", "\(CPUSet(cpus.map(\.node)))\n")
    for (node, megabytes) in nodeMegabytes {
      let own = "\(folder)/node\(node)"
      try tree.write("\(own)/cpulist", list { $0.node == node })
      try tree.write("\(own)/cpumap", mask { $0.node == node })
      try tree.write(
        "\(own)/meminfo",
        "Node \(node) MemTotal:       \(megabytes * 1024) kB\nNode \(node) MemFree:  0 kB\n")
      let row = distances[node] ?? nodes.map { $0 == node ? 10 : 20 }
      try tree.write("\(own)/distance", row.map { "\($0)" }.joined(separator: " ") + "\n")
    }
  }

  /// Writes the tree and reads it back.
  func read() throws -> Topology {
    let tree = try tree()
    return try withExtendedLifetime(tree) { try Topology.read(root: tree.root) }
  }
}
