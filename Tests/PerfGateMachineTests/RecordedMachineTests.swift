import PerfGateMachine
import Testing

/// Machines and containers as people reported them, each with the answer that is right for it.
@Suite struct RecordedMachineTests {
  private func machine(_ name: String) throws -> Machine {
    let tree = try TemporaryTree(recorded: name)
    return try withExtendedLifetime(tree) { try Machine.current(root: tree.root) }
  }

  /// Which CPUs may be used, the quota in CPUs (0 for none) and how many workers that makes.
  @Test(arguments: [
    ("host-mount-first", "0-7", 2.0, 2), ("host-mount-last", "0-7", 2, 2),
    ("cpuset-by-hand-first", "2-5", 3, 3), ("quota-without-period", "0-7", 5, 5),
    ("mounted-twice-on-one-point", "0-3", 2, 2), ("quota-of-a-grandparent", "0-15", 8, 8),
    ("no-list-of-groups", "0-3", 2, 2), ("cpuset-beside-quota", "2-3,10-11", 4, 2),
    ("odd-old-groups", "0-7", 3, 3), ("fraction-of-cpus", "0-7", 1.95, 1),
    ("greatest-quota", "0-3", 0, 4), ("path-outside-of-the-mount", "0-7", 2, 2),
    ("cpuset-without-prefix", "2-3,5", 0, 3), ("online-painted-over", "24", 0, 1),
    ("empty-online-of-cpu0", "0-3", 0, 4), ("unreadable-cpuinfo", "0-3", 0, 4),
    ("two-sockets-128-cpus", "0-127", 0, 64), ("nodes-without-memory", "0-63", 0, 32),
    ("holes-in-cpu-numbers", "0,3,5,7", 0, 4),
  ])
  func isAllowed(name: String, cpus: String, quota: Double, workers: Int) throws {
    let allowed = try machine(name).allowed
    #expect(allowed.cpus.description == cpus)
    #expect(allowed.quota?.cpus ?? 0 == quota)
    #expect(allowed.workers == workers)
  }

  /// What stands in for a missing fact is said, and machines without a fault have no notes.
  @Test(arguments: [
    (
      "quota-without-period", MachineNote.Code.quota, "cpu.max gives no period; assuming 100000 us"
    ),
    ("greatest-quota", .quota, "more cpus than any machine has; treated as no limit"),
    ("no-list-of-groups", .cgroup, "using the limits of /sys/fs/cgroup/cpu"),
    ("empty-online-of-cpu0", .cpus, "/cpu0/online: found an empty file"),
    ("all-cpus-in-all-nodes", .memoryNodes, "names cpus 0-7 that another node has too"),
    ("online-painted-over", .cpus, "lists cpus 0, but the kernel allows 24"),
    ("unreadable-cpuinfo", .cpuModel, "/proc/cpuinfo: EISDIR"),
  ])
  func isNoted(name: String, code: MachineNote.Code, text: String) throws {
    let notes = try machine(name).notes
    #expect(notes.contains { $0.code == code && $0.text.contains(text) }, "\(notes)")
  }

  @Test(arguments: [
    "host-mount-first", "host-mount-last", "cpuset-by-hand-first", "mounted-twice-on-one-point",
    "path-outside-of-the-mount", "node-masks-only", "cpuset-without-prefix", "ranked-boost-clocks",
    "two-sockets-128-cpus", "nodes-without-memory", "holes-in-cpu-numbers",
  ])
  func isNotNoted(name: String) throws {
    #expect(try machine(name).notes == [])
  }

  @Test func nodesAreToldByMasksOrAreOne() throws {
    let masks = try machine("node-masks-only").topology
    #expect(masks.nodes.map(\.cpus) == [[0, 1, 2, 3], [4, 5, 6, 7]])
    let overlap = try machine("all-cpus-in-all-nodes").topology
    #expect(overlap.nodes.map(\.cpus) == [overlap.online] && overlap.memoryNodes == [0])
    #expect(try machine("cpuset-without-prefix").allowed.memoryNodes == [1])
    #expect(try machine("nodes-without-memory").topology.memoryNodes == [0, 2])
    #expect(try machine("online-painted-over").topology.cpu(24)?.node == 1)
  }

