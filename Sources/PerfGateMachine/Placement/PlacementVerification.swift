/// Whether a run was placed as planned, according to its workers' observations.
package struct PlacementVerification: Hashable, Sendable {
  /// One way in which a run was not placed as planned.
  package enum Finding: Hashable, Sendable, CustomStringConvertible {
    /// Two workers got the same CPU although there are enough CPUs.
    case sharedCPU(cpu: Int, workers: [Int])
    /// A worker's mask is not exactly the CPU of its slot.
    case otherMask(worker: Int, planned: Int, mask: CPUSet)
    /// A worker ran on a CPU other than its slot's.
    case otherCPU(worker: Int, planned: Int, seen: Int)
    /// The kernel moved a pinned worker.
    case migrated(worker: Int, times: Int)
    /// Pages of a worker's buffer are on other nodes than planned.
    case otherNode(worker: Int, planned: String, pagesElsewhere: Int, pages: Int)
    /// An interleaved buffer is not spread evenly.
    case uneven(worker: Int, nodes: String, least: Int, greatest: Int)
    /// A worker has no observation, or one that cannot prove its placement.
    case unseen(worker: Int, what: String)

    /// The finding's name, for programs.
    package var code: String {
      switch self {
      case .sharedCPU: "sharedCPU"
      case .otherMask: "otherMask"
      case .otherCPU: "otherCPU"
      case .migrated: "migrated"
      case .otherNode: "otherNode"
      case .uneven: "uneven"
      case .unseen: "unseen"
      }
    }

    /// One line: what was planned and what was found.
    package var description: String {
      switch self {
      case .sharedCPU(let cpu, let workers):
        "workers \(CPUSet(workers)) share cpu \(cpu) although there are enough cpus"
      case .otherMask(let worker, let planned, let mask):
        "worker \(worker) was planned on cpu \(planned) but may run on cpus \(mask)"
      case .otherCPU(let worker, let planned, let seen):
        "worker \(worker) was planned on cpu \(planned) but ran on cpu \(seen)"
      case .migrated(let worker, let times):
        "worker \(worker) is pinned but was moved \(times) times"
      case .otherNode(let worker, let planned, let elsewhere, let pages):
        "worker \(worker)'s memory was planned on \(planned): \(elsewhere) of \(pages) pages are elsewhere"
      case .uneven(let worker, let nodes, let least, let greatest):
        "worker \(worker)'s memory is interleaved over nodes \(nodes): from \(least) to \(greatest) pages each"
      case .unseen(let worker, let what): "worker \(worker): \(what)"
      }
    }
  }

  /// What is wrong, in worker order; empty when everything is in place.
  package var findings: [Finding]
  /// What could not be checked here, such as memory on a kernel that reports no nodes.
  package var unchecked: [String]
  /// The workers' observations.
  package var observations: [PlacementObservation]

  /// Whether every worker was where the plan put it.
  package var isVerified: Bool { findings.isEmpty }

  /// `verified`, or the first finding and how many more.
  package var text: String {
    guard let first = findings.first else {
      return unchecked.isEmpty
        ? "verified" : "verified; not checked: \(unchecked.joined(separator: ", "))"
    }
    return findings.count == 1 ? "\(first)" : "\(first); and \(findings.count - 1) more"
  }

  /// Compares a plan with its workers' observations. Plans are not trusted either: one that assigns
  /// the same CPU twice is reported.
  package static func check(_ plan: PlacementPlan, _ observations: [PlacementObservation])
    -> PlacementVerification
  {
    var check = PlacementCheck(plan: plan)
    check.shared(observations)
    for (worker, slot) in plan.slots.enumerated() {
      let seen = observations.filter { $0.worker == worker }
      guard let observation = seen.first, seen.count == 1 else {
        check.findings.append(
          .unseen(worker: worker, what: "\(seen.count) observations, expected 1"))
        continue
      }
      if let cpu = slot.cpu { check.place(observation, cpu) }
      check.memory(observation)
    }
    return PlacementVerification(
      findings: check.findings, unchecked: check.unchecked, observations: observations)
  }
}

/// The steps of one check, and their findings.
private struct PlacementCheck {
  let plan: PlacementPlan
  var findings: [PlacementVerification.Finding] = []
  var unchecked: [String] = []

  /// Finds CPUs that two workers share, in the plan and in the masks that the workers observed.
  mutating func shared(_ observations: [PlacementObservation]) {
    guard !plan.sharesCPUs else { return }
    var workers: [Int: Set<Int>] = [:]
    for slot in plan.slots {
      if let cpu = slot.cpu { workers[cpu, default: []].insert(slot.worker) }
    }
    let pinned = Set(plan.slots.filter { $0.cpu != nil }.map(\.worker))
    for observation in observations where pinned.contains(observation.worker) {
      guard let mask = observation.mask, mask.count == 1, let cpu = mask.first else { continue }
      workers[cpu, default: []].insert(observation.worker)
    }
    for (cpu, group) in workers.sorted(by: { $0.key < $1.key }) where group.count > 1 {
      findings.append(.sharedCPU(cpu: cpu, workers: group.sorted()))
    }
  }

  mutating func place(_ observation: PlacementObservation, _ cpu: Int) {
    let worker = observation.worker
    if let mask = observation.mask {
      if mask != [cpu] { findings.append(.otherMask(worker: worker, planned: cpu, mask: mask)) }
    } else {
      findings.append(.unseen(worker: worker, what: "its mask cannot be read"))
    }
    if observation.cpuBefore == nil || observation.cpuAfter == nil { note("getcpu") }
    for seen in Set([observation.cpuBefore, observation.cpuAfter].compactMap(\.self)).sorted()
    where seen != cpu {
      findings.append(.otherCPU(worker: worker, planned: cpu, seen: seen))
    }
    if let times = observation.migrations {
      if times > 0 { findings.append(.migrated(worker: worker, times: times)) }
    } else {
      note("migrations")
    }
  }

  mutating func memory(_ observation: PlacementObservation) {
    guard let residency = observation.residency else { return }
    guard residency.method != .unknown, residency.pages > 0 else {
      note(residency.method == .unknown ? "pages by node" : "untouched memory")
      return
    }
    let worker = observation.worker
    let target = plan.memory.indices.contains(worker) ? plan.memory[worker] : .firstTouch
    switch target {
    case .firstTouch: break
    case .node(let node):
      elsewhere(worker, target, residency) { $0 == node }
    case .interleaved(let nodes):
      elsewhere(worker, target, residency, nodes.contains)
      let counts = nodes.map { residency.pagesByNode[$0] ?? 0 }
      let least = counts.min() ?? 0
      let greatest = counts.max() ?? 0
      let even = residency.pages / Swift.max(1, counts.count)
      // A tenth: more than the one huge page by which nodes may differ in a large buffer.
      if greatest - least > Swift.max(2, even / 10) {
        findings.append(
          .uneven(worker: worker, nodes: "\(nodes)", least: least, greatest: greatest))
      }
    }
  }

  private mutating func elsewhere(
    _ worker: Int, _ target: MemoryTarget, _ residency: PageResidency, _ isPlanned: (Int) -> Bool
  ) {
    let wrong = residency.pagesByNode.filter { !isPlanned($0.key) }.values.reduce(0, +)
    guard wrong > 0 else { return }
    findings.append(
      .otherNode(
        worker: worker, planned: "\(target)", pagesElsewhere: wrong, pages: residency.pages))
  }

  private mutating func note(_ what: String) {
    if !unchecked.contains(what) { unchecked.append(what) }
  }
}
