import CPerfGateSystem
import Foundation
import Testing

@testable import PerfGateMachine

@Suite struct PlacementTests {
  private let two = MadeUpMachine.regular(cores: 2)
  private let smt = MadeUpMachine.regular(packages: 2, cores: 2, threads: 2)

  private func plan(
    _ made: MadeUpMachine, _ request: PlacementRequest = PlacementRequest(), workers: Int,
    cpus: CPUSet? = nil, quota: Double? = nil, nodes: CPUSet? = nil, isolated: CPUSet = []
  ) throws -> PlacementPlan {
    let topology = try made.read()
    let allowed = AllowedResources(
      topology: topology, cpus: cpus ?? topology.online,
      quota: quota.map { CPUQuota(cpus: $0, source: "/cpu.max") }, memoryNodes: nodes,
      isolated: isolated)
    return try Placement.plan(request, workers: workers, topology: topology, allowed: allowed)
  }

  private func expectError(
    _ line: String, _ location: SourceLocation = #_sourceLocation,
    _ body: () throws -> PlacementPlan
  ) {
    #expect(sourceLocation: location) { try body() } throws: { "\($0)" == line }
  }

  /// Elsewhere than on Linux the default steps down, and what was asked for is refused.
  @Test func withoutPinningWorkersAreNotPinned() throws {
    let request = try PlacementRequest().possible(canPin: false)
    let plan = try plan(two, request, workers: 2)
    #expect(plan.slots.map(\.cpu) == [nil, nil])
    #expect(plan.notes.contains("not pinned: the scheduler moves workers"))
    let asked = PlacementRequest(bind: .spread)
    #expect(
      throws: PlacementError(
        "--bind spread: this operating system does not pin threads; choose --bind none")
    ) { try asked.possible(canPin: false) }
    #expect(try asked.possible(canPin: true) == asked)
    #expect(try PlacementRequest(bind: Bind.none).possible(canPin: false).bind.isExplicit)
  }

  @Test func tooManyWorkersNameBothNumbers() {
    expectError(
      "cannot run 5 workers: needs 5 cores, 2 allowed (cpus 0-1, quota none); choose --workers 2 or --oversubscribe"
    ) { try plan(two, workers: 5) }
    expectError(
      "cannot run 5 workers: needs 5 cores, 4 allowed (cpus 0-7, quota none); choose --workers 4 or --oversubscribe"
    ) { try plan(smt, workers: 5) }
    expectError(
      "cannot run 9 workers: needs 9 cpus, 8 allowed (cpus 0-7, quota none); choose --workers 8 or --oversubscribe"
    ) { try plan(smt, PlacementRequest(places: .threads), workers: 9) }
    expectError("cannot run 0 workers: at least 1 is needed; choose --workers 1") {
      try plan(two, workers: 0)
    }
  }

  @Test func quotasRoundDownWithANote() throws {
    #expect(
      try plan(two, workers: 1, quota: 1.5).notes.contains(
        "quota 1.5 CPUs rounded down to 1 worker"))
    expectError(
      "cannot run 2 workers: needs 2 cores, 1 allowed (cpus 0-1, quota 1.5 CPUs); choose --workers 1 or --oversubscribe"
    ) { try plan(two, workers: 2, quota: 1.5) }
    #expect(
      try plan(two, workers: 1, quota: 0.25).notes.contains(
        "quota 0.25 CPUs: even one worker will be throttled"))
    #expect(
      try plan(two, workers: 2, quota: 2).notes == ["one memory node: placement not exercised"])
  }

  @Test func siblingsComeLastAndOnlyWhenAskedFor() throws {
    #expect(try plan(smt, workers: 4).slots.map(\.cpu) == [0, 1, 2, 3])
    let threads = try plan(smt, PlacementRequest(places: .threads), workers: 6)
    #expect(threads.slots.map(\.cpu) == [0, 1, 2, 3, 4, 5])
    #expect(threads.notes == ["workers 4-5 share a core with an earlier worker"])
    #expect(!threads.sharesCPUs)
  }

  @Test func oversubscriptionWrapsAround() throws {
    let request = PlacementRequest(oversubscribe: true)
    let wrapped = try plan(two, request, workers: 5)
    #expect(wrapped.slots.map(\.cpu) == [0, 1, 0, 1, 0])
    #expect(wrapped.sharesCPUs && wrapped.oversubscribe)
    #expect(wrapped.notes.contains("5 workers share 2 cores (quota none): oversubscribed"))
    #expect(try plan(smt, request, workers: 10).slots.map(\.cpu) == [0, 1, 2, 3, 4, 5, 6, 7, 0, 1])
    #expect(try !plan(two, request, workers: 2).sharesCPUs)
    let listed = PlacementRequest(bind: .cpus([1]), oversubscribe: true)
    #expect(try plan(two, listed, workers: 2).slots.map(\.cpu) == [1, 1])
    #expect(try plan(two, request, workers: 2, quota: 1).slots.map(\.cpu) == [0, 1])
  }

  @Test func namedCPUsKeepTheirOrder() throws {
    let request = PlacementRequest(bind: .cpus([3, 0, 2]))
    #expect(try plan(smt, request, workers: 3).slots.map(\.cpu) == [3, 0, 2])
    #expect(try plan(smt, request, workers: 2).slots.map(\.cpu) == [3, 0])
    #expect(try plan(smt, request, workers: 3).slots.map(\.node) == [1, 0, 1])
  }

  @Test func namedCPUsMustBeAllowed() throws {
    expectError("--bind cpus:7: allowed cpus are 0-1") {
      try plan(two, PlacementRequest(bind: .cpus([7])), workers: 1)
    }
    expectError("--bind cpus:0,3: allowed cpus are 0-1, isolated cpus 2") {
      try plan(
        smt, PlacementRequest(bind: .cpus([0, 3])), workers: 1, cpus: [0, 1], isolated: [2])
    }
    let isolated = try plan(
      smt, PlacementRequest(bind: .cpus([2])), workers: 1, cpus: [0, 1], isolated: [2])
    #expect(isolated.slots.map(\.cpu) == [2])
    expectError(
      "cannot run 3 workers: --bind cpus:0-1 names 2 cpus; choose --workers 2 or --oversubscribe"
    ) {
      try plan(smt, PlacementRequest(bind: .cpus([0, 1])), workers: 3)
    }
    expectError(
      "--bind cpus:0,4: cpus 0 and 4 share a core, --places cores gives each worker its own core; choose --places threads"
    ) { try plan(smt, PlacementRequest(places: .cores, bind: .cpus([0, 4])), workers: 1) }
    #expect(
      try plan(smt, PlacementRequest(bind: .cpus([0, 4])), workers: 2).notes
        == ["worker 1 shares a core with an earlier worker"])
  }

  @Test func wishesThatContradictEachOther() {
    expectError(
      "cannot keep --places sockets: --bind none pins nothing; choose --bind close or leave --places out"
    ) { try plan(smt, PlacementRequest(places: .sockets, bind: Bind.none), workers: 1) }
    expectError(
      "cannot keep --places sockets: --bind cpus:0 names the cpus; choose --bind close or leave --places out"
    ) { try plan(smt, PlacementRequest(places: .sockets, bind: .cpus([0])), workers: 1) }
  }

  @Test func placesThatTheMachineDoesNotTell() throws {
    let tree = try two.tree()
    for number in two.online { try tree.remove("/sys/devices/system/cpu/cpu\(number)/cache") }
    let topology = try Topology.read(root: tree.root)
    let allowed = AllowedResources(topology: topology, cpus: topology.online)
    expectError(
      "--places ll_caches: this machine reports no caches; choose --places sockets or cores"
    ) {
      try Placement.plan(
        PlacementRequest(places: .llCaches), workers: 1, topology: topology, allowed: allowed)
    }
  }

  @Test func nothingIsPinnedWhenAskedFor() throws {
    let free = try plan(two, PlacementRequest(bind: Bind.none), workers: 2)
    #expect(
      free.slots == [.init(worker: 0, cpu: nil, node: nil), .init(worker: 1, cpu: nil, node: nil)])
    #expect(free.memory == [.firstTouch, .firstTouch])
    #expect(free.text == "not pinned")
    #expect(free.notes.contains("not pinned: the scheduler moves workers"))
    expectError(
      "cannot run 3 workers: needs 3 cores, 2 allowed (cpus 0-1, quota none); choose --workers 2 or --oversubscribe"
    ) { try plan(two, PlacementRequest(bind: Bind.none), workers: 3) }
  }

  @Test func memoryIsLocalByDefault() throws {
    let local = try plan(smt, workers: 4)
    #expect(local.memory == [.node(0), .node(0), .node(1), .node(1)])
    #expect(local.notes.isEmpty)
    #expect(try plan(two, workers: 1).notes == ["one memory node: placement not exercised"])
  }

  @Test func memoryStepsDownToTheNearestAllowedNode() throws {
    let made = MadeUpMachine.regular(packages: 3, cores: 1, distances: MadeUpMachines.line)
    let stepped = try plan(made.without(memoryOn: [0]), workers: 3)
    #expect(stepped.memory == [.node(1), .node(1), .node(2)])
    #expect(stepped.notes == ["node 0 is without memory: its workers' memory is on node 1"])
    let forbidden = try plan(made, workers: 3, nodes: [2])
    #expect(forbidden.memory == [.node(2), .node(2), .node(2)])
    #expect(forbidden.notes.first == "node 0 is not allowed: its workers' memory is on node 2")
    expectError(
      "--mem local: node 0 of cpu 0 is not allowed, allowed memory nodes are 2; choose --mem node:2"
    ) { try plan(made, PlacementRequest(memory: .local), workers: 3, nodes: [2]) }
  }

  @Test func memoryWherePeopleWantIt() throws {
    #expect(
      try plan(smt, PlacementRequest(memory: .node(1)), workers: 2).memory == [.node(1), .node(1)])
    #expect(
      try plan(smt, PlacementRequest(memory: .interleave), workers: 2).memory
        == [.interleaved([0, 1]), .interleaved([0, 1])])
    expectError("--mem node:3: allowed memory nodes are 0-1") {
      try plan(smt, PlacementRequest(memory: .node(3)), workers: 1)
    }
    expectError("--mem node:1: allowed memory nodes are 0") {
      try plan(smt, PlacementRequest(memory: .node(1)), workers: 1, nodes: [0])
    }
  }

  @Test func slowerCoresFollowWithANote() throws {
    var made = MadeUpMachine.regular(cores: 4)
    for index in made.cpus.indices { made.cpus[index].capacity = index < 2 ? 400 : 1024 }
    #expect(try plan(made, workers: 2).slots.map(\.cpu) == [2, 3])
    let all = try plan(made, workers: 4)
    #expect(all.slots.map(\.cpu) == [2, 3, 0, 1])
    #expect(all.notes[0] == "workers 2-3 are on cores of a slower class: the curve bends there")
    #expect(
      try plan(made, workers: 1, cpus: [0, 1]).notes[0]
        == "every worker is on a core of a slower class")
  }

  /// A machine of 1,024 cores is planned for every number of workers in about a second, on a busy
  /// machine and without optimization too; finding the order anew each time took 39.
  @Test func aThousandCoresArePlannedAtOnce() throws {
    let topology = Self.large(cores: 1024)
    let allowed = AllowedResources(topology: topology, cpus: topology.online)
    let planner = PlacementPlanner(PlacementRequest(), topology: topology, allowed: allowed)
    #expect(planner.greatestWorkerCount == 1024)
    let begin = pgp_thread_cpu_ns()
    for workers in 1...1024 { #expect(try planner.plan(workers: workers).slots.count == workers) }
    #expect(Double(pgp_thread_cpu_ns() - begin) / 1e9 < 10)
    #expect(
      try planner.plan(workers: 700)
        == Placement.plan(PlacementRequest(), workers: 700, topology: topology, allowed: allowed))
  }

  /// 16 nodes in a package each, 8 cores to a cache.
  private static func large(cores count: Int) -> Topology {
    func groups(of size: Int) -> [CPUSet] {
      stride(from: 0, to: count, by: size).map { CPUSet($0..<($0 + size)) }
    }
    let perNode = count / 16
    let nodes = groups(of: perNode)
    return Topology(
      cpuModel: "Made Up 9000",
      cpus: (0..<count).map {
        .init(
          number: $0, core: $0, cache: $0 / 8, die: $0 / perNode, package: $0 / perNode,
          node: $0 / perNode, coreClass: 0)
      },
      cores: (0..<count).map { .init(index: $0, cpus: [$0]) },
      caches: groups(of: 8).enumerated().map {
        .init(index: $0.offset, level: 3, bytes: 32 << 20, cpus: $0.element)
      },
      dies: nodes.enumerated().map { .init(index: $0.offset, cpus: $0.element) },
      packages: nodes.enumerated().map {
        .init(index: $0.offset, number: $0.offset, cpus: $0.element)
      },
      nodes: nodes.enumerated().map { index, cpus in
        .init(
          number: index, cpus: cpus, hasMemory: true,
          distances: Dictionary(
            uniqueKeysWithValues: (0..<16).map { ($0, 10 + abs($0 - index)) }))
      },
      classes: [.init(index: 0, cpus: CPUSet(0..<count), evidence: "")], offline: [],
      isolated: [], notes: [])
  }
}
