/// The control groups of this process, of version 1, version 2 or both, as far up as they can be
/// seen, found through `/proc/self/cgroup` and `/proc/self/mountinfo` below a root.
struct CgroupTree {
  private let tree: SystemTree
  /// Folders from the process's own group up to the mount, for version 2.
  private var unified: [String] = []
  /// The same for the version 1 controllers `cpu` and `cpuset`.
  private var cpu: [String] = []
  private var cpuset: [String] = []

  init(tree: SystemTree) throws(MachineError) {
    self.tree = tree
    guard let groups = try tree.text("/proc/self/cgroup", mayBeEmpty: true),
      let mounts = try tree.text("/proc/self/mountinfo", mayBeEmpty: true)
    else { return }
    // Each line: number:controllers:path; version 2 is the line without controllers.
    var paths: [String: String] = [:]
    for line in groups.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else {
        throw .damaged(
          path: tree.full("/proc/self/cgroup"), found: "'\(abbreviated(String(line)))'",
          expected: "number:controllers:path")
      }
      for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
        paths[String(controller)] = String(fields[2])
      }
    }
    for mount in mounts.split(separator: "\n").compactMap(Mount.init) {
      if mount.kind == "cgroup2", let path = paths[""], unified.isEmpty {
        unified = mount.folders(to: path)
      } else if mount.kind == "cgroup" {
        if mount.options.contains("cpu"), let path = paths["cpu"], cpu.isEmpty {
          cpu = mount.folders(to: path)
        }
        if mount.options.contains("cpuset"), let path = paths["cpuset"], cpuset.isEmpty {
          cpuset = mount.folders(to: path)
        }
      }
    }
  }

  /// The least quota over all groups that can be seen.
  func quota() throws(MachineError) -> CPUQuota? {
    var least: CPUQuota?
    for folder in unified {
      guard let line = try tree.word("\(folder)/cpu.max") else { continue }
      let words = line.split(separator: " ")
      guard words.first != "max" else { continue }
      guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]),
        quota > 0, period > 0
      else {
        throw .damaged(
          path: tree.full("\(folder)/cpu.max"), found: "'\(abbreviated(line))'",
          expected: "'max 100000' or two numbers above 0")
      }
      least = lesser(least, quota, period, "\(folder)/cpu.max")
    }
    for folder in cpu {
      let path = "\(folder)/cpu.cfs_quota_us"
      guard let quota = try tree.number(path), quota > 0 else { continue }
      let periodPath = "\(folder)/cpu.cfs_period_us"
      let period = try tree.number(periodPath) ?? 100_000
      guard period > 0 else {
        throw .damaged(
          path: tree.full(periodPath), found: "\(period)", expected: "microseconds above 0")
      }
      least = lesser(least, quota, period, path)
    }
    return least
  }

  /// The CPUs of the nearest group that tells them.
  func cpus() throws(MachineError) -> CPUSet? {
    try nearest(["cpuset.cpus.effective"], ["cpuset.effective_cpus", "cpuset.cpus"])
  }

  /// The memory nodes of the nearest group that tells them.
  func memoryNodes() throws(MachineError) -> CPUSet? {
    try nearest(["cpuset.mems.effective"], ["cpuset.effective_mems", "cpuset.mems"])
  }

  /// The files below the root whose `nr_throttled` counts how often a quota stopped the process.
  func throttleFiles() throws(MachineError) -> [String] {
    var files: [String] = []
    for folder in unified + cpu {
      if try tree.text("\(folder)/cpu.stat")?.contains("nr_throttled") == true {
        files.append(tree.full("\(folder)/cpu.stat"))
      }
    }
    return files
  }

  private func lesser(_ least: CPUQuota?, _ quota: Int, _ period: Int, _ path: String) -> CPUQuota {
    let found = CPUQuota(cpus: Double(quota) / Double(period), source: tree.full(path))
    guard let least, least.cpus <= found.cpus else { return found }
    return least
  }

  private func nearest(_ names2: [String], _ names1: [String]) throws(MachineError) -> CPUSet? {
    for (folders, names) in [(unified, names2), (cpuset, names1)] {
      for folder in folders {
        for name in names {
          // A group that was not given a list of its own has an empty file: its parent decides.
          if let list = try tree.list("\(folder)/\(name)"), !list.isEmpty { return list }
        }
      }
    }
    return nil
  }
}

/// One line of mountinfo, as far as it matters here.
private struct Mount {
  /// The part of the hierarchy that is mounted.
  let top: String
  /// Where it is mounted.
  let point: String
  let kind: String
  let options: [Substring]

  /// `31 23 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu`, with any number of fields before
  /// the lone dash. Lines of another shape are other file systems' and say nothing here.
  init?(_ line: Substring) {
    let fields = line.split(separator: " ")
    guard let dash = fields.firstIndex(of: "-"), dash >= 5, dash + 3 < fields.count else {
      return nil
    }
    top = Self.decoded(fields[3])
    point = Self.decoded(fields[4])
    kind = String(fields[dash + 1])
    options = fields[dash + 3].split(separator: ",")
  }

  /// The folders from the group of this path up to the mount point. A path outside of what is
  /// mounted, as seen from within a container, leaves the mount point alone.
  func folders(to path: String) -> [String] {
    let point = self.point == "/" ? "" : self.point
    var rest: [Substring] = []
    let prefix = top.split(separator: "/")
    let parts = path.split(separator: "/")
    if parts.starts(with: prefix), !parts.contains("..") { rest = Array(parts[prefix.count...]) }
    return (0...rest.count).reversed().map { count in
      ([Substring(point)] + rest.prefix(count)).joined(separator: "/")
    }
  }

  /// Blanks, tabs, line ends and backslashes are written as three octal digits.
  private static func decoded(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.count >= 3,
        let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
