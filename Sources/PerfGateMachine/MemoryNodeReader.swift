/// Reads the memory nodes below a root.
struct MemoryNodeReader {
  let tree: SystemTree
  var notes: [String] = []
  private let folder = "/sys/devices/system/node"

  init(tree: SystemTree) { self.tree = tree }

  mutating func read(online cpus: CPUSet) throws(MachineError) -> [Topology.MemoryNode] {
    let folders = try tree.numbered("node", in: folder)
    var numbers = folders
    if let online = try tree.list("\(folder)/online") { numbers = online }
    // Numbers without a folder tell nothing; a container's tree may have the list and no folders.
    if !folders.isEmpty { numbers.formIntersection(folders) }
    guard !numbers.isEmpty, !folders.isEmpty else {
      notes.append("the kernel tells no memory nodes: taken for one")
      return [.init(number: 0, cpus: cpus, hasMemory: true, distances: [0: 10])]
    }
    let possible = try tree.list("\(folder)/possible") ?? numbers
    let withMemory = try tree.list("\(folder)/has_memory")
    var nodes: [Topology.MemoryNode] = []
    var taken = CPUSet()
    for number in numbers {
      let path = "\(folder)/node\(number)"
      var own = try tree.numbered("cpu", in: path)
      if let list = try tree.list("\(path)/cpulist") { own = list }
      own.formIntersection(cpus)
      guard own.isDisjoint(with: taken) else {
        throw .damaged(
          path: tree.full("\(path)/cpulist"),
          found: "cpus \(own.intersection(taken)) of another node",
          expected: "each cpu in one node")
      }
      taken.formUnion(own)
      let bytes = try memoryBytes(number)
      let hasMemory = withMemory?.contains(number) ?? bytes.map { $0 > 0 }
      nodes.append(
        .init(
          number: number, cpus: own, hasMemory: hasMemory ?? true,
          distances: try distances(of: number, online: numbers, possible: possible)))
    }
    if !nodes.contains(where: \.hasMemory) {
      notes.append("no memory node says that it has memory: all are taken to have it")
      for index in nodes.indices { nodes[index].hasMemory = true }
    }
    return nodes
  }

  /// A row has a column for each online node, or for each possible one on kernels that print more.
  private mutating func distances(of number: Int, online: CPUSet, possible: CPUSet)
    throws(MachineError) -> [Int: Int]
  {
    let path = "\(folder)/node\(number)/distance"
    guard let line = try tree.word(path) else {
      note("some nodes tell no distances: taken for 10 to themselves and 20 to others")
      return [number: 10]
    }
    var row: [Int] = []
    for word in line.split(whereSeparator: \.isWhitespace) {
      guard let distance = Int(word), (1...255).contains(distance) else {
        throw .damaged(
          path: tree.full(path), found: "'\(abbreviated(String(word)))'",
          expected: "distances from 1 to 255")
      }
      row.append(distance)
    }
    let columns: [Int]
    if row.count == online.count {
      columns = Array(online)
    } else if row.count == possible.count {
      columns = Array(possible)
    } else if row.count > online.last ?? 0 {
      columns = Array(row.indices)
      note("distance rows are as wide as neither the online nor the possible nodes: by number")
    } else {
      throw .damaged(
        path: tree.full(path), found: "\(row.count) distances",
        expected: "\(online.count), one for each of the nodes \(online)")
    }
    var distances: [Int: Int] = [:]
    for (column, distance) in zip(columns, row) where online.contains(column) {
      distances[column] = distance
    }
    return distances
  }

  private mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }

  /// `Node 0 MemTotal:  16384 kB`, in bytes.
  private func memoryBytes(_ number: Int) throws(MachineError) -> Int? {
    guard let text = try tree.text("\(folder)/node\(number)/meminfo") else { return nil }
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let label = words.firstIndex(of: "MemTotal:"), label + 1 < words.count else { continue }
      return Int(words[label + 1]).map { $0 &* 1024 }
    }
    return nil
  }
}
