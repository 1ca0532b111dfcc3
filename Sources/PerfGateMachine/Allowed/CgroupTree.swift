/// The control groups of this process and all visible groups above them, of version 1, version 2 or
/// both, found through `/proc/self/cgroup` and `/proc/self/mountinfo` below a root.
///
/// A hierarchy may be mounted many times, and not every mount shows the process's group. All mounts
/// that show it are read, and the smallest limit counts.
struct CgroupTree {
  private let facts: FactReader
  /// For each mount of version 2 the folders from the process's own group up to the mount point.
  private var unified: [[String]] = []
  /// The same for the version 1 controllers `cpu`, `cpuset` and `pids`.
  private var cpu: [[String]] = []
  private var cpuset: [[String]] = []
  private var pids: [[String]] = []

  init(facts: FactReader) {
    self.facts = facts
    let mounts = CgroupMount.all(facts)
    guard !mounts.isEmpty else { return }
    let paths = Self.paths(facts)
    let isUnknown = paths.isEmpty
    func chains(_ controller: String, _ isOfIt: (CgroupMount) -> Bool) -> [[String]] {
      var path = paths[controller]
      if path == nil, controller == "cpuset" { path = facts.word("/proc/self/cpuset", .cgroup) }
      // A controller that is not in the list is not in use; without a list nothing is known.
      guard path != nil || isUnknown else { return [] }
      let found = mounts.filter(isOfIt)
      return Self.chains(found, path: path, facts)
    }
    unified = chains("") { $0.kind == "cgroup2" }
    cpu = chains("cpu") { $0.controls("cpu") }
    cpuset = chains("cpuset") { $0.controls("cpuset") }
    pids = chains("pids") { $0.controls("pids") }
  }

  /// The folders of each mount that shows the group; if none does, the mount points themselves.
  private static func chains(
    _ mounts: [CgroupMount], path: String?, _ facts: FactReader
  ) -> [[String]] {
    var above: [[String]] = []
    var elsewhere: [[String]] = []
    for mount in mounts {
      switch path.map(mount.view) ?? .elsewhere(mount.point == "/" ? "" : mount.point) {
      case .above(let folders):
        if !above.contains(folders) { above.append(folders) }
      case .elsewhere(let point):
        if !elsewhere.contains([point]) { elsewhere.append([point]) }
      }
    }
    guard above.isEmpty, !elsewhere.isEmpty else { return above }
    let points = elsewhere.compactMap(\.first).map { $0.isEmpty ? "/" : $0 }
    let group = path.map { "the control group \(abbreviated($0)) is in none of the mounts" }
    facts.note(
      .cgroup,
      "\(group ?? "the control groups of this process are unknown"); "
        + "using the limits of \(points.joined(separator: ", "))")
    return elsewhere
  }

