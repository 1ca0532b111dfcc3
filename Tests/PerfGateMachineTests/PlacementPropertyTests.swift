import PerfGateMachine
import Testing

/// What holds of every plan, on the made-up machines and on drawn ones, with drawn masks and quotas.
@Suite struct PlacementPropertyTests {
  @Test(arguments: MadeUpMachines.all.map(\.name))
  func holdOnMadeUpMachines(name: String) throws {
    let made = try #require(MadeUpMachines.all.first { $0.name == name }).made
    let topology = try made.read()
    var random = SplitMix(seed: UInt64(name.count))
    let masks = [topology.online] + (0..<3).map { _ in drawnMask(topology, &random) }
    for mask in masks {
      check(topology, AllowedResources(topology: topology, cpus: mask))
    }
  }

  @Test(arguments: 1...24)
  func holdOnDrawnMachines(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    var made = MadeUpMachine.regular(
      packages: Int.random(in: 1...3, using: &random), nodes: Int.random(in: 1...3, using: &random),
      caches: Int.random(in: 1...2, using: &random), cores: Int.random(in: 1...3, using: &random),
      threads: Int.random(in: 1...2, using: &random), siblingsAdjacent: Bool.random(using: &random))
    if Bool.random(using: &random) {
      for index in made.cpus.indices {
        made.cpus[index].capacity = [1024, 700, 300][made.cpus[index].core % 3]
      }
    }
    for node in made.distances.keys {
      made.distances[node] = made.nodeMegabytes.keys.sorted().map {
        $0 == node ? 10 : Int.random(in: 11...60, using: &random)
      }
    }
    let topology = try made.read()
    for _ in 0..<3 {
      let quota =
        Bool.random(using: &random)
        ? CPUQuota(cpus: Double.random(in: 0.3...6, using: &random), source: "/cpu.max") : nil
      check(
        topology,
        AllowedResources(topology: topology, cpus: drawnMask(topology, &random), quota: quota))
    }
  }

  private func drawnMask(_ topology: Topology, _ random: inout SplitMix) -> CPUSet {
    let mask = CPUSet(topology.online.filter { _ in Bool.random(using: &random) })
    return mask.isEmpty ? topology.online : mask
  }

  private func check(_ topology: Topology, _ allowed: AllowedResources) {
    for places in Places.allCases {
      for bind in [Bind.close, .spread] {
        let request = PlacementRequest(places: places, bind: bind)
        let greatest = Placement.greatestWorkerCount(request, topology: topology, allowed: allowed)
        let most = places == .threads ? allowed.cpus.count : allowed.cores
        #expect(greatest == min(most, allowed.quota?.workers ?? most))
        #expect(throws: PlacementError.self) {
          try Placement.plan(request, workers: greatest + 1, topology: topology, allowed: allowed)
        }
        var previous: [WorkerSlot] = []
        for workers in 1...greatest {
          guard
            let plan = try? Placement.plan(
              request, workers: workers, topology: topology, allowed: allowed)
          else {
            Issue.record("no plan for \(workers) workers, \(places) \(bind)")
            return
          }
          #expect(Array(plan.slots.dropLast()) == previous, "prefixes are nested")
          previous = plan.slots
        }
        slots(previous, topology, allowed, places)
      }
    }
  }

  private func slots(
    _ slots: [WorkerSlot], _ topology: Topology, _ allowed: AllowedResources, _ places: Places
  ) {
    let cpus = slots.compactMap(\.cpu)
    #expect(cpus.count == slots.count)
    #expect(Set(cpus).count == cpus.count, "no cpu twice")
    #expect(CPUSet(cpus).isSubset(of: allowed.cpus), "only allowed cpus")
    #expect(slots.map(\.worker) == Array(slots.indices))
    for slot in slots { #expect(slot.node == slot.cpu.flatMap { topology.cpu($0)?.node }) }
    // Siblings last: once a core appears again, no new core may follow.
    var seen = Set<Int>()
    var repeated = false
    for cpu in cpus {
      let isNew = seen.insert(topology.cpu(cpu)?.core ?? -1).inserted
      #expect(!(isNew && repeated), "siblings last")
      if !isNew { repeated = true }
    }
    if places != .threads { #expect(!repeated) }
    // Slower classes never before faster ones, among the cores' first CPUs.
    let classes = cpus.prefix(seen.count).compactMap { topology.cpu($0)?.coreClass }
    #expect(classes == classes.sorted())
  }

  /// Close fills a cache before it opens the next of its node, and a node before the next.
  @Test(arguments: ["two-nodes-smt", "four-nodes", "eight-nodes", "epyc-128"])
  func closeFillsWhatItBegan(name: String) throws {
    let made = try #require(MadeUpMachines.all.first { $0.name == name }).made
    let topology = try made.read()
    let allowed = AllowedResources(topology: topology, cpus: topology.online)
    let plan = try Placement.plan(
      PlacementRequest(), workers: allowed.cores, topology: topology, allowed: allowed)
    let places = plan.slots.compactMap { $0.cpu.flatMap(topology.cpu) }
    #expect(changes(places.map(\.cache)) == topology.caches.count)
    #expect(changes(places.map { $0.node ?? -1 }) == topology.nodes.count)
  }

  /// Spread has used every node before it uses one twice.
  @Test(arguments: ["two-nodes-smt", "four-nodes", "eight-nodes", "epyc-128"])
  func spreadUsesEverythingFirst(name: String) throws {
    let made = try #require(MadeUpMachines.all.first { $0.name == name }).made
    let topology = try made.read()
    let plan = try Placement.plan(
      PlacementRequest(bind: .spread), workers: topology.nodes.count, topology: topology,
      allowed: AllowedResources(topology: topology, cpus: topology.online))
    #expect(Set(plan.slots.map(\.node)).count == topology.nodes.count)
  }

  /// How many runs of equal values there are.
  private func changes(_ values: [Int]) -> Int {
    values.isEmpty ? 0 : 1 + zip(values, values.dropFirst()).count { $0 != $1 }
  }
}
