/// Turns a request, a machine and a number of workers into slots, as a pure function.
package enum Placement {
  /// The slots of this many workers, or an error of one line that says why there are none.
  package static func plan(
    _ request: PlacementRequest, workers: Int, topology: Topology, allowed: AllowedResources
  ) throws(PlacementError) -> PlacementPlan {
    try PlacementPlanner(request, topology: topology, allowed: allowed).plan(workers: workers)
  }

  /// The most workers that the request allows without `--oversubscribe`.
  package static func greatestWorkerCount(
    _ request: PlacementRequest, topology: Topology, allowed: AllowedResources
  ) -> Int {
    PlacementPlanner(request, topology: topology, allowed: allowed).greatestWorkerCount
  }
}

/// Makes plans for many numbers of workers: it finds the order of the CPUs only once.
package struct PlacementPlanner: Sendable {
  private let planner: Planner
  private let seats: [Seat]

  /// Creates a planner for one request on one machine.
  package init(_ request: PlacementRequest, topology: Topology, allowed: AllowedResources) {
    planner = Planner(request: request, topology: topology, allowed: allowed)
    seats = planner.order.map { Seat($0, topology.cpu($0)) }
  }

  /// The most workers that the request allows without `--oversubscribe`.
  package var greatestWorkerCount: Int { planner.room.count }

  /// The slots of this many workers, or an error of one line that says why there are none.
  package func plan(workers: Int) throws(PlacementError) -> PlacementPlan {
    guard workers >= 1 else {
      throw PlacementError(
        "cannot run \(workers) workers: at least 1 is needed; choose --workers 1")
    }
    var planner = planner
    try planner.check(workers)
    let slots = (0..<workers).map { worker in
      let seat = seats.isEmpty ? nil : seats[worker % seats.count]
      return WorkerSlot(worker: worker, cpu: seat?.cpu, node: seat?.node)
    }
    planner.noteSharing(seats, workers: workers)
    let request = planner.request
    let memory = try planner.memory(for: slots)
    return PlacementPlan(
      slots: slots, memory: memory, places: request.places.value, bind: request.bind.value,
      memoryPolicy: request.memory.value, oversubscribe: request.oversubscribe,
      sharesCPUs: !seats.isEmpty && workers > seats.count, notes: planner.notes)
  }
}

/// One CPU for a worker, with the facts that a plan needs.
private struct Seat: Sendable {
  var cpu: Int
  var node: Int?
  var coreClass: Int
  var core: Int?

  init(_ number: Int, _ cpu: Topology.LogicalCPU?) {
    self.cpu = number
    node = cpu?.node
    coreClass = cpu?.coreClass ?? 0
    core = cpu?.core
  }
}

/// The steps of one plan, and their notes.
private struct Planner {
  let request: PlacementRequest
  let topology: Topology
  let allowed: AllowedResources
  var notes: [String] = []

  /// How many workers fit, and the unit that limits them.
  var room: (count: Int, unit: String) {
    var count: Int
    var unit = "cores"
    if case .cpus(let list) = request.bind.value {
      (count, unit) = (list.count, "cpus")
    } else if request.places.value == .threads {
      (count, unit) = (allowed.cpus.count, "cpus")
    } else {
      count = allowed.cores
    }
    if let quota = allowed.quota { count = Swift.min(count, quota.workers) }
    return (count, unit)
  }

  /// The CPUs to assign in turn; empty when nothing is pinned.
  var order: [Int] {
    switch request.bind.value {
    case .cpus(let list): list
    case .none: []
    case .close, .spread:
      PlaceOrder(topology: topology, allowed: allowed.cpus).cpus(
        places: request.places.value, spread: request.bind.value == .spread,
        siblings: request.places.value == .threads || request.oversubscribe)
    }
  }

  /// Checks that this many workers can be placed as requested.
  mutating func check(_ workers: Int) throws(PlacementError) {
    if case .cpus(let list) = request.bind.value { try check(list) }
    try checkRoom(for: workers)
    switch request.bind.value {
    case .cpus: break
    case .none:
      if request.places.isExplicit {
        throw PlacementError(
          "cannot keep --places \(request.places.value): --bind none pins nothing; "
            + "choose --bind close or leave --places out")
      }
    case .close, .spread:
      if request.places == .explicitly(.llCaches), topology.caches.allSatisfy({ $0.level == nil }) {
        throw PlacementError(
          "--places ll_caches: this machine reports no caches; choose --places sockets or cores")
      }
    }
  }

  private mutating func checkRoom(for workers: Int) throws(PlacementError) {
    let quotaText = allowed.quota.map { "quota \($0)" } ?? "quota none"
    if let quota = allowed.quota {
      if quota.cpus < 1 {
        notes.append("\(quotaText): even one worker will be throttled")
      } else if Double(quota.workers) != quota.cpus {
        notes.append(
          "\(quotaText) rounded down to \(quota.workers) "
            + (quota.workers == 1 ? "worker" : "workers"))
      }
    }
    let (count, unit) = room
    guard workers > count else { return }
    if request.oversubscribe {
      notes.append("\(workers) workers share \(count) \(unit) (\(quotaText)): oversubscribed")
      return
    }
    if case .cpus(let list) = request.bind.value, list.count == count {
      throw PlacementError(
        "cannot run \(workers) workers: --bind \(request.bind.value) names \(list.count) "
          + (list.count == 1 ? "cpu" : "cpus") + "; choose --workers \(count) or --oversubscribe")
    }
    throw PlacementError(
      "cannot run \(workers) workers: needs \(workers) \(unit), \(count) allowed "
        + "(cpus \(allowed.cpus), \(quotaText)); choose --workers \(count) or --oversubscribe")
  }