  /// The group's path for each controller; version 2 has the empty name.
  private static func paths(_ facts: FactReader) -> [String: String] {
    let path = "/proc/self/cgroup"
    var paths: [String: String] = [:]
    for line in (facts.text(path, .cgroup, mayBeEmpty: true) ?? "").split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else {
        facts.ignore(
          path, .cgroup, found: "'\(abbreviated(String(line)))'",
          expected: "number:controllers:path")
        continue
      }
      for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
        paths[String(controller)] = String(fields[2])
      }
    }
    return paths
  }

  /// All folders of these chains without repetition.
  private static func folders(_ chains: [[String]]) -> [String] {
    var seen = Set<String>()
    return chains.joined().filter { seen.insert($0).inserted }
  }

  /// The smallest quota of all visible groups.
  func quota() -> CPUQuota? {
    var least: CPUQuota?
    for folder in Self.folders(unified) { lower(&least, unifiedQuota("\(folder)/cpu.max")) }
    for folder in Self.folders(cpu) { lower(&least, oldQuota(folder)) }
    return least
  }

  private func lower(_ least: inout CPUQuota?, _ found: CPUQuota?) {
    guard let found, found.cpus < least?.cpus ?? .infinity else { return }
    least = found
  }

  /// Reads `200000 100000` or `max 100000`; without a period, the kernel's default is assumed.
  private func unifiedQuota(_ path: String) -> CPUQuota? {
    guard let line = facts.word(path, .quota) else { return nil }
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.first != "max" else { return nil }
    if words.count == 1 {
      facts.note(.quota, "\(facts.tree.full(path)) gives no period; assuming 100000 us")
    }
    guard (1...2).contains(words.count), let quota = Int(words[0]),
      let period = words.count == 1 ? 100_000 : Int(words[1]), quota > 0, period > 0
    else {
      facts.ignore(
        path, .quota, found: "'\(abbreviated(line))'",
        expected: "'max 100000' or two numbers above 0")
      return nil
    }
    return sensible(quota, period, path)
  }

  /// Reads the two files of version 1, where a quota below 0 means none.
  private func oldQuota(_ folder: String) -> CPUQuota? {
    let path = "\(folder)/cpu.cfs_quota_us"
    guard let quota = facts.number(path, .quota), quota > 0 else { return nil }
    let periodPath = "\(folder)/cpu.cfs_period_us"
    var period = facts.number(periodPath, .quota) ?? 100_000
    if period <= 0 {
      facts.ignore(periodPath, .quota, found: "\(period)", expected: "microseconds above 0")
      period = 100_000
    }
    return sensible(quota, period, path)
  }

  /// The quota; nil when it allows more CPUs than any machine has, which is no limit.
  private func sensible(_ quota: Int, _ period: Int, _ path: String) -> CPUQuota? {
    let cpus = Double(quota) / Double(period)
    guard cpus <= Double(CPUSet.maximum) else {
      facts.note(
        .quota,
        "\(facts.tree.full(path)) allows more cpus than any machine has; treated as no limit")
      return nil
    }
    return CPUQuota(cpus: cpus, source: facts.tree.full(path))
  }

  /// The CPUs that the nearest groups with a list allow.
  func cpus() -> CPUSet? {
    nearest(["cpuset.cpus.effective"], ["cpuset.effective_cpus", "cpuset.cpus", "cpus"])
  }

  /// The memory nodes that the nearest groups with a list allow.
  func memoryNodes() -> CPUSet? {
    nearest(["cpuset.mems.effective"], ["cpuset.effective_mems", "cpuset.mems", "mems"])
  }

  /// The files whose `nr_throttled` counts how often a quota stopped the process, with the root.
  func throttleFiles() -> [String] {
    Self.folders(unified + cpu).map { "\($0)/cpu.stat" }.filter {
      facts.text($0, .quota)?.contains("nr_throttled") == true
    }.map(facts.tree.full)
  }

  /// The groups that limit the number of threads, the one closest to its limit first: the file with
  /// its root, how many threads the group has, and how many it allows.
  func threadLimits() -> [(file: String, current: Int, most: Int)] {
    Self.folders(unified + pids).compactMap { folder in
      guard let word = facts.word("\(folder)/pids.max", .cgroup), let most = Int(word) else {
        return nil
      }
      let current = facts.number("\(folder)/pids.current", .cgroup) ?? 0
      return (facts.tree.full("\(folder)/pids.max"), current, most)
    }.sorted { $0.most - $0.current < $1.most - $1.current }
  }

  /// Every mount's list limits the process, so the sets are intersected. A set that shares nothing
  /// with those before it belongs to another group.
  private func nearest(_ names2: [String], _ names1: [String]) -> CPUSet? {
    var result: CPUSet?
    for (chains, names) in [(unified, names2), (cpuset, names1)] {
      for chain in chains {
        guard let list = nearest(in: chain, names) else { continue }
        let both = result.map(list.intersection) ?? list
        if both.isEmpty {
          facts.note(
            .cpuset, "\(chain[0]) allows \(list), other control groups \(result ?? []); ignored")
        } else {
          result = both
        }
      }
    }
    return result
  }

  private func nearest(in folders: [String], _ names: [String]) -> CPUSet? {
    for folder in folders {
      for name in names {
        // A group without a list of its own has an empty file: its parent decides.
        if let list = facts.list("\(folder)/\(name)", .cpuset), !list.isEmpty { return list }
      }
    }
    return nil
  }
}
