import PerfGateMachine
import Testing

@Suite struct TopologyTests {
  @Test(arguments: [1, 2, 4, 8])
  func readsRegularMachines(nodes: Int) throws {
    let packages = nodes >= 4 ? 2 : 1
    let made = MadeUpMachine.regular(
      packages: packages, nodes: nodes / packages, caches: 2, cores: 2, threads: 2,
      distances: { $0 == $1 ? 10 : 11 + abs($0 - $1) })
    let topology = try made.read()
    #expect(topology.cpuModel == "Made Up 9000 Processor")
    #expect(topology.notes.isEmpty)
    #expect(topology.packages.count == packages)
    #expect(topology.dies.count == packages)
    #expect(topology.nodes.map(\.number) == Array(0..<nodes))
    #expect(topology.caches.count == 2 * nodes)
    #expect(topology.cores.count == 4 * nodes)
    #expect(topology.cpus.map(\.number) == Array(0..<(8 * nodes)))
    #expect(topology.memoryNodes.count == nodes)
    #expect(topology.classes.count == 1)
    for cpu in made.cpus {
      let read = try #require(topology.cpu(cpu.number))
      #expect(read.node == cpu.node)
      #expect(topology.packages[read.package].number == cpu.package)
      #expect(read.cache == cpu.cache)
      #expect(topology.siblings(of: cpu.number) == [(cpu.number + 4 * nodes) % (8 * nodes)])
    }
    for cache in topology.caches {
      #expect(cache.level == 3 && cache.bytes == 32 << 20 && cache.cpus.count == 4)
    }
    for from in 0..<nodes {
      for to in 0..<nodes {
        #expect(topology.distance(from: from, to: to) == (from == to ? 10 : 11 + abs(from - to)))
      }
    }
  }

  @Test func reads128CoresWithSiblings() throws {
    let topology = try MadeUpMachine.regular(
      packages: 2, nodes: 4, caches: 2, cores: 8, threads: 2
    ).read()
    #expect(topology.cores.count == 128 && topology.cpus.count == 256)
    #expect(topology.cores[127].cpus == [127, 255])
    #expect(topology.caches.count == 16 && topology.nodes.count == 8)
  }

  @Test func siblingsMayBeNeighbors() throws {
    let topology = try MadeUpMachine.regular(cores: 2, threads: 2, siblingsAdjacent: true).read()
    #expect(topology.cores.map(\.cpus) == [[0, 1], [2, 3]])
  }

  @Test func dieNumbersRepeatFromPackageToPackage() throws {
    var made = MadeUpMachine.regular(packages: 2, cores: 4)
    for index in made.cpus.indices { made.cpus[index].die = made.cpus[index].core / 2 }
    let topology = try made.read()
    #expect(topology.dies.map(\.cpus) == [[0, 1], [2, 3], [4, 5], [6, 7]])
  }

  @Test func intelListsTellClasses() throws {
    let tree = try MadeUpMachine.regular(cores: 8).tree()
    try tree.write("/sys/devices/cpu_core/cpus", "0-3\n")
    try tree.write("/sys/devices/cpu_atom/cpus", "4-7\n")
    let classes = try Topology.read(root: tree.root).classes
    #expect(classes.map(\.cpus) == [[0, 1, 2, 3], [4, 5, 6, 7]])
    #expect(classes.map(\.evidence) == ["cpu_core", "cpu_atom"])
  }

  @Test func intelSmallCoresAloneTellClassesToo() throws {
    let tree = try MadeUpMachine.regular(cores: 8).tree()
    try tree.write("/sys/devices/cpu_atom/cpus", "0-3\n")
    let classes = try Topology.read(root: tree.root).classes
    #expect(classes.map(\.cpus) == [[4, 5, 6, 7], [0, 1, 2, 3]])
  }

  @Test func intelWithoutListsIsToldByFrequency() throws {
    var made = MadeUpMachine.regular(cores: 6)
    // Two favoured cores, two ordinary big ones, two small ones.
    let rates = [5_500_000, 5_500_000, 5_800_000, 5_800_000, 4_300_000, 4_300_000]
    for index in made.cpus.indices { made.cpus[index].maximumKHz = rates[index] }
    let classes = try made.read().classes
    #expect(classes.map(\.cpus) == [[0, 1, 2, 3], [4, 5]])
    #expect(classes[0].evidence == "5800000 kHz")
  }

