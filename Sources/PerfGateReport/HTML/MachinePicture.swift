import PerfGateModel

/// The CPUs that could be used, by memory node and core, and which worker ran on which.
struct MachinePicture {
  private static let width = 440.0
  private static let (cell, gap, row) = (30.0, 6.0, 40.0)
  /// More CPUs than this are left out.
  private static let mostCPUs = 256
  /// More workers of a CPU than this are only counted.
  private static let mostTold = 8

  let record: Record

  /// A core with its CPUs.
  private struct Core { var cpus: [Int] }
  /// A memory node with its cores; without a number if it is not known.
  private struct Node {
    var number: Int?
    var cores: [Core]
  }

  /// The chart; `nil` if the record does not tell the CPUs.
  static func figure(_ record: Record) -> Figure? {
    let machine = MachinePicture(record: record)
    let nodes = machine.nodes()
    let count = nodes.reduce(0) { $0 + $1.cores.reduce(0) { $0 + $1.cpus.count } }
    guard count > 0 else { return nil }
    let hasLayout = record.machine.layout != nil
    let all = hasLayout ? count : (record.machine.threads ?? count)
    let pinned = record.plan.cpus.isEmpty ? "Workers were not pinned." : ""
    let seen = record.plan.verification.map { $0.isVerified ? "Verified: " : "" } ?? ""
    let note =
      pinned.isEmpty
      ? "\(seen)\(record.plan.places), \(record.plan.bind), memory \(record.plan.mem)." : pinned
    return Figure(
      title: "Who ran where",
      note: note + (hasLayout ? "" : " The record does not tell which CPUs share a core."),
      legend: record.plan.cpus.isEmpty
        ? [] : [LegendItem("a worker's CPU", mark: "cpu used", shape: .square)],
      picture: machine.picture(machine.limited(nodes)),
      rest: Figure.leftOut(all - min(all, mostCPUs), "CPUs", of: all))
  }

  private func nodes() -> [Node] {
    if let layout = record.machine.layout {
      return layout.map { node in
        Node(number: node.node, cores: node.cores.map { Core(cpus: $0) })
      }
    }
    let cpus = record.machine.allowed(most: Self.mostCPUs)
    return cpus.isEmpty ? [] : [Node(number: nil, cores: cpus.map { Core(cpus: [$0]) })]
  }

  private func limited(_ nodes: [Node]) -> [Node] {
    var left = Self.mostCPUs
    return nodes.map { node in
      var node = node
      node.cores = node.cores.filter { core in
        left -= core.cpus.count
        return left >= 0
      }
      return node
    }.filter { !$0.cores.isEmpty }
  }

  private func picture(_ nodes: [Node]) -> SVGPicture {
    var workers: [Int: [Int]] = [:]
    for (worker, cpu) in record.plan.cpus.enumerated() { workers[cpu, default: []].append(worker) }
    let layouts = nodes.map(rows)
    let height = layouts.reduce(0.0) { $0 + Double($1.count) * Self.row + 38 }
    var picture = SVGPicture(
      width: Self.width, height: max(height - 8, 20), title: "Who ran where",
      summary: "\(record.plan.cpus.count) workers on cpus \(Format.cpus(record.plan.cpus)) of "
        + record.machine.allowedCPUs)
    var y = 0.0
    for (node, rows) in zip(nodes, layouts) {
      let size = Double(rows.count) * Self.row
      picture.rectangle(0.5, y + 0.5, Self.width - 1, size + 29, "node", radius: 8)
      let name = node.number.map { "memory node \($0)" } ?? "allowed CPUs"
      picture.text(name, 10, y + 17, "tick")
      for (index, row) in rows.enumerated() {
        var x = 10.0
        for core in row {
          draw(core, x, y + 24 + Double(index) * Self.row, workers, &picture)
          x += Self.size(of: core) + Self.gap
        }
      }
      y += size + 38
    }
    return picture
  }

  private static func size(of core: Core) -> Double { Double(core.cpus.count) * cell + 4 }

  /// The cores of a node in rows that fit.
  private func rows(_ node: Node) -> [[Core]] {
    var rows: [[Core]] = [[]]
    var x = 0.0
    for core in node.cores {
      // A core with more threads than fit is drawn with those that do.
      let fitting = Core(cpus: Array(core.cpus.prefix(12)))
      let size = Self.size(of: fitting) + Self.gap
      if x + size > Self.width - 14, x > 0 {
        rows.append([])
        x = 0
      }
      rows[rows.count - 1].append(fitting)
      x += size
    }
    return rows
  }

  private func draw(
    _ core: Core, _ x: Double, _ y: Double, _ workers: [Int: [Int]],
    _ picture: inout SVGPicture
  ) {
    picture.rectangle(x, y, Self.size(of: core), 32, "core", radius: 5)
    for (index, cpu) in core.cpus.enumerated() {
      let here = workers[cpu] ?? []
      let left = x + 2 + Double(index) * Self.cell
      picture.rectangle(
        left + 1, y + 2, Self.cell - 2, 28, here.isEmpty ? "cpu" : "cpu used", radius: 4,
        hover: "cpu \(cpu): "
          + (here.isEmpty ? "no worker" : told(here)))
      let middle = left + Self.cell / 2
      guard let first = here.first else {
        picture.text("\(cpu)", middle, y + 20, "small", anchor: .middle)
        continue
      }
      let name = here.count > 1 ? "\(here.count)×" : "w\(first)"
      picture.text(name, middle, y + 20, "small on", anchor: .middle)
    }
  }

  /// What the workers of a CPU were seen to do.
  private func told(_ workers: [Int]) -> String {
    let some = workers.prefix(Self.mostTold).map(told).joined(separator: "; ")
    let rest = workers.count - Self.mostTold
    return rest > 0 ? "\(some); \(rest) more" : some
  }

  /// What one worker was seen to do.
  private func told(_ worker: Int) -> String {
    var parts = ["worker \(worker)"]
    if worker < record.plan.memory.count { parts.append(record.plan.memory[worker]) }
    if let seen = record.plan.verification?.observations.first(where: { $0.worker == worker }) {
      if let cpu = seen.cpuAfter { parts.append("ran on cpu \(cpu)") }
      if let moves = seen.migrations { parts.append("moved \(moves) times") }
    }
    return parts.joined(separator: ", ")
  }
}

extension Record.MachineSummary {
  /// The allowed CPUs in the record's own text, not more than this many; empty if it cannot be read.
  fileprivate func allowed(most: Int) -> [Int] {
    var found: [Int] = []
    for range in allowedCPUs.split(separator: ",") {
      let ends = range.split(separator: "-").map { Int($0) }
      guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
        first >= 0, first <= last
      else { return [] }
      for cpu in first...last {
        if found.count == most { return found }
        found.append(cpu)
      }
    }
    return found
  }
}