  @Test(arguments: [
    ("cortex-a72-a53", ["4-7", "0-3"]), ("cortex-a73-a53", ["4-7", "0-3"]),
    ("cortex-a57-a53", ["4-7", "0-3"]), ("cortex-a76-a55", ["4-7", "0-3"]),
    ("cortex-a78-a55", ["4-7", "0-3"]), ("one-cpu-without-clock", ["4-5,7", "0-3"]),
    ("told-by-base-frequency", ["4", "0-3"]), ("ranked-boost-clocks", ["0-63"]),
    ("equal-boost-clocks", ["0-63"]),
  ])
  func hasClasses(name: String, cpus: [String]) throws {
    #expect(try machine(name).topology.classes.map(\.cpus.description) == cpus)
  }

  @Test(arguments: [
    ("cortex-a72-a53", "arm-cortex-a72-cortex-a53-4c-4c-1n"),
    ("cortex-a73-a53", "arm-0x41-0xd09-cortex-a53-4c-4c-1n"),
    ("cortex-a57-a53", "arm-cortex-a57-cortex-a53-4c-4c-1n"),
    ("cortex-a76-a55", "arm-cortex-a76-cortex-a55-4c-4c-1n"),
    ("cortex-a78-a55", "arm-0x41-0xd41-cortex-a55-4c-4c-1n"),
    ("ranked-boost-clocks", "amd-ryzen-threadripper-pro-7975wx-32-cores-32c-64t-1n"),
    ("equal-boost-clocks", "amd-ryzen-threadripper-pro-7975wx-32-cores-32c-64t-1n"),
    ("xeon-model-79", "intel-xeon-family-6-model-79-1c-2t-1n"),
    ("xeon-model-85", "intel-xeon-family-6-model-85-1c-2t-1n"),
    ("xeon-model-85-other-clock", "intel-xeon-family-6-model-85-1c-2t-1n"),
    ("xeon-model-106", "intel-xeon-family-6-model-106-1c-2t-1n"),
    ("two-sockets-128-cpus", "intel-xeon-platinum-8358-64c-128t-2n"),
    ("nodes-without-memory", "amd-ryzen-threadripper-2990wx-32c-64t-4n"),
    ("holes-in-cpu-numbers", "intel-xeon-silver-4110-4c-1n"),
  ])
  func hasAKey(name: String, key: String) throws {
    #expect(try machine(name).key.text == key)
  }

  /// A key that is another one now leads to the file that was stored under the former one.
  @Test(arguments: [
    ("cortex-a72-a53", ["arm-cortex-a53-4c-4c-1n"]), ("xeon-model-79", ["intel-xeon-1c-2t-1n"]),
    ("ranked-boost-clocks", ["amd-ryzen-threadripper-pro-7975wx-32-cores-8c-7c-17c-64t-1n"]),
    ("node-masks-only", ["intel-xeon-silver-4110-8c-1n"]), ("two-sockets-128-cpus", []),
    ("equal-boost-clocks", []), ("holes-in-cpu-numbers", []),
  ])
  func knowsItsFormerKeys(name: String, keys: [String]) throws {
    let former = try machine(name).formerKeys
    #expect(former.filter(keys.contains) == keys, "\(former)")
    if keys.isEmpty { #expect(former == []) }
  }

  @Test func inputIsNotSharedOutOverGraphicsMemory() throws {
    let machine = try machine("graphics-memory-nodes")
    let allowed = machine.allowed.memoryNodes
    #expect(allowed == [0, 8, 252, 253])
    func input(_ memory: MemoryPolicy?) throws -> (plan: PlacementPlan, target: MemoryTarget) {
      let plan = try Placement.plan(
        PlacementRequest(memory: memory), workers: 2, topology: machine.topology,
        allowed: machine.allowed)
      let input = InputPlacement(plan: plan, topology: machine.topology, allowedNodes: allowed)
      return (plan, input.target)
    }
    #expect(try input(nil).target == .interleaved([0, 8]))
    let explicit = try input(.interleave)
    #expect(explicit.target == .interleaved([0, 8]))
    #expect(explicit.plan.memory == [.interleaved([0, 8]), .interleaved([0, 8])])
    #expect(
      explicit.plan.notes.contains(
        "memory nodes 252-253 have no cpus and are not used: to use them, choose "
          + "--mem interleave:0,8,252-253"))
    #expect(try input(.interleaveOver([0, 252])).target == .interleaved([0, 252]))
    #expect(try input(.node(252)).target == .node(252))
    #expect(throws: PlacementError("--mem interleave:1: allowed memory nodes are 0,8,252-253")) {
      try input(.interleaveOver([1]))
    }
  }
}
