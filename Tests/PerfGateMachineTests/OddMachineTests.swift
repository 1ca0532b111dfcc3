import PerfGateMachine
import Testing

/// What real machines leave out or write otherwise.
@Suite struct OddMachineTests {
  private let cpu = "/sys/devices/system/cpu"
  private let node = "/sys/devices/system/node"
  private let twoNodes = MadeUpMachine.regular(packages: 2, cores: 2, threads: 2)

  @Test func sparseNodeNumbers() throws {
    let made = MadeUpMachine.regular(packages: 2, cores: 2).with {
      $0.nodeMegabytes = [0: 1024, 8: 1024]
      $0.distances = [0: [10, 40], 8: [40, 10]]
      for index in $0.cpus.indices where $0.cpus[index].node == 1 { $0.cpus[index].node = 8 }
    }
    let topology = try made.read()
    #expect(topology.nodes.map(\.number) == [0, 8])
    #expect(topology.cpu(3)?.node == 8)
    #expect(topology.distance(from: 8, to: 0) == 40)
  }

  @Test func distanceRowsAsWideAsThePossibleNodes() throws {
    let made = MadeUpMachine.regular(packages: 2, cores: 2).with {
      $0.nodeMegabytes = [0: 1024, 2: 1024]
      $0.possibleNodes = [0, 1, 2, 3]
      $0.distances = [0: [10, 99, 17, 98], 2: [17, 97, 10, 96]]
      for index in $0.cpus.indices where $0.cpus[index].node == 1 { $0.cpus[index].node = 2 }
    }
    let topology = try made.read()
    #expect(topology.node(0)?.distances == [0: 10, 2: 17])
    #expect(topology.node(2)?.distances == [0: 17, 2: 10])
  }

  @Test func distanceRowsWiderThanAnything() throws {
    let made = twoNodes.with { $0.distances = [0: [10, 21, 77, 77], 1: [21, 10, 77, 77]] }
    let topology = try made.read()
    #expect(topology.distance(from: 0, to: 1) == 21)
    #expect(topology.notes.contains { $0.text.hasPrefix("distance rows fit neither") })
  }

  @Test func noDistances() throws {
    let tree = try twoNodes.tree()
    try tree.remove("\(node)/node0/distance")
    try tree.remove("\(node)/node1/distance")
    let topology = try Topology.read(root: tree.root)
    #expect(topology.distance(from: 0, to: 0) == 10 && topology.distance(from: 0, to: 1) == 20)
    #expect(topology.notes.count { $0.text.hasPrefix("some nodes report no distances") } == 1)
  }

  @Test func noOnlineFiles() throws {
    let tree = try twoNodes.with { $0.offline = [8, 9] }.tree()
    let whole = try Topology.read(root: tree.root)
    for path in ["\(cpu)/online", "\(cpu)/present", "\(node)/online", "\(node)/possible"] {
      try tree.remove(path)
    }
    let topology = try Topology.read(root: tree.root)
    #expect(topology.cpus == whole.cpus && topology.nodes == whole.nodes)
    #expect(topology.offline == [8, 9])
    #expect(topology.notes.map(\.text) == ["\(cpu)/online is missing; counted the cpu folders"])
  }

  @Test func noMemoryFiles() throws {
    let tree = try twoNodes.without(memoryOn: [1]).tree()
    try tree.remove("\(node)/has_memory")
    #expect(try Topology.read(root: tree.root).memoryNodes == [0])
    try tree.remove("\(node)/node0/meminfo")
    try tree.remove("\(node)/node1/meminfo")
    #expect(try Topology.read(root: tree.root).memoryNodes == [0, 1])
  }

  @Test func noNodeFolder() throws {
    let tree = try twoNodes.tree()
    try tree.remove(node)
    let topology = try Topology.read(root: tree.root)
    #expect(topology.nodes.count == 1 && topology.nodes[0].cpus == twoNodes.online)
    #expect(topology.notes.map(\.text) == ["the kernel reports no memory nodes; assuming one"])
  }

