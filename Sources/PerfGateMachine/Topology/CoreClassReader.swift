/// Sorts CPUs into classes by speed, for chips with different kinds of cores.
///
/// It uses, in this order: Intel's own lists (`/sys/devices/cpu_core`, `cpu_atom`), the part that
/// each core reports, Arm's `cpu_capacity`, and clock rates. Clock rates come last because they may
/// differ between cores of one kind: kernels rank equal cores by how far each can be boosted.
struct CoreClassReader {
  let facts: FactReader
  let info: CPUInfo
  /// The cores: a CPU without a value gets the value of a sibling.
  let cores: [CPUSet]
  private let cpuFolder = "/sys/devices/system/cpu"

  /// Capacities down to this share of a class's largest belong to the class: 718 with 731 and 997
  /// with 1,024, which are noise between equal cores.
  static let sharedCapacity = 0.9
  /// A clock rate below this share of the next faster one begins a class: 5.8 and 5.5 GHz are one
  /// class, as are any ranked clock rates with small steps; small cores at 4.6 are another.
  static let sharedFrequency = 0.85

  init(facts: FactReader, info: CPUInfo, cores: [CPUSet]) {
    self.facts = facts
    self.info = info
    self.cores = cores
  }

  private struct Group {
    var cpus: CPUSet
    var evidence: String
  }

  func read(online: CPUSet) -> [Topology.CoreClass] {
    if let classes = intelLists(online) { return classes }
    let capacities = values("cpu_capacity", of: online)
    var groups = parts(online, capacities).flatMap { group -> [Group] in
      let finer = split(group.cpus, capacities, file: "cpu_capacity", byRank: false)
      guard finer.count > 1 || group.evidence.isEmpty else { return [group] }
      return finer.map { finer in
        Group(
          cpus: finer.cpus,
          evidence: group.evidence.isEmpty
            ? finer.evidence : "\(group.evidence), \(finer.evidence)")
      }
    }
    if groups.count < 2 && capacities.isEmpty { groups = clocks(online) }
    guard groups.count > 1 else { return [.init(index: 0, cpus: online, evidence: "")] }
    return groups.enumerated().map {
      .init(index: $0.offset, cpus: $0.element.cpus, evidence: $0.element.evidence)
    }
  }

  /// The classes from Intel's lists; nil without them. A chip may list its small cores only: every
  /// other core is a big one.
  private func intelLists(_ online: CPUSet) -> [Topology.CoreClass]? {
    var rest = online
    var classes: [Topology.CoreClass] = []
    func listed(_ name: String) -> CPUSet? {
      facts.list("/sys/devices/\(name)/cpus", .coreClasses)
    }
    for name in ["cpu_lowpower", "cpu_atom"] {
      guard let cpus = listed(name)?.intersection(rest), !cpus.isEmpty else { continue }
      classes.insert(.init(index: 0, cpus: cpus, evidence: name), at: 0)
      rest.subtract(cpus)
    }
    let core = listed("cpu_core")
    guard !classes.isEmpty, !rest.isEmpty else { return nil }
    let evidence = core == nil ? "not cpu_atom" : "cpu_core"
    classes.insert(.init(index: 0, cpus: rest, evidence: evidence), at: 0)
    for index in classes.indices { classes[index].index = index }
    return classes
  }

  /// The CPUs of each part, the fastest part first; one group without evidence where all are alike.
  private func parts(_ online: CPUSet, _ capacities: [Int: Int]) -> [Group] {
    let parts = info.parts(of: online)
    var cpus: [CPUInfo.Part: CPUSet] = [:]
    for (number, part) in parts { cpus[part, default: CPUSet()].insert(number) }
    guard cpus.count > 1 else { return [Group(cpus: online, evidence: "")] }
    let clocks = values("cpufreq/cpuinfo_max_freq", of: online)
    func greatest(_ values: [Int: Int], _ part: CPUInfo.Part) -> Int? {
      cpus[part]?.compactMap { values[$0] }.max()
    }
    let speeds = [capacities, clocks].first { values in
      cpus.keys.allSatisfy { greatest(values, $0) != nil }
    }
    if speeds == nil {
      let names = cpus.keys.map(\.name).sorted().joined(separator: " and ")
      facts.note(.coreClasses, "no speeds are known for \(names); assuming a higher part is faster")
    }
    func rank(_ part: CPUInfo.Part) -> (Int, Int, String) {
      (-(speeds.flatMap { greatest($0, part) } ?? 0), -part.number, part.name)
    }
    return cpus.sorted { rank($0.key) < rank($1.key) }.map {
      Group(cpus: $0.value, evidence: $0.key.name)
    }
  }

  /// Groups by clock rate: by the base rate, which is the same for all cores of a kind, or else by
  /// the maximum.
  private func clocks(_ online: CPUSet) -> [Group] {
    for (file, word) in [("base_frequency", "base "), ("cpuinfo_max_freq", "")] {
      let clocks = values("cpufreq/\(file)", of: online)
      guard !clocks.isEmpty else { continue }
      return split(online, clocks, file: file, byRank: true).map {
        Group(cpus: $0.cpus, evidence: "\(word)\($0.evidence)")
      }
    }
    return []
  }

  /// The file's number for each CPU, or the one for a sibling in the same core.
  private func values(_ file: String, of online: CPUSet) -> [Int: Int] {
    var values: [Int: Int] = [:]
    for core in cores {
      var told: Int?
      for number in core.intersection(online) {
        values[number] = facts.number("\(cpuFolder)/cpu\(number)/\(file)", .coreClasses)
        told = told ?? values[number]
      }
      for number in core.intersection(online) where values[number] == nil { values[number] = told }
    }
    return values
  }

  /// Groups CPUs by a value, the largest first. A class ends where the next value is too far below
  /// the class's largest, or with `byRank` below the value before it. CPUs without one join the
  /// last.
  private func split(_ cpus: CPUSet, _ values: [Int: Int], file: String, byRank: Bool) -> [Group] {
    let unit = byRank ? " kHz" : ""
    var groups: [Group] = []
    var bound = 0.0
    let known = values.filter { cpus.contains($0.key) }
    for (number, value) in known.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }) {
      if groups.isEmpty || Double(value) < bound {
        bound = Double(value) * (byRank ? Self.sharedFrequency : Self.sharedCapacity)
        groups.append(
          Group(cpus: [], evidence: byRank ? "\(value)\(unit)" : "\(file) \(value)"))
      }
      if byRank { bound = Double(value) * Self.sharedFrequency }
      groups[groups.count - 1].cpus.insert(number)
    }
    let unknown = cpus.subtracting(CPUSet(known.keys))
    guard !groups.isEmpty, !unknown.isEmpty else { return groups }
    if groups.count > 1 {
      facts.note(.coreClasses, "cpus \(unknown) have no \(file); assuming the slowest class")
    }
    groups[groups.count - 1].cpus.formUnion(unknown)
    return groups
  }
}
