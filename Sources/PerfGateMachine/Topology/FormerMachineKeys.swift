/// The keys that earlier versions gave a machine, so that files stored under them are found.
///
/// Those keys named only the first core's part, mistook clock rates for product numbers, split
/// classes by clock rate, and omitted classes without an allowed core, so several kinds of machines
/// share such a key. A file under a former key is therefore never read automatically; a message
/// names the file to rename.
struct FormerMachineKeys {
  /// The keys without repetition, the likeliest first; today's key may be among them.
  let texts: [String]

  init(tree: SystemTree, topology: Topology, allowed: AllowedResources) {
    let facts = FactReader(tree: tree)
    let models = [Self.model(facts), topology.cpuModel]
    let now = MachineKey.coreCounts(topology.classes.map(\.cpus), topology, allowed)
    let before = MachineKey.coreCounts(Self.classes(facts, topology), topology, allowed)
    var nodes = [MachineKey.coresPerNode(topology, allowed)]
    // Earlier versions could not read nodes that only have masks: their CPUs were on no node.
    let lists = topology.nodes.map { "/sys/devices/system/node/node\($0.number)/cpulist" }
    if lists.allSatisfy({ facts.list($0, .memoryNodes) == nil }) { nodes.append([allowed.cores]) }
    var texts: [String] = []
    for model in models {
      for counts in [before, now] {
        for nodes in nodes {
          let shape = MachineKey.shape(counts.filter { $0 > 0 }, nodes: nodes, allowed)
          let text = "\(MachineKey.slug(model))-\(shape)"
          if !texts.contains(text) { texts.append(text) }
        }
      }
    }
    self.texts = texts
  }

  /// The CPU's name as earlier versions read it: the first of each field in `/proc/cpuinfo`.
  private static func model(_ facts: FactReader) -> String {
    var fields: [String: String] = [:]
    for line in (facts.text("/proc/cpuinfo", .cpuModel) ?? "").split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let key = trimmed(line[..<colon])
      if fields[key] == nil { fields[key] = trimmed(line[line.index(after: colon)...]) }
    }
    for key in ["model name", "cpu model", "cpu", "uarch"] {
      guard let name = fields[key], !name.isEmpty else { continue }
      if !name.contains(where: \.isNumber), let family = fields["cpu family"],
        let number = fields["model"]
      {
        return "\(name) (family \(family) model \(number))"
      }
      return name
    }
    if let implementer = fields["CPU implementer"], let part = fields["CPU part"],
      let implementer = Int(implementer.dropFirst(2), radix: 16),
      let part = Int(part.dropFirst(2), radix: 16)
    {
      return CPUInfo.armPart(implementer: implementer, part: part).name
    }
    return fields["Hardware"] ?? fields["Model"] ?? "unknown cpu"
  }

  /// Classes by capacity, else by clock rate, where every CPU has one. A class holds the values
  /// down to a share of its largest.
  private static func classes(_ facts: FactReader, _ topology: Topology) -> [CPUSet] {
    let lists = topology.classes.contains { $0.evidence.contains("cpu_atom") }
    if lists { return topology.classes.map(\.cpus) }
    let online = topology.online
    for (file, share) in [("cpu_capacity", 0.9), ("cpufreq/cpuinfo_max_freq", 0.85)] {
      var values: [Int: Int] = [:]
      for number in online {
        values[number] = facts.number("/sys/devices/system/cpu/cpu\(number)/\(file)", .coreClasses)
        if values[number] == nil { break }
      }
      guard values.count == online.count else { continue }
      var classes: [CPUSet] = []
      var greatest = 0
      for (number, value) in values.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }) {
        if classes.isEmpty || Double(value) < share * Double(greatest) {
          greatest = value
          classes.append([])
        }
        classes[classes.count - 1].insert(number)
      }
      if classes.count > 1 { return classes }
    }
    return [online]
  }
}