  /// Checks the CPUs of `--bind cpus:`. Isolated CPUs are not in the default mask but may be named.
  private func check(_ list: [Int]) throws(PlacementError) {
    let nameable = allowed.cpus.union(allowed.isolated)
    guard list.allSatisfy(nameable.contains) else {
      let isolated = allowed.isolated.isEmpty ? "" : ", isolated cpus \(allowed.isolated)"
      throw PlacementError(
        "--bind \(request.bind.value): allowed cpus are \(allowed.cpus)\(isolated)")
    }
    guard request.places.isExplicit else { return }
    guard request.places.value == .cores || request.places.value == .threads else {
      throw PlacementError(
        "cannot keep --places \(request.places.value): --bind \(request.bind.value) names the cpus; "
          + "choose --bind close or leave --places out")
    }
    if request.places.value == .cores, let (first, second) = sharing(list) {
      throw PlacementError(
        "--bind \(request.bind.value): cpus \(first) and \(second) share a core, --places cores gives "
          + "each worker its own core; choose --places threads")
    }
  }

  /// The first two CPUs of the list that are siblings.
  private func sharing(_ list: [Int]) -> (Int, Int)? {
    var seen: [Int: Int] = [:]
    for number in list {
      guard let core = topology.cpu(number)?.core else { continue }
      if let other = seen[core] { return (other, number) }
      seen[core] = number
    }
    return nil
  }

  /// Notes which workers did not get a fast core of their own.
  mutating func noteSharing(_ seats: [Seat], workers: Int) {
    if case .none = request.bind.value { notes.append("not pinned: the scheduler moves workers") }
    guard !seats.isEmpty else { return }
    var slow: [Int] = []
    var shared: [Int] = []
    var cores = Set<Int>()
    for worker in 0..<workers {
      let seat = seats[worker % seats.count]
      if seat.coreClass > 0 { slow.append(worker) }
      if let core = seat.core, !cores.insert(core).inserted { shared.append(worker) }
    }
    if slow.count == workers {
      notes.append("every worker is on a core of a slower class")
    } else if !slow.isEmpty {
      let who = Self.workers(slow, "is on a core", "are on cores")
      notes.append("\(who) of a slower class: the curve bends there")
    }
    if !shared.isEmpty {
      notes.append("\(Self.workers(shared, "shares", "share")) a core with an earlier worker")
    }
  }

  /// Such as `worker 3 shares` or `workers 3-5 share`.
  private static func workers(_ list: [Int], _ one: String, _ many: String) -> String {
    list.count == 1 ? "worker \(list[0]) \(one)" : "workers \(CPUSet(list)) \(many)"
  }

  mutating func memory(for slots: [WorkerSlot]) throws(PlacementError) -> [MemoryTarget] {
    switch request.memory.value {
    case .node(let number):
      guard allowed.memoryNodes.contains(number) else {
        throw PlacementError(
          "--mem node:\(number): allowed memory nodes are \(allowed.memoryNodes)")
      }
      return slots.map { _ in .node(number) }
    case .interleaveOver(let nodes):
      guard nodes.isSubset(of: allowed.memoryNodes) else {
        throw PlacementError(
          "--mem interleave:\(nodes): allowed memory nodes are \(allowed.memoryNodes)")
      }
      return slots.map { _ in .interleaved(nodes) }
    case .interleave:
      noteOneNode("--mem interleave")
      let nodes = topology.interleavedNodes(among: allowed.memoryNodes)
      let rest = allowed.memoryNodes.subtracting(nodes)
      if !rest.isEmpty {
        notes.append(
          "memory nodes \(rest) have no cpus and are not used: to use them, choose "
            + "--mem interleave:\(allowed.memoryNodes)")
      }
      return slots.map { _ in .interleaved(nodes) }
    case .local:
      noteOneNode("placement")
      var targets: [MemoryTarget] = []
      for slot in slots { targets.append(try local(slot)) }
      return targets
    }
  }

  private mutating func noteOneNode(_ what: String) {
    if topology.nodes.count == 1 { notes.append("one memory node: \(what) not exercised") }
  }

  private mutating func local(_ slot: WorkerSlot) throws(PlacementError) -> MemoryTarget {
    guard let node = slot.node else { return .firstTouch }
    if allowed.memoryNodes.contains(node) { return .node(node) }
    guard let near = topology.nearestMemoryNode(to: node, among: allowed.memoryNodes) else {
      return .firstTouch
    }
    let why = topology.node(node)?.hasMemory == true ? "not allowed" : "without memory"
    if request.memory.isExplicit {
      throw PlacementError(
        "--mem local: node \(node) of cpu \(slot.cpu ?? 0) is \(why), allowed memory nodes are "
          + "\(allowed.memoryNodes); choose --mem node:\(near)")
    }
    let note = "node \(node) is \(why): its workers' memory is on node \(near)"
    if !notes.contains(note) { notes.append(note) }
    return .node(near)
  }
}
