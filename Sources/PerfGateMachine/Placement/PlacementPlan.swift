/// Where the memory of one worker goes.
package enum MemoryTarget: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Bound to this node.
  case node(Int)
  /// In turn over these nodes.
  case interleaved(CPUSet)
  /// Wherever its first touch lands.
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

/// Where each worker of one run goes, and what was stepped down from.
package struct PlacementPlan: Hashable, Sendable, Codable {
  /// One slot a worker, worker i at index i.
  package var slots: [WorkerSlot]
  /// Each worker's memory, worker i at index i.
  package var memory: [MemoryTarget]
  /// What the slots are handed out over.
  package var places: Places
  /// How the slots follow each other.
  package var bind: Bind
  /// The memory policy that the targets come from.
  package var memoryPolicy: MemoryPolicy
  /// Whether more workers than cores were asked for.
  package var oversubscribe: Bool
  /// Whether there are more workers than CPUs to hand out; only then may two share one.
  package var sharesCPUs: Bool
  /// What the reader of the record must know: steps down, siblings, rounded quotas.
  package var notes: [String]

  /// A plan from its parts.
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

  /// The CPUs in use, each once.
  package var cpus: CPUSet { CPUSet(slots.compactMap(\.cpu)) }

  /// The CPUs in worker order, `cpu 0,2,4-7`; `not pinned` without any.
  package var text: String {
    let list = slots.compactMap(\.cpu)
    guard list.count == slots.count, !list.isEmpty else { return "not pinned" }
    return "cpu \(Bind.text(list, shortestRange: 3))"
  }
}

/// Why workers cannot be placed as wished.
package struct PlacementError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what was wished for, what is there, what to do.
  package var description: String

  /// An error with its one line.
  package init(_ description: String) { self.description = description }
}
