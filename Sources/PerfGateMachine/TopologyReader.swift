import CPerfGatePlacement

/// Reads a topology from the files below a root. Real machines leave files out, so every step has
/// a fallback, which is noted; a file that is there and makes no sense is an error.
struct TopologyReader {
  let tree: SystemTree
  var notes: [String] = []
  private let cpuFolder = "/sys/devices/system/cpu"

  init(tree: SystemTree) { self.tree = tree }

  mutating func read() throws(MachineError) -> Topology {
    let info = try CPUInfo(tree: tree)
    let online = try onlineCPUs(info)
    var present = try tree.numbered("cpu", in: cpuFolder)
    if let list = try tree.list("\(cpuFolder)/present") { present = list }
    let isolated = try tree.list("\(cpuFolder)/isolated") ?? CPUSet()

    let packages = try packages(of: online)
    let dies = try dies(of: online, packages: packages)
    let caches = try caches(of: online, packages: packages)
    let cores = try cores(of: online, dies: dies)
    var nodeReader = MemoryNodeReader(tree: tree)
    let nodes = try nodeReader.read(online: online)
    notes += nodeReader.notes
    let classes = try CoreClassReader(tree: tree).read(online: online)

    let packageOf = index(packages.map(\.cpus))
    let dieOf = index(dies)
    let cacheOf = index(caches.map(\.cpus))
    let coreOf = index(cores)
    let classOf = index(classes.map(\.cpus))
    let nodeOf = index(nodes.map(\.cpus))
    let cpus = online.map { number in
      Topology.LogicalCPU(
        number: number, core: coreOf[number] ?? 0, cache: cacheOf[number] ?? 0,
        die: dieOf[number] ?? 0, package: packageOf[number] ?? 0,
        node: nodeOf[number].map { nodes[$0].number }, coreClass: classOf[number] ?? 0)
    }
    return Topology(
      cpuModel: info.model, cpus: cpus,
      cores: cores.enumerated().map { Topology.Core(index: $0.offset, cpus: $0.element) },
      caches: caches,
      dies: dies.enumerated().map { Topology.Die(index: $0.offset, cpus: $0.element) },
      packages: packages, nodes: nodes, classes: classes,
      offline: present.subtracting(online), isolated: isolated, notes: notes)
  }

  /// The index of the set that holds a CPU, for every CPU.
  private func index(_ sets: [CPUSet]) -> [Int: Int] {
    var result: [Int: Int] = [:]
    for (index, set) in sets.enumerated() {
      for number in set where result[number] == nil { result[number] = index }
    }
    return result
  }

  private mutating func onlineCPUs(_ info: CPUInfo) throws(MachineError) -> CPUSet {
    let path = "\(cpuFolder)/online"
    if let online = try tree.list(path) {
      guard !online.isEmpty else {
        throw .damaged(path: tree.full(path), found: "no cpu", expected: "at least one")
      }
      return online
    }
    var found = CPUSet()
    for number in try tree.numbered("cpu", in: cpuFolder)
    where try tree.number("\(cpuFolder)/cpu\(number)/online") != 0 {
      found.insert(number)
    }
    if !found.isEmpty {
      notes.append("no \(path): counted the cpu folders")
      return found
    }
    #if !os(Linux)
      if tree.isThisMachine {
        notes.append("this operating system does not describe its cpus: counted, one core each")
        return CPUSet(0..<Swift.max(1, Int(pgp_online_cpus())))
      }
    #endif
    guard !info.processors.isEmpty else { throw .missing(path: tree.full(path)) }
    notes.append("no \(cpuFolder): counted the processors of /proc/cpuinfo, one core each")
    return info.processors
  }

  private mutating func packages(of online: CPUSet) throws(MachineError) -> [Topology.Package] {
    var sets: [Int: CPUSet] = [:]
    var unnamed = 0
    for number in online {
      let path = "\(cpuFolder)/cpu\(number)/topology/physical_package_id"
      var id = try tree.number(path) ?? -1
      if id < 0 {
        unnamed += 1
        id = 0
      }
      sets[id, default: CPUSet()].insert(number)
    }
    if unnamed > 0 { notes.append("\(unnamed) cpus name no package: taken for package 0") }
    return sets.sorted { ($0.value.first ?? 0) < ($1.value.first ?? 0) }.enumerated().map {
      Topology.Package(index: $0.offset, number: $0.element.key, cpus: $0.element.value)
    }
  }

