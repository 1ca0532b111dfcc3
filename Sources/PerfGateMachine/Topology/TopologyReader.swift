import CPerfGateSystem

/// Reads a topology from the files below a root. On real machines files are missing or contain
/// nonsense, so every step has a fallback, which leaves a note.
struct TopologyReader {
  let facts: FactReader
  let mask: ProcessMask
  private let cpuFolder = "/sys/devices/system/cpu"

  init(facts: FactReader, mask: ProcessMask) {
    self.facts = facts
    self.mask = mask
  }

  /// - Throws: ``MachineError`` when no file names a CPU.
  func read() throws(MachineError) -> Topology {
    let info = CPUInfo(facts: facts)
    let online = try onlineCPUs(info)
    let present =
      facts.list("\(cpuFolder)/present", .cpus) ?? facts.numbered("cpu", in: cpuFolder, .cpus)
    let isolated = facts.list("\(cpuFolder)/isolated", .cpus) ?? CPUSet()

    let packages = packages(of: online)
    let dies = dies(of: packages)
    let caches = caches(of: online, packages: packages)
    let cores = cores(of: online, dies: dies)
    let nodes = MemoryNodeReader(facts: facts).read(online: online)
    let classes = CoreClassReader(facts: facts, info: info, cores: cores).read(online: online)

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
      cpuModel: info.model(of: classes), cpus: cpus,
      cores: cores.enumerated().map { Topology.Core(index: $0.offset, cpus: $0.element) },
      caches: caches,
      dies: dies.enumerated().map { Topology.Die(index: $0.offset, cpus: $0.element) },
      packages: packages, nodes: nodes, classes: classes,
      offline: present.subtracting(online), isolated: isolated, notes: facts.notes)
  }

  /// For each CPU, the index of the set that holds it.
  private func index(_ sets: [CPUSet]) -> [Int: Int] {
    var result: [Int: Int] = [:]
    for (index, set) in sets.enumerated() {
      for number in set where result[number] == nil { result[number] = index }
    }
    return result
  }

  /// The online CPUs, from the list or a fallback, including every CPU in the kernel's own mask:
  /// containers may hide CPUs from the list but cannot change the mask.
  private func onlineCPUs(_ info: CPUInfo) throws(MachineError) -> CPUSet {
    let path = "\(cpuFolder)/online"
    let found = try listedCPUs(path, info)
    guard let told = mask.cpus, !told.isSubset(of: found) else { return found }
    let switchedOn = CPUSet(
      facts.numbered("cpu", in: cpuFolder, .cpus).filter {
        found.contains($0) || facts.number("\(cpuFolder)/cpu\($0)/online", .cpus) != 0
      })
    // In a recorded tree the mask may name every CPU that the kernel was built for.
    let real = facts.tree.isThisMachine ? told : told.intersection(switchedOn)
    guard !real.isSubset(of: found) else { return found }
    facts.note(
      .cpus,
      "\(path) lists cpus \(found), but the kernel allows \(told); using the kernel's")
    return switchedOn.isEmpty ? real : switchedOn.union(real)
  }

  private func listedCPUs(_ path: String, _ info: CPUInfo) throws(MachineError) -> CPUSet {
    if let online = facts.list(path, .cpus) {
      if !online.isEmpty { return online }
      facts.ignore(path, .cpus, found: "no cpu", expected: "at least one")
    }
    let found = CPUSet(
      facts.numbered("cpu", in: cpuFolder, .cpus).filter {
        facts.number("\(cpuFolder)/cpu\($0)/online", .cpus) != 0
      })
    if !found.isEmpty {
      facts.note(.cpus, "\(path) is missing; counted the cpu folders")
      return found
    }
    #if !os(Linux)
      if facts.tree.isThisMachine {
        facts.note(
          .cpus, "this operating system does not describe its cpus; assuming one core each")
        return CPUSet(0..<Swift.max(1, Int(pgp_online_cpus())))
      }
    #endif
    guard !info.processors.isEmpty else {
      guard let cpus = mask.cpus else { throw .missing(path: facts.tree.full(path)) }
      facts.note(.cpus, "\(cpuFolder) is missing; using the process's mask, one core per cpu")
      return cpus
    }
    facts.note(.cpus, "\(cpuFolder) is missing; using /proc/cpuinfo, one core per cpu")
    return info.processors
  }

  private func packages(of online: CPUSet) -> [Topology.Package] {
    var sets: [Int: CPUSet] = [:]
    var unnamed = 0
    for number in online {
      let path = "\(cpuFolder)/cpu\(number)/topology/physical_package_id"
      var id = facts.number(path, .packages) ?? -1
      if id < 0 {
        unnamed += 1
        id = 0
      }
      sets[id, default: CPUSet()].insert(number)
    }
    if unnamed > 0 {
      facts.note(.packages, "\(unnamed) cpus name no package; assuming package 0")
    }
    return sets.sorted { ($0.value.first ?? 0) < ($1.value.first ?? 0) }.enumerated().map {
      Topology.Package(index: $0.offset, number: $0.element.key, cpus: $0.element.value)
    }
  }

  /// Each package numbers its dies anew, so dies are identified by package and number.
  private func dies(of packages: [Topology.Package]) -> [CPUSet] {
    var dies: [CPUSet] = []
    for package in packages {
      var sets: [Int: CPUSet] = [:]
      for number in package.cpus {
        let id = facts.number("\(cpuFolder)/cpu\(number)/topology/die_id", .packages) ?? 0
        sets[id, default: CPUSet()].insert(number)
      }
      dies += sets.values
    }
    return sortedByFirst(dies)
  }

  /// Core numbers repeat too, so the list of siblings is read first.
  private func cores(of online: CPUSet, dies: [CPUSet]) -> [CPUSet] {
    var cores: [CPUSet] = []
    var done = CPUSet()
    for number in online where !done.contains(number) {
      let folder = "\(cpuFolder)/cpu\(number)/topology"
      var core = CPUSet([number])
      if let siblings = facts.firstList(
        ["\(folder)/core_cpus_list", "\(folder)/thread_siblings_list"], .cores)
      {
        core.formUnion(siblings.intersection(online).subtracting(done))
      } else if let id = facts.number("\(folder)/core_id", .cores), id >= 0 {
        let die = dies.first { $0.contains(number) } ?? CPUSet()
        for other in die.subtracting(done)
        where facts.number("\(cpuFolder)/cpu\(other)/topology/core_id", .cores) == id {
          core.insert(other)
        }
      }
      cores.append(core)
      done.formUnion(core)
    }
    return cores
  }

  private func caches(of online: CPUSet, packages: [Topology.Package]) -> [Topology.Cache] {
    var caches: [Topology.Cache] = []
    var done = CPUSet()
    var without = CPUSet()
    for number in online where !done.contains(number) {
      guard var cache = lastLevelCache(of: number) else {
        without.insert(number)
        continue
      }
      cache.cpus = cache.cpus.intersection(online).subtracting(done).union([number])
      caches.append(cache)
      done.formUnion(cache.cpus)
    }
    without.subtract(done)
    if !without.isEmpty {
      facts.note(.caches, "cpus \(without) report no cache; assuming one per package")
      for package in packages {
        let cpus = package.cpus.intersection(without)
        if !cpus.isEmpty { caches.append(.init(index: 0, level: nil, bytes: nil, cpus: cpus)) }
      }
    }
    caches.sort { ($0.cpus.first ?? 0) < ($1.cpus.first ?? 0) }
    for index in caches.indices { caches[index].index = index }
    return caches
  }

  /// The cache of the highest level that holds data; nil where the kernel reports none.
  private func lastLevelCache(of number: Int) -> Topology.Cache? {
    let folder = "\(cpuFolder)/cpu\(number)/cache"
    var best: Topology.Cache?
    for index in facts.numbered("index", in: folder, .caches) {
      let entry = "\(folder)/index\(index)"
      guard let level = facts.number("\(entry)/level", .caches), level > best?.level ?? 0,
        facts.word("\(entry)/type", .caches) != "Instruction",
        let shared = facts.list("\(entry)/shared_cpu_list", .caches)
      else { continue }
      best = .init(index: 0, level: level, bytes: size("\(entry)/size"), cpus: shared)
    }
    return best
  }

  /// The file's size, such as `32768K`, in bytes.
  private func size(_ path: String) -> Int? {
    guard let word = facts.word(path, .caches) else { return nil }
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = word.last.flatMap { units[$0] }
    guard let number = Int(unit == nil ? word[...] : word.dropLast()), number >= 0,
      case let (bytes, false) = number.multipliedReportingOverflow(by: unit ?? 1)
    else {
      facts.ignore(
        path, .caches, found: "'\(abbreviated(word))'", expected: "a size such as 32768K")
      return nil
    }
    return bytes
  }

  private func sortedByFirst(_ sets: [CPUSet]) -> [CPUSet] {
    sets.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }
}

extension Topology {
  /// Reads the machine whose `/sys` and `/proc` are below the root.
  ///
  /// - Throws: ``MachineError`` when no file names a CPU.
  package static func read(root: String = "/") throws(MachineError) -> Topology {
    let facts = FactReader(tree: SystemTree(root: root))
    return try TopologyReader(facts: facts, mask: ProcessMask(facts: facts)).read()
  }
}
