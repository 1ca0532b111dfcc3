import PerfGateMachine
import PerfGateWorkers

/// Where the workers of another process run, with their memory and their inputs, as the arm protocol
/// spells it: `0-3,8 node:0*4,local/interleave:0-1`.
package struct WirePlacement: Hashable, Sendable {
  /// The CPU of each worker in order, `nil` for a worker that is not pinned; without a list there are
  /// as many workers that are not pinned as a run asks for.
  package var cpus: [Int?]?
  /// The memory of each worker in order; a single target holds for all. The empty set of nodes
  /// stands for all nodes that the process may use.
  package var memory: [MemoryTarget]
  /// Where inputs that all workers read go; `nil`: where they are first touched.
  package var input: InputPlacement?

  package init(cpus: [Int?]?, memory: [MemoryTarget] = [.firstTouch], input: InputPlacement? = nil)
  {
    self.cpus = cpus
    self.memory = memory
    self.input = input
  }

  /// The placement of a plan.
  package init(plan: PlacementPlan, input: InputPlacement?) {
    self.init(cpus: plan.slots.map(\.cpu), memory: plan.memory, input: input)
    if memory.isEmpty { memory = [.firstTouch] }
    // One worker that is not pinned is what `none` begins with.
    if cpus == [nil] { cpus = nil }
  }

  /// One slot for each worker; with as many workers as asked for, one.
  package var slots: [WorkerSlot] {
    (cpus ?? [nil]).enumerated().map { WorkerSlot(worker: $0, cpu: $1, node: nil) }
  }

  /// The CPUs of all workers; `nil` if one of them is not pinned.
  package var allCPUs: CPUSet? {
    guard let cpus, !cpus.isEmpty else { return nil }
    let known = cpus.compactMap(\.self)
    return known.count == cpus.count ? CPUSet(known) : nil
  }
}

// MARK: - Writing

extension WirePlacement {
  /// The two fields of the request: CPUs and memory.
  package var text: String { "\(cpuText) \(memoryText)" }

  private var cpuText: String {
    guard let cpus else { return "none" }
    var parts: [String] = []
    var rest = cpus[...]
    while let first = rest.popFirst() {
      var count = 1
      guard let cpu = first else {
        while let next = rest.first, next == nil {
          rest.removeFirst()
          count += 1
        }
        parts.append("none*\(count)")
        continue
      }
      while let next = rest.first, next == cpu + count {
        rest.removeFirst()
        count += 1
      }
      parts.append(count == 1 ? "\(cpu)" : "\(cpu)-\(cpu + count - 1)")
    }
    return parts.joined(separator: ",")
  }

  private var memoryText: String {
    var parts: [String] = []
    var rest = memory[...]
    // Equal targets of all workers are one word.
    if Set(memory).count == 1, memory.count == (cpus?.count ?? memory.count) {
      rest = memory.prefix(1)
    }
    while let target = rest.popFirst() {
      var count = 1
      while rest.first == target {
        rest.removeFirst()
        count += 1
      }
      parts.append(Self.text(target) + (count == 1 ? "" : "*\(count)"))
    }
    let workers = parts.joined(separator: ",")
    guard let input else { return workers }
    return "\(workers)/\(Self.text(input.target))\(input.isExplicit ? "!" : "")"
  }

  private static func text(_ target: MemoryTarget) -> String {
    switch target {
    case .firstTouch: "local"
    case .node(let number): "node:\(number)"
    case .interleaved(let nodes):
      nodes.isEmpty
        ? "interleave" : "interleave:" + "\(nodes)".replacing(",", with: "+")
    }
  }
}

// MARK: - Reading

extension WirePlacement {
  /// Reads the two fields of the request.
  package init(cpus: String, memory: String) throws(ArmRequestError) {
    self.cpus = cpus == "none" ? nil : try Self.cpus(cpus)
    let parts = memory.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    self.memory = []
    for part in parts[0].split(separator: ",", omittingEmptySubsequences: false) {
      let (target, count) = try Self.repeated(part)
      guard self.memory.count + count <= Executors.maximumWorkers else { throw Self.tooMany }
      self.memory += Array(repeating: try Self.target(target), count: count)
    }
    if parts.count == 2 {
      let isExplicit = parts[1].hasSuffix("!")
      input = InputPlacement(
        target: try Self.target(isExplicit ? parts[1].dropLast() : parts[1]),
        isExplicit: isExplicit)
    }
    if let workers = self.cpus?.count, ![1, workers].contains(self.memory.count) {
      throw ArmRequestError(
        "MEMORY has \(self.memory.count) targets for \(workers) workers: expected one for each, or "
          + "one for all")
    }
  }

  private static let tooMany = ArmRequestError(
    "the request places more than \(Executors.maximumWorkers) workers")

  private static func cpus(_ text: String) throws(ArmRequestError) -> [Int?] {
    var cpus: [Int?] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let new: [Int?]
      if part.hasPrefix("none") {
        new = Array(repeating: nil, count: try repeated(part).count)
        guard try repeated(part).word == "none" else { throw unreadable("CPUS", part) }
      } else {
        let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let low = WireText.number(ends[0], in: 0...CPUSet.maximum),
          let high = WireText.number(ends[ends.count - 1], in: low...CPUSet.maximum)
        else { throw unreadable("CPUS", part) }
        guard high - low < Executors.maximumWorkers else { throw tooMany }
        new = Array(low...high)
      }
      cpus += new
      guard cpus.count <= Executors.maximumWorkers else { throw tooMany }
    }
    return cpus
  }

  /// Reads `WORD` or `WORD*COUNT`.
  private static func repeated(
    _ part: Substring
  ) throws(ArmRequestError) -> (word: Substring, count: Int) {
    let words = part.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2 else { return (part, 1) }
    guard let count = WireText.number(words[1], in: 1...Executors.maximumWorkers) else {
      throw unreadable("a number of workers", part)
    }
    return (words[0], count)
  }

  private static func target(_ text: Substring) throws(ArmRequestError) -> MemoryTarget {
    switch text {
    case "local": return .firstTouch
    case "interleave": return .interleaved([])
    default: break
    }
    let words = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, !words[1].isEmpty, !words[1].contains(",") else {
      throw unreadable("MEMORY", text)
    }
    switch words[0] {
    case "node":
      guard let node = WireText.number(words[1], in: 0...CPUSet.maximum) else { break }
      return .node(node)
    case "interleave":
      guard let nodes = try? CPUSet(parsing: words[1].replacing("+", with: ",")) else { break }
      return .interleaved(nodes)
    default: break
    }
    throw unreadable("MEMORY", text)
  }

  private static func unreadable(_ field: String, _ part: Substring) -> ArmRequestError {
    ArmRequestError("cannot read \(field): \(part.isEmpty ? "a part is empty" : "found \(part)")")
  }
}

extension MemoryTarget {
  /// The target with all nodes that this process may use in place of none.
  var resolved: MemoryTarget {
    guard case .interleaved(let nodes) = self, nodes.isEmpty else { return self }
    let allowed = NumaState.allowedMemoryNodes() ?? []
    return allowed.count > 1 ? .interleaved(allowed) : .firstTouch
  }
}