  /// Die numbers repeat from package to package, so a die is a number within a package.
  private func dies(of online: CPUSet, packages: [Topology.Package]) throws(MachineError)
    -> [CPUSet]
  {
    var dies: [CPUSet] = []
    for package in packages {
      var sets: [Int: CPUSet] = [:]
      for number in package.cpus {
        let id = try tree.number("\(cpuFolder)/cpu\(number)/topology/die_id") ?? 0
        sets[id, default: CPUSet()].insert(number)
      }
      dies += sets.values
    }
    return sortedByFirst(dies)
  }

  /// Core numbers repeat too, so the siblings' own list is asked first.
  private mutating func cores(of online: CPUSet, dies: [CPUSet]) throws(MachineError) -> [CPUSet] {
    var cores: [CPUSet] = []
    var done = CPUSet()
    for number in online where !done.contains(number) {
      let folder = "\(cpuFolder)/cpu\(number)/topology"
      var core = CPUSet([number])
      if let siblings = try tree.firstList([
        "\(folder)/core_cpus_list", "\(folder)/thread_siblings_list",
      ]) {
        core.formUnion(siblings.intersection(online).subtracting(done))
      } else if let id = try tree.number("\(folder)/core_id"), id >= 0 {
        let die = dies.first { $0.contains(number) } ?? CPUSet()
        for other in die.subtracting(done)
        where try tree.number("\(cpuFolder)/cpu\(other)/topology/core_id") == id {
          core.insert(other)
        }
      }
      cores.append(core)
      done.formUnion(core)
    }
    return cores
  }

  private mutating func caches(of online: CPUSet, packages: [Topology.Package])
    throws(MachineError) -> [Topology.Cache]
  {
    var caches: [Topology.Cache] = []
    var done = CPUSet()
    var without = CPUSet()
    for number in online where !done.contains(number) {
      guard var cache = try lastLevelCache(of: number) else {
        without.insert(number)
        continue
      }
      cache.cpus = cache.cpus.intersection(online).subtracting(done).union([number])
      caches.append(cache)
      done.formUnion(cache.cpus)
    }
    if !without.isEmpty {
      notes.append("cpus \(without) name no cache: their package stands in for it")
      for package in packages {
        let cpus = package.cpus.intersection(without)
        if !cpus.isEmpty { caches.append(.init(index: 0, level: nil, bytes: nil, cpus: cpus)) }
      }
    }
    caches.sort { ($0.cpus.first ?? 0) < ($1.cpus.first ?? 0) }
    for index in caches.indices { caches[index].index = index }
    return caches
  }

  /// The cache of the highest level that holds data.
  private func lastLevelCache(of number: Int) throws(MachineError) -> Topology.Cache? {
    let folder = "\(cpuFolder)/cpu\(number)/cache"
    var best: Topology.Cache?
    for index in try tree.numbered("index", in: folder) {
      let entry = "\(folder)/index\(index)"
      guard let level = try tree.number("\(entry)/level"), level > best?.level ?? 0,
        try tree.word("\(entry)/type") != "Instruction",
        let shared = try tree.list("\(entry)/shared_cpu_list")
      else { continue }
      best = .init(index: 0, level: level, bytes: try size("\(entry)/size"), cpus: shared)
    }
    return best
  }

  /// A size such as `32768K`, in bytes.
  private func size(_ path: String) throws(MachineError) -> Int? {
    guard let word = try tree.word(path) else { return nil }
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = word.last.flatMap { units[$0] }
    guard let number = Int(unit == nil ? word[...] : word.dropLast()), number >= 0,
      case let (bytes, false) = number.multipliedReportingOverflow(by: unit ?? 1)
    else {
      throw .damaged(
        path: tree.full(path), found: "'\(abbreviated(word))'", expected: "a size such as 32768K")
    }
    return bytes
  }

  private func sortedByFirst(_ sets: [CPUSet]) -> [CPUSet] {
    sets.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }
}

extension Topology {
  /// Reads the machine whose `/sys` and `/proc` lie below the root.
  public static func read(root: String = "/") throws(MachineError) -> Topology {
    var reader = TopologyReader(tree: SystemTree(root: root))
    return try reader.read()
  }
}
