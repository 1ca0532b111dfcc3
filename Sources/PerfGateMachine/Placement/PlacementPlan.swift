/// Where the memory of one worker goes.
public enum MemoryTarget: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Bound to this node.
  case node(Int)
  /// In turn over these nodes.
  case interleaved(CPUSet)
  /// Wherever its first touch lands.
  case firstTouch

  /// `node 0`, `interleaved over nodes 0-3`, `first touch`.
  public var description: String {
    switch self {
    case .node(let number): "node \(number)"
    case .interleaved(let nodes): "interleaved over nodes \(nodes)"
    case .firstTouch: "first touch"
    }
  }
}

/// Where each worker of one run goes, and what was stepped down from.
public struct PlacementPlan: Hashable, Sendable, Codable {
  /// One slot a worker, worker i at index i.
  public var slots: [WorkerSlot]
  /// Each worker's memory, worker i at index i.
  public var memory: [MemoryTarget]
  /// What the slots are handed out over.
  public var places: Places
  /// How the slots follow each other.
  public var bind: Bind
  /// The memory policy that the targets come from.
  public var memoryPolicy: MemoryPolicy
  /// Whether more workers than cores were asked for.
  public var oversubscribe: Bool
  /// Whether there are more workers than CPUs to hand out; only then may two share one.
  public var sharesCPUs: Bool
  /// What the reader of the record must know: steps down, siblings, rounded quotas.
  public var notes: [String]

  /// A plan from its parts.
  public init(
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
  public var cpus: CPUSet { CPUSet(slots.compactMap(\.cpu)) }

  /// The CPUs in worker order, `cpu 0,2,4-7`; `not pinned` without any.
  public var text: String {
    let list = slots.compactMap(\.cpu)
    guard list.count == slots.count, !list.isEmpty else { return "not pinned" }
    return "cpu \(Bind.text(list, shortestRange: 3))"
  }
}

/// Why workers cannot be placed as wished.
public struct PlacementError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what was wished for, what is there, what to do.
  public var description: String

  /// An error with its one line.
  public init(_ description: String) { self.description = description }
}