  @Test func noisyArmCapacitiesAreBucketed() throws {
    var made = MadeUpMachine.regular(cores: 8)
    let capacities = [254, 250, 718, 731, 718, 997, 1017, 1024]
    for index in made.cpus.indices { made.cpus[index].capacity = capacities[index] }
    let classes = try made.read().classes
    #expect(classes.map(\.cpus) == [[5, 6, 7], [2, 3, 4], [0, 1]])
    #expect(classes.map(\.index) == [0, 1, 2])
  }

  @Test func equalCapacitiesAreOneClass() throws {
    var made = MadeUpMachine.regular(cores: 4)
    for index in made.cpus.indices { made.cpus[index].capacity = 1024 }
    #expect(try made.read().classes.count == 1)
  }

  /// Some kernels rank equal cores by how far each can be boosted: a ladder without a gap.
  @Test func rankedClocksAreOneClass() throws {
    var made = MadeUpMachine.regular(cores: 8)
    for index in made.cpus.indices { made.cpus[index].maximumKHz = 5_000_000 + 400_000 * index }
    #expect(try made.read().classes.count == 1)
  }

  @Test func baseClocksCountMoreThanBoostClocks() throws {
    var made = MadeUpMachine.regular(cores: 4)
    for index in made.cpus.indices {
      made.cpus[index].maximumKHz = [5, 5, 3, 3][index] * 1_000_000
    }
    let tree = try made.tree()
    func classes(_ rates: [Int]) throws -> [CPUSet] {
      for (number, rate) in rates.enumerated() {
        let file = "/sys/devices/system/cpu/cpu\(number)/cpufreq/base_frequency"
        try tree.write(file, "\(rate)\n")
      }
      return try Topology.read(root: tree.root).classes.map(\.cpus)
    }
    #expect(try classes([2000, 2000, 2000, 2000]) == [[0, 1, 2, 3]])
    #expect(try classes([1400, 1400, 2000, 1400]) == [[2], [0, 1, 3]])
  }

