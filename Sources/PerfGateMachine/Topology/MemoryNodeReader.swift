/// Reads the memory nodes below a root.
struct MemoryNodeReader {
  let facts: FactReader
  private let folder = "/sys/devices/system/node"

  init(facts: FactReader) { self.facts = facts }

  func read(online cpus: CPUSet) -> [Topology.MemoryNode] {
    let folders = facts.numbered("node", in: folder, .memoryNodes)
    var numbers = folders
    if let online = facts.list("\(folder)/online", .memoryNodes) { numbers = online }
    // Nodes without a folder have no facts; a container's tree may have the list but no folders.
    if !folders.isEmpty { numbers.formIntersection(folders) }
    guard let first = numbers.first, !folders.isEmpty else {
      facts.note(.memoryNodes, "the kernel reports no memory nodes; assuming one")
      return one(0, cpus)
    }
    let possible = facts.list("\(folder)/possible", .memoryNodes) ?? numbers
    let withMemory = facts.list("\(folder)/has_memory", .memoryNodes)
    var nodes: [Topology.MemoryNode] = []
    var taken = CPUSet()
    for number in numbers {
      let own = ownCPUs(number).intersection(cpus)
      guard own.isDisjoint(with: taken) else {
        facts.note(
          .memoryNodes,
          "\(facts.tree.full("\(folder)/node\(number)/cpulist")) names cpus "
            + "\(own.intersection(taken)) that another node has too; assuming one node")
        return one(first, cpus)
      }
      taken.formUnion(own)
      let hasMemory = withMemory?.contains(number) ?? memoryBytes(number).map { $0 > 0 }
      nodes.append(
        .init(
          number: number, cpus: own, hasMemory: hasMemory ?? true,
          distances: distances(of: number, online: numbers, possible: possible)))
    }
    if !nodes.contains(where: \.hasMemory) {
      facts.note(
        .memoryNodes, "no memory node reports memory; assuming that all have it")
      for index in nodes.indices { nodes[index].hasMemory = true }
    }
    return nodes
  }

  private func one(_ number: Int, _ cpus: CPUSet) -> [Topology.MemoryNode] {
    [.init(number: number, cpus: cpus, hasMemory: true, distances: [number: 10])]
  }

  /// The node's CPUs: from its list, else its mask, else the CPUs that its folder links to.
  private func ownCPUs(_ number: Int) -> CPUSet {
    let path = "\(folder)/node\(number)"
    return facts.list("\(path)/cpulist", .memoryNodes)
      ?? facts.mask("\(path)/cpumap", .memoryNodes)
      ?? facts.numbered("cpu", in: path, .memoryNodes)
  }

  /// The distances to the online nodes. A row has a column for each online node or, on some
  /// kernels, for each possible one.
  private func distances(of number: Int, online: CPUSet, possible: CPUSet) -> [Int: Int] {
    let path = "\(folder)/node\(number)/distance"
    guard let row = row(path) else {
      facts.note(
        .memoryNodes, "some nodes report no distances; assuming 10 to themselves and 20 to others")
      return [number: 10]
    }
    let columns: [Int]
    if row.count == online.count {
      columns = Array(online)
    } else if row.count == possible.count {
      columns = Array(possible)
    } else if row.count > online.last ?? 0 {
      columns = Array(row.indices)
      facts.note(
        .memoryNodes,
        "distance rows fit neither the online nor the possible nodes; assuming node numbers")
    } else {
      facts.ignore(
        path, .memoryNodes, found: "\(row.count) distances",
        expected: "\(online.count), one for each of the nodes \(online)")
      return [number: 10]
    }
    var distances: [Int: Int] = [:]
    for (column, distance) in zip(columns, row) where online.contains(column) {
      distances[column] = distance
    }
    return distances
  }

  private func row(_ path: String) -> [Int]? {
    guard let line = facts.word(path, .memoryNodes) else { return nil }
    var row: [Int] = []
    for word in line.split(whereSeparator: \.isWhitespace) {
      guard let distance = Int(word), (1...255).contains(distance) else {
        facts.ignore(
          path, .memoryNodes, found: "'\(abbreviated(String(word)))'",
          expected: "distances from 1 to 255")
        return nil
      }
      row.append(distance)
    }
    return row
  }

  /// The node's memory in bytes, from `Node 0 MemTotal:  16384 kB`; nil where unknown.
  private func memoryBytes(_ number: Int) -> Int? {
    let path = "\(folder)/node\(number)/meminfo"
    guard let text = facts.text(path, .memoryNodes) else { return nil }
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let label = words.firstIndex(of: "MemTotal:"), label + 1 < words.count else { continue }
      if let kilobytes = Int(words[label + 1]) { return kilobytes &* 1024 }
      facts.ignore(
        path, .memoryNodes, found: "'\(abbreviated(String(words[label + 1])))'",
        expected: "a number of kB")
    }
    return nil
  }
}
