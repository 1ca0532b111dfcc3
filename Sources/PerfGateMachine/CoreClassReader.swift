/// Sorts CPUs into classes of speed, for hybrid chips.
///
/// Asked in this order: Intel's own lists (`/sys/devices/cpu_core`, `cpu_atom`), Arm's
/// `cpu_capacity`, the greatest frequency. Capacities and frequencies are noisy between equal
/// cores, so values close to the greatest of a class belong to it.
struct CoreClassReader {
  let tree: SystemTree
  private let cpuFolder = "/sys/devices/system/cpu"

  /// Values down to this share of a class's greatest belong to the class: 718 with 731 and 997 with
  /// 1,024 in Arm's capacities; a favoured core at 5.8 GHz with its fellows at 5.5, but not the
  /// small cores at 4.6.
  static let sharedCapacity = 0.9
  static let sharedFrequency = 0.85

  init(tree: SystemTree) { self.tree = tree }

  func read(online: CPUSet) throws(MachineError) -> [Topology.CoreClass] {
    if let classes = try intelLists(online) { return classes }
    let capacities = try values("cpu_capacity", of: online)
    if let classes = buckets(
      capacities, of: online, share: Self.sharedCapacity, { "cpu_capacity \($0)" })
    {
      return classes
    }
    let frequencies = try values("cpufreq/cpuinfo_max_freq", of: online)
    if let classes = buckets(frequencies, of: online, share: Self.sharedFrequency, { "\($0) kHz" })
    {
      return classes
    }
    return [.init(index: 0, cpus: online, evidence: "")]
  }

  /// A chip may list its small cores only; what is on no list is a big core.
  private func intelLists(_ online: CPUSet) throws(MachineError) -> [Topology.CoreClass]? {
    var rest = online
    var classes: [Topology.CoreClass] = []
    let core = try tree.list("/sys/devices/cpu_core/cpus")?.intersection(online)
    for name in ["cpu_lowpower", "cpu_atom"] {
      guard let cpus = try tree.list("/sys/devices/\(name)/cpus")?.intersection(rest),
        !cpus.isEmpty
      else { continue }
      classes.insert(.init(index: 0, cpus: cpus, evidence: name), at: 0)
      rest.subtract(cpus)
    }
    guard !classes.isEmpty, !rest.isEmpty else { return nil }
    let evidence = core == nil ? "not cpu_atom" : "cpu_core"
    classes.insert(.init(index: 0, cpus: rest, evidence: evidence), at: 0)
    for index in classes.indices { classes[index].index = index }
    return classes
  }

  private func values(_ file: String, of online: CPUSet) throws(MachineError) -> [Int: Int] {
    var values: [Int: Int] = [:]
    for number in online {
      values[number] = try tree.number("\(cpuFolder)/cpu\(number)/\(file)")
    }
    return values
  }

  /// nil unless every CPU has a value and there are at least two classes.
  private func buckets(
    _ values: [Int: Int], of online: CPUSet, share: Double, _ evidence: (Int) -> String
  ) -> [Topology.CoreClass]? {
    guard values.count == online.count else { return nil }
    var classes: [Topology.CoreClass] = []
    var greatest = 0
    for (number, value) in values.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }) {
      if classes.isEmpty || Double(value) < share * Double(greatest) {
        greatest = value
        classes.append(.init(index: classes.count, cpus: [], evidence: evidence(value)))
      }
      classes[classes.count - 1].cpus.insert(number)
    }
    return classes.count > 1 ? classes : nil
  }
}