  @Test func noNodeLists() throws {
    let tree = try twoNodes.tree()
    for number in 0..<2 {
      try tree.remove("\(node)/node\(number)/cpulist")
      for own in twoNodes.cpus where own.node == number {
        try tree.makeFolder("\(node)/node\(number)/cpu\(own.number)")
      }
    }
    #expect(try Topology.read(root: tree.root).nodes.map(\.cpus) == [[0, 1, 4, 5], [2, 3, 6, 7]])
  }

  @Test func noCacheFolder() throws {
    let tree = try twoNodes.tree()
    for number in twoNodes.online { try tree.remove("\(cpu)/cpu\(number)/cache") }
    let topology = try Topology.read(root: tree.root)
    #expect(topology.caches.map(\.cpus) == topology.packages.map(\.cpus))
    #expect(topology.caches.allSatisfy { $0.level == nil })
    #expect(
      topology.notes.map(\.text) == ["cpus 0-7 report no cache; assuming one per package"])
  }

  @Test func aCacheAcrossTwoNodes() throws {
    let made = MadeUpMachine.regular(nodes: 2, cores: 2).with {
      for index in $0.cpus.indices { $0.cpus[index].cache = 0 }
    }
    let topology = try made.read()
    #expect(topology.caches.map(\.cpus) == [[0, 1, 2, 3]])
    #expect(topology.nodes.map(\.cpus) == [[0, 1], [2, 3]])
  }

  @Test func oldKernelsNameSiblingsOtherwise() throws {
    let tree = try twoNodes.tree()
    for number in twoNodes.online { try tree.remove("\(cpu)/cpu\(number)/topology/core_cpus_list") }
    #expect(
      try Topology.read(root: tree.root).cores.map(\.cpus) == [[0, 4], [1, 5], [2, 6], [3, 7]])
    for number in twoNodes.online {
      try tree.remove("\(cpu)/cpu\(number)/topology/thread_siblings_list")
    }
    #expect(
      try Topology.read(root: tree.root).cores.map(\.cpus) == [[0, 4], [1, 5], [2, 6], [3, 7]])
    for number in twoNodes.online { try tree.remove("\(cpu)/cpu\(number)/topology/core_id") }
    #expect(try Topology.read(root: tree.root).cores.count == 8)
  }

  @Test func packagesWithoutAName() throws {
    let tree = try twoNodes.tree()
    try tree.remove("\(cpu)/cpu0/topology/physical_package_id")
    try tree.write("\(cpu)/cpu1/topology/physical_package_id", "-1\n")
    let topology = try Topology.read(root: tree.root)
    #expect(topology.packages.map(\.cpus) == [[0, 1, 4, 5], [2, 3, 6, 7]])
    #expect(topology.notes.map(\.text) == ["2 cpus name no package; assuming package 0"])
  }

  @Test func onlyTheListOfProcessors() throws {
    let tree = try twoNodes.tree()
    try tree.remove("/sys")
    let topology = try Topology.read(root: tree.root)
    #expect(topology.online == twoNodes.online && topology.cores.count == 8)
  }

  @Test func nodesWithoutCPUsOrMemory() throws {
    let topology = try MadeUpMachine.regular(
      packages: 4, cores: 2, distances: { $0 == $1 ? 10 : 10 + 10 * abs($0 - $1) }
    ).without(memoryOn: [0], cpusOn: [3]).read()
    #expect(topology.memoryNodes == [1, 2, 3])
    #expect(topology.nodes[3].cpus.isEmpty && topology.nodes.count == 4)
    #expect(topology.nearestMemoryNode(to: 0, among: [1, 2, 3]) == 1)
    #expect(topology.nearestMemoryNode(to: 0, among: [2, 3]) == 2)
    #expect(topology.nearestMemoryNode(to: 0, among: [0]) == nil)
  }

  @Test func offlineAndIsolatedCPUs() throws {
    let made = MadeUpMachine.regular(cores: 4).with {
      $0.offline = [4, 5]
      $0.isolated = [2, 3]
    }
    let tree = try made.tree()
    let machine = try Machine.current(root: tree.root)
    #expect(machine.topology.online == [0, 1, 2, 3] && machine.topology.offline == [4, 5])
    #expect(machine.allowed.cpus == [0, 1] && machine.allowed.isolated == [2, 3])
    #expect(!machine.isThisMachine)
  }

  @Test func siblingsThatAreOfflineDoNotCount() throws {
    let tree = try MadeUpMachine.regular(cores: 2).with { $0.offline = [2, 3] }.tree()
    try tree.write("\(cpu)/cpu0/topology/core_cpus_list", "0,2\n")
    try tree.write("\(cpu)/cpu1/topology/core_cpus_list", "1,3\n")
    #expect(try Topology.read(root: tree.root).cores.map(\.cpus) == [[0], [1]])
  }

  /// A container's file system paints the first CPUs over the list; the mask is the kernel's.
  @Test func theMaskIsRightWhereTheListIsPaintedOver() throws {
    let tree = try MadeUpMachine.regular(packages: 2, cores: 4).tree()
    try tree.write("\(cpu)/online", "0-3\n")
    try tree.write("/proc/self/status", "Cpus_allowed_list:\t2-5\n")
    let machine = try Machine.current(root: tree.root)
    #expect(machine.allowed.cpus == [2, 3, 4, 5] && machine.topology.online.count == 8)
    #expect(machine.topology.cpu(5)?.node == 1)
    #expect(machine.notes.map(\.code) == [.cpus])
  }

  /// A kernel built for many CPUs names them all in the status of a process that may use any.
  @Test func theMaskMayNameCPUsThatAreNotThere() throws {
    let tree = try MadeUpMachine.regular(cores: 4).with { $0.offline = [4, 5] }.tree()
    try tree.write("/proc/self/status", "Cpus_allowed_list:\t0-63\n")
    let machine = try Machine.current(root: tree.root)
    #expect(machine.allowed.cpus == [0, 1, 2, 3] && machine.topology.offline == [4, 5])
    #expect(machine.notes == [])
  }

  @Test func onlyTheMask() throws {
    let tree = try TemporaryTree()
    try tree.write("/proc/self/status", "Cpus_allowed_list:\t0,2\n")
    let machine = try Machine.current(root: tree.root)
    #expect(machine.allowed.cpus == [0, 2] && machine.allowed.cores == 2)
    #expect(machine.key.text == "unknown-2c-1n")
  }

  @Test func masksOfCPUsHaveManyGroups() throws {
    let tree = try MadeUpMachine.regular(packages: 2, cores: 20).tree()
    for number in 0..<2 { try tree.remove("\(node)/node\(number)/cpulist") }
    let nodes = try Topology.read(root: tree.root).nodes
    #expect(nodes.map(\.cpus) == [CPUSet(0..<20), CPUSet(20..<40)])
    for damage in ["xyz", "1,,2", "123456789", ",", "0x3", "-1"] {
      try tree.write("\(node)/node0/cpumap", damage + "\n")
      let notes = try Topology.read(root: tree.root).notes
      #expect(notes.contains { $0.text.contains("node0/cpumap: found '\(damage)'") }, "\(notes)")
    }
  }

  /// One note for a thousand files of one kind.
  @Test func alikeFilesShareANote() throws {
    let tree = try MadeUpMachine.regular(cores: 8).tree()
    for number in 0..<8 { try tree.write("\(cpu)/cpu\(number)/topology/die_id", "x\n") }
    let notes = try Topology.read(root: tree.root).notes
    #expect(
      notes == [
        MachineNote(
          .packages,
          "cannot understand \(tree.root)\(cpu)/cpu0/topology/die_id: found 'x', expected a whole "
            + "number; ignored; and 7 more such files")
      ])
  }
}
