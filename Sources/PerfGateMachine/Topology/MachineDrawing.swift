/// Draws a machine in plain text: packages, memory nodes, caches and cores. `[0]` is an allowed
/// CPU, `(0)` an isolated one, `0` any other; siblings are joined by `+`.
package enum MachineDrawing {
  /// The lines of the drawing, of what is allowed, and of the plan for each possible number of
  /// workers.
  package static func lines(_ machine: Machine, request: PlacementRequest = PlacementRequest())
    -> [String]
  {
    head(machine) + packages(machine) + tail(machine) + plans(machine, request)
  }

  private static func row(_ label: String, _ text: String) -> String {
    label + String(repeating: " ", count: Swift.max(1, 11 - label.count)) + text
  }

  private static func head(_ machine: Machine) -> [String] {
    let topology = machine.topology
    let counts = [
      (topology.packages.count, "package"), (topology.nodes.count, "memory node"),
      (topology.caches.count, "last-level cache"), (topology.cores.count, "core"),
      (topology.cpus.count, "cpu"),
    ]
    var lines = [
      row("machine", machine.cpuModel),
      row("key", machine.key.text),
      row("has", counts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")),
    ]
    if !machine.isThisMachine {
      lines.insert(row("root", "\(machine.root): another machine's tree, for planning only"), at: 0)
    }
    return lines
  }

  private static func packages(_ machine: Machine) -> [String] {
    let topology = machine.topology
    var lines: [String] = []
    for package in topology.packages {
      lines.append("package \(package.number)")
      var rest = package.cpus
      for node in topology.nodes {
        let cpus = node.cpus.intersection(package.cpus)
        if cpus.isEmpty { continue }
        rest.subtract(cpus)
        lines.append("  node \(node.number)\(node.hasMemory ? "" : ", without memory")")
        lines += caches(machine, cpus: cpus)
      }
      if !rest.isEmpty { lines += ["  no node"] + caches(machine, cpus: rest) }
    }
    for node in topology.nodes where node.cpus.isEmpty {
      lines.append("node \(node.number), memory only")
    }
    return lines
  }

  private static func caches(_ machine: Machine, cpus: CPUSet) -> [String] {
    let topology = machine.topology
    return topology.caches.filter { !$0.cpus.isDisjoint(with: cpus) }.flatMap { cache in
      let here = cache.cpus.intersection(cpus)
      let level = cache.level.map { "L\($0)" } ?? "no cache reported"
      let size = cache.bytes.map { " \(bytes($0))" } ?? ""
      let more = here == cache.cpus ? "" : " (shared with cpus \(cache.cpus.subtracting(here)))"
      let cores = topology.cores.filter { !$0.cpus.isDisjoint(with: here) }
      return ["    \(level)\(size)\(more)"]
        + wrapped(cores.map { core(machine, $0) }, indent: "      ")
    }
  }

  private static func core(_ machine: Machine, _ core: Topology.Core) -> String {
    core.cpus.map { cpu in
      if machine.allowed.cpus.contains(cpu) { return "[\(cpu)]" }
      return machine.topology.isolated.contains(cpu) ? "(\(cpu))" : "\(cpu)"
    }.joined(separator: "+")
  }

  private static func tail(_ machine: Machine) -> [String] {
    let topology = machine.topology
    let allowed = machine.allowed
    var lines: [String] = []
    if topology.nodes.count > 1 {
      for node in topology.nodes {
        let distances = topology.nodes.map {
          "\(topology.distance(from: node.number, to: $0.number))"
        }
        lines.append(row("distances", "node \(node.number): \(distances.joined(separator: " "))"))
      }
    }
    if topology.classes.count > 1 {
      for group in topology.classes {
        lines.append(row("class \(group.index)", "cpus \(group.cpus) (\(group.evidence))"))
      }
    }
    if !topology.offline.isEmpty { lines.append(row("offline", "cpus \(topology.offline)")) }
    if !topology.isolated.isEmpty { lines.append(row("isolated", "cpus \(topology.isolated)")) }
    lines.append(
      row("allowed", "cpus \(allowed.cpus), memory nodes \(allowed.memoryNodes)"))
    lines += allowed.limits.map { row("limited by", $0) }
    lines.append(row("libnuma", "\(machine.numa)\(machine.numa.hint.map { ": \($0)" } ?? "")"))
    lines.append(row("settings", machine.settings.text))
    return lines + machine.notes.map { row("note", $0.text) }
  }

  private static func plans(_ machine: Machine, _ request: PlacementRequest) -> [String] {
    MachineReport.plans(machine, request: request).flatMap { plan -> [String] in
      let workers = "\(plan.workers) worker\(plan.workers == 1 ? "" : "s")"
      return [row("plan", "\(workers): \(plan.error ?? plan.text)")]
        + plan.notes.map { row("", "  \($0)") }
    }
  }

  private static func bytes(_ count: Int) -> String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")]
    where count >= 1 << shift && count % (1 << shift) == 0 {
      return "\(count >> shift) \(unit)"
    }
    return "\(count) bytes"
  }

  private static func wrapped(_ words: [String], indent: String) -> [String] {
    var lines: [String] = []
    for word in words {
      if let last = lines.last, last.count + 1 + word.count <= 100 {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(indent + word)
      }
    }
    return lines
  }
}
