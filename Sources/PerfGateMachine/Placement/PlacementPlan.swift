/// Where one worker's memory goes.
package enum MemoryTarget: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Bound to this node.
  case node(Int)
  /// Pages alternate between these nodes.
  case interleaved(CPUSet)
  /// On the node of the thread that touches it first.
  case firstTouch

  /// `node 0`, `interleaved over nodes 0-3`, `first touch`.
  package var description: String {
    switch self {
    case .node(let number): "node \(number)"
    case .interleaved(let nodes): "interleaved over nodes \(nodes)"
    case .firstTouch: "first touch"
    }
  }
}

/// Where each worker of one run goes, and where that is less than the request.
package struct PlacementPlan: Hashable, Sendable, Codable {
  /// One slot per worker, worker i at index i.
  package var slots: [WorkerSlot]
  /// Each worker's memory, worker i at index i.
  package var memory: [MemoryTarget]
  /// The kind of places that workers are assigned to.
  package var places: Places
  /// The order in which workers take the places.
  package var bind: Bind
  /// The memory policy that the targets come from.
  package var memoryPolicy: MemoryPolicy
  /// Whether more workers than cores were asked for.
  package var oversubscribe: Bool
  /// Whether there are more workers than CPUs; only then may two share one.
  package var sharesCPUs: Bool
  /// What readers of the record must know: what differs from the request, siblings, rounded quotas.
  package var notes: [String]

  package init(
    slots: [WorkerSlot], memory: [MemoryTarget], places: Places, bind: Bind,
    memoryPolicy: MemoryPolicy, oversubscribe: Bool = false, sharesCPUs: Bool = false,
    notes: [String] = []
  ) {
    self.slots = slots
    self.memory = memory
    self.places = places
    self.bind = bind
    self.memoryPolicy = memoryPolicy
    self.oversubscribe = oversubscribe
    self.sharesCPUs = sharesCPUs
    self.notes = notes
  }

  /// The CPUs in use.
  package var cpus: CPUSet { CPUSet(slots.compactMap(\.cpu)) }

  /// The CPUs in worker order, such as `cpu 0,2,4-7`; `not pinned` without any.
  package var text: String {
    let list = slots.compactMap(\.cpu)
    guard list.count == slots.count, !list.isEmpty else { return "not pinned" }
    return "cpu \(Bind.text(list, shortestRange: 3))"
  }
}

/// Why workers cannot be placed as requested.
package struct PlacementError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what was requested, what was found, what to do.
  package var description: String

  package init(_ description: String) { self.description = description }
}
