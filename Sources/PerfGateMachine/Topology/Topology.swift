/// A machine's packages, dies, caches, memory nodes, cores and CPUs, as its kernel describes them.
/// All sets hold online CPUs only, unless they say otherwise.
package struct Topology: Hashable, Sendable, Codable {
  /// The CPU's trade name without surrounding blanks, such as `AMD EPYC 9R14 96-Core Processor`.
  package var cpuModel: String
  /// The online CPUs, sorted by number.
  package var cpus: [LogicalCPU]
  /// The physical cores, sorted by their lowest CPU; a core's index is its position in this list.
  package var cores: [Core]
  /// The last-level caches, sorted by their lowest CPU; a cache's index is its position in this
  /// list.
  package var caches: [Cache]
  /// The dies, sorted by their lowest CPU; a die's index is its position in this list.
  package var dies: [Die]
  /// The packages (sockets), sorted by their lowest CPU; the index is the position in this list.
  package var packages: [Package]
  /// The online memory nodes, sorted by number, including those without CPUs or without memory.
  package var nodes: [MemoryNode]
  /// The classes of cores, the fastest first; one class on most machines.
  package var classes: [CoreClass]
  /// CPUs that exist but are offline.
  package var offline: CPUSet
  /// CPUs that the kernel was configured to keep free; the default mask excludes them.
  package var isolated: CPUSet
  /// What was missing in the description, and what is assumed instead.
  package var notes: [MachineNote]

  /// One CPU as the kernel counts them.
  package struct LogicalCPU: Hashable, Sendable, Codable {
    /// The kernel's number.
    package var number: Int
    /// The index of its core.
    package var core: Int
    /// The index of its last-level cache.
    package var cache: Int
    /// The index of its die.
    package var die: Int
    /// The index of its package.
    package var package: Int
    /// The number of its memory node; nil where the kernel reports none.
    package var node: Int?
    /// The index of its class of cores, 0 for the fastest.
    package var coreClass: Int
  }

  /// One physical core and the CPUs (SMT siblings) that share it.
  package struct Core: Hashable, Sendable, Codable {
    /// The core's position in `cores`.
    package var index: Int
    /// Its CPUs.
    package var cpus: CPUSet
  }

  /// One last-level cache and the CPUs that share it.
  package struct Cache: Hashable, Sendable, Codable {
    /// The cache's position in `caches`.
    package var index: Int
    /// Its level, mostly 3 or 2; nil where the kernel reports no cache and the package is used
    /// instead.
    package var level: Int?
    /// Its size in bytes; nil where the kernel reports none.
    package var bytes: Int?
    /// Its CPUs.
    package var cpus: CPUSet
  }

  /// One die and its CPUs.
  package struct Die: Hashable, Sendable, Codable {
    /// The die's position in `dies`.
    package var index: Int
    /// Its CPUs.
    package var cpus: CPUSet
  }

  /// One package (socket) and its CPUs.
  package struct Package: Hashable, Sendable, Codable {
    /// The package's position in `packages`.
    package var index: Int
    /// The kernel's number for it; numbers may have gaps.
    package var number: Int
    /// Its CPUs.
    package var cpus: CPUSet
  }

  /// One memory node.
  package struct MemoryNode: Hashable, Sendable, Codable {
    /// The kernel's number; numbers may have gaps.
    package var number: Int
    /// Its online CPUs; empty for a node that only has memory.
    package var cpus: CPUSet
    /// Whether memory can be placed on it.
    package var hasMemory: Bool
    /// The distance to each online node by its number; 10 to itself.
    package var distances: [Int: Int]
  }

  /// Cores of about the same speed.
  package struct CoreClass: Hashable, Sendable, Codable {
    /// 0 for the fastest.
    package var index: Int
    /// Its CPUs.
    package var cpus: CPUSet
    /// What the class was recognized by: `cpu_core`, `Arm Cortex-A72`, `cpu_capacity 1024` or
    /// `5200000 kHz`; empty if there is only one class.
    package var evidence: String
  }
}

extension Topology {
  /// The online CPUs as a set.
  package var online: CPUSet { CPUSet(cpus.map(\.number)) }

  /// The nodes with memory.
  package var memoryNodes: CPUSet {
    CPUSet(nodes.filter(\.hasMemory).map(\.number))
  }

  /// The allowed nodes over which memory is interleaved: those with memory and CPUs. Nodes without
  /// CPUs are often a graphics card's memory; they are used only where there are no others.
  package func interleavedNodes(among allowed: CPUSet) -> CPUSet {
    let usable = memoryNodes.intersection(allowed)
    let withCPUs = CPUSet(nodes.filter { !$0.cpus.isEmpty }.map(\.number)).intersection(usable)
    return withCPUs.isEmpty ? usable : withCPUs
  }

  /// The CPU with this number; nil if it is not online.
  package func cpu(_ number: Int) -> LogicalCPU? {
    var low = 0
    var high = cpus.count
    while low < high {
      let middle = (low + high) / 2
      if cpus[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < cpus.count && cpus[low].number == number ? cpus[low] : nil
  }

  /// The memory node with this number; nil if it is not online.
  package func node(_ number: Int) -> MemoryNode? { nodes.first { $0.number == number } }

  /// The distance between two nodes; where unknown, 10 for the same node and 20 for another.
  package func distance(from: Int, to: Int) -> Int {
    node(from)?.distances[to] ?? (from == to ? 10 : 20)
  }

  /// The other CPUs of the same core; empty if the CPU is not online.
  package func siblings(of number: Int) -> CPUSet {
    guard let cpu = cpu(number) else { return CPUSet() }
    return cores[cpu.core].cpus.subtracting([number])
  }

  /// The nearest allowed node with memory; the lowest number among equally near ones.
  package func nearestMemoryNode(to node: Int, among allowed: CPUSet) -> Int? {
    memoryNodes.intersection(allowed).min {
      (distance(from: node, to: $0), $0) < (distance(from: node, to: $1), $1)
    }
  }
}