  @Test func aCPUThatTellsNoClockIsNotTakenForAFastOne() throws {
    var made = MadeUpMachine.regular(cores: 5, threads: 2)
    for index in made.cpus.indices {
      made.cpus[index].maximumKHz = made.cpus[index].core < 2 ? 5_000_000 : 3_000_000
    }
    let tree = try made.tree()
    let file = "cpufreq/cpuinfo_max_freq"
    // A sibling tells it.
    try tree.remove("/sys/devices/system/cpu/cpu0/\(file)")
    var topology = try Topology.read(root: tree.root)
    #expect(topology.classes.map(\.cpus) == [[0, 1, 5, 6], [2, 3, 4, 7, 8, 9]])
    #expect(topology.notes == [])
    try tree.remove("/sys/devices/system/cpu/cpu5/\(file)")
    topology = try Topology.read(root: tree.root)
    #expect(topology.classes.map(\.cpus) == [[1, 6], [0, 2, 3, 4, 5, 7, 8, 9]])
    #expect(
      topology.notes.map(\.text) == [
        "cpus 0,5 have no cpuinfo_max_freq; assuming the slowest class"
      ])
  }

  /// Two parts are two classes, and cores of one part differ by their capacity.
  @Test func partsAndCapacitiesTogether() throws {
    var made = MadeUpMachine.regular(cores: 8)
    let capacities = [250, 250, 250, 250, 800, 800, 800, 1024]
    for index in made.cpus.indices { made.cpus[index].capacity = capacities[index] }
    let tree = try made.tree()
    try tree.write("/proc/cpuinfo", armProcessors(["0xd05", "0xd05", "0xd05", "0xd05"] + big))
    let topology = try Topology.read(root: tree.root)
    #expect(topology.classes.map(\.cpus) == [[7], [4, 5, 6], [0, 1, 2, 3]])
    #expect(
      topology.classes.map(\.evidence) == [
        "Arm Cortex-A76, cpu_capacity 1024", "Arm Cortex-A76, cpu_capacity 800", "Arm Cortex-A55",
      ])
    #expect(topology.cpuModel == "Arm Cortex-A76 + Cortex-A55")
  }

  private let big = ["0xd0b", "0xd0b", "0xd0b", "0xd0b"]

  private func armProcessors(_ parts: [String]) -> String {
    parts.enumerated().map {
      "processor\t: \($0.offset)\nCPU implementer\t: 0x41\nCPU part\t: \($0.element)\n"
    }.joined(separator: "\n")
  }

  @Test func partsWithoutSpeedsAreSaidToBeTakenByNumber() throws {
    let tree = try MadeUpMachine.regular(cores: 8).tree()
    try tree.write("/proc/cpuinfo", armProcessors(big + ["0xd40", "0xd40", "0xd40", "0xd40"]))
    let topology = try Topology.read(root: tree.root)
    #expect(topology.classes.map(\.cpus) == [[4, 5, 6, 7], [0, 1, 2, 3]])
    #expect(topology.notes.map(\.code) == [.coreClasses])
  }

  /// The register tells each core's part also where a container numbers the processors anew.
  @Test func partsAreToldByTheRegister() throws {
    let tree = try MadeUpMachine.regular(cores: 2).tree()
    try tree.write("/proc/cpuinfo", armProcessors(["0xd05"]))
    func write(_ values: [String]) throws {
      for (number, value) in values.enumerated() {
        let folder = "/sys/devices/system/cpu/cpu\(number)/regs/identification"
        try tree.write("\(folder)/midr_el1", value + "\n")
      }
    }
    try write(["0x00000000412fd050", "0x00000000414fd0b1"])
    #expect(try Topology.read(root: tree.root).cpuModel == "Arm Cortex-A76 + Cortex-A55")
    try write(["0x00000000412fd050", "many"])
    let topology = try Topology.read(root: tree.root)
    #expect(topology.cpuModel == "Arm Cortex-A55" && topology.classes.count == 1)
    #expect(topology.notes.contains { $0.text.contains("midr_el1: found 'many'") })
  }

  /// Old kernels name the part once, behind all processors.
  @Test func aPartNamedOnceIsThatOfAll() throws {
    let tree = try MadeUpMachine.regular(cores: 2).tree()
    try tree.write(
      "/proc/cpuinfo",
      "processor\t: 0\nBogoMIPS\t: 1\n\nprocessor\t: 1\nBogoMIPS\t: 1\n\n"
        + "CPU implementer\t: 0x41\nCPU part\t: 0xd07\n\nHardware\t: A Board\n")
    #expect(try Topology.read(root: tree.root).cpuModel == "Arm Cortex-A57")
  }

  @Test func armCoresHaveNamesByPart() throws {
    let tree = try MadeUpMachine.regular(cores: 1).tree()
    try tree.write(
      "/proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n")
    #expect(try Topology.read(root: tree.root).cpuModel == "Arm Neoverse-N1")
    try tree.write(
      "/proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x99\nCPU part\t: 0xabc\n")
    #expect(try Topology.read(root: tree.root).cpuModel == "Arm 0x99 0xabc")
  }

  @Test func aNameWithoutANumberGetsFamilyAndModel() throws {
    let tree = try MadeUpMachine.regular(cores: 1).tree()
    try tree.write(
      "/proc/cpuinfo",
      "processor\t: 0\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n")
    #expect(try Topology.read(root: tree.root).cpuModel == "AMD EPYC (family 25 model 17)")
  }

  /// A clock, a count of cores, a version and a placeholder are no product's number.
  @Test(arguments: [
    ("Intel(R) Xeon(R) CPU @ 2.20GHz", true), ("Intel(R) Xeon(R) Processor @ 2.90GHz", true),
    ("Common KVM processor 2600MHz", true), ("AMD EPYC 64-Core Processor", true),
    ("QEMU Virtual CPU version 2.5+", true), ("Intel Xeon E312xx (Sandy Bridge)", true),
    ("Intel Core Processor (Haswell, no TSX, IBRS)", true), ("12th Gen Intel(R) Core", true),
    ("Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", false),
    ("AMD EPYC 9R14 96-Core Processor", false),
    ("12th Gen Intel(R) Core(TM) i9-12900K", false), ("AMD Ryzen 7 5800U", false),
  ])
  func genericNamesGetFamilyAndModel(name: String, isGeneric: Bool) throws {
    let tree = try MadeUpMachine.regular(cores: 1).tree()
    for stepping in [4, 7] {
      try tree.write(
        "/proc/cpuinfo",
        "processor\t: 0\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: \(name)\n"
          + "stepping\t: \(stepping)\n")
      let added = isGeneric ? " (family 6 model 85 stepping \(stepping))" : ""
      #expect(try Topology.read(root: tree.root).cpuModel == name + added)
    }
  }
}
