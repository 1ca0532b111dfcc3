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

  @Test func siblingsMayBeNeighbours() throws {
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
}
