/// Puts the allowed cores of a machine in the order in which workers take them.
///
/// The order does not depend on the number of workers: the places for n workers are the first n of
/// those for n + 1.
struct PlaceOrder {
  let topology: Topology
  let allowed: CPUSet

  /// A core, its allowed CPUs, and its position in the machine.
  struct Spot: Hashable {
    var cpus: CPUSet
    var coreClass: Int
    var package: Int
    var die: Int
    var node: Int
    var cache: Int
    /// The lowest allowed CPU, which represents the core.
    var cpu: Int
  }

  /// The CPUs in order: the first of every core, class by class; with siblings, then the second of
  /// every core in the same order, and so on.
  func cpus(places: Places, spread: Bool, siblings: Bool) -> [Int] {
    let spots = cores(places: places, spread: spread)
    let rounds = siblings ? spots.map(\.cpus.count).max() ?? 0 : Swift.min(1, spots.count)
    return (0..<rounds).flatMap { round in
      spots.compactMap { Array($0.cpus).dropFirst(round).first }
    }
  }

  /// The allowed cores, sorted by their lowest CPU.
  var spots: [Spot] {
    topology.cores.compactMap { core in
      let usable = core.cpus.intersection(allowed)
      guard let first = usable.first, let cpu = topology.cpu(first) else { return nil }
      return Spot(
        cpus: usable, coreClass: cpu.coreClass, package: cpu.package, die: cpu.die,
        node: cpu.node ?? -1, cache: cpu.cache, cpu: first)
    }
  }

  /// The allowed cores in order. Slower classes always follow faster ones.
  func cores(places: Places, spread: Bool) -> [Spot] {
    var ordered: [Spot] = []
    let classes = Dictionary(grouping: spots, by: \.coreClass).sorted { $0.key < $1.key }
    for (_, spots) in classes {
      let near = close(spots, after: ordered)
      let groups: [[Spot]]
      switch places {
      case .cores, .threads:
        ordered += spread ? self.spread(spots, levels: Self.levels) : near
        continue
      case .llCaches: groups = grouped(near, by: \.cache)
      case .numaDomains: groups = grouped(near, by: \.node)
      case .sockets: groups = grouped(near, by: \.package)
      }
      ordered +=
        spread
        ? inTurn(
          self.spread(groups.map { $0[0] }, levels: Self.levels).map { head in
            self.spread(groups.first { $0[0] == head } ?? [], levels: Self.levels)
          })
        : inTurn(groups)
    }
    return ordered
  }

  /// Neighbors first: the node of the first core, then always the node nearest to those in use.
  private func close(_ spots: [Spot], after used: [Spot]) -> [Spot] {
    var nodes = grouped(spots, by: \.node)
    var ordered: [Spot] = []
    while !nodes.isEmpty {
      let taken = used + ordered
      let next = nodes.indices.min { rank(nodes[$0], taken) < rank(nodes[$1], taken) } ?? 0
      ordered += withinNode(nodes.remove(at: next))
    }
    return ordered
  }

  /// Ranks a node by closeness, the closest first: by the sum of distances to the nodes in use,
  /// then a shared cache (one cache may span two nodes), then a shared package, then the CPU
  /// number.
  private func rank(_ group: [Spot], _ taken: [Spot]) -> Rank {
    let distance = Set(taken.map(\.node)).reduce(0) {
      $0 + topology.distance(from: $1, to: group[0].node)
    }
    let caches = Set(taken.map(\.cache))
    let packages = Set(taken.map(\.package))
    return Rank(keys: [
      distance, group.contains { caches.contains($0.cache) } ? 0 : 1,
      group.contains { packages.contains($0.package) } ? 0 : 1, group.map(\.cpu).min() ?? 0,
    ])
  }

  private struct Rank: Comparable {
    var keys: [Int]
    static func < (left: Rank, right: Rank) -> Bool {
      left.keys.lexicographicallyPrecedes(right.keys)
    }
  }

  /// Sorts by package, die and cache, each by its lowest CPU.
  private func withinNode(_ spots: [Spot]) -> [Spot] {
    grouped(spots, by: \.package).flatMap { package in
      grouped(package, by: \.die).flatMap { die in
        grouped(die, by: \.cache).flatMap { $0 }
      }
    }
  }

  private static let levels: [KeyPath<Spot, Int> & Sendable] = [
    \.package, \.node, \.die, \.cache,
  ]

  /// Takes cores from the groups of the first level in turn, each spread over the next level.
  private func spread(_ spots: [Spot], levels: [KeyPath<Spot, Int> & Sendable]) -> [Spot] {
    guard let level = levels.first else { return spots.sorted { $0.cpu < $1.cpu } }
    return inTurn(
      grouped(spots, by: level).map { spread($0, levels: Array(levels.dropFirst())) })
  }

  /// Groups the cores, in the order in which the groups' first members appear.
  private func grouped(_ spots: [Spot], by key: KeyPath<Spot, Int>) -> [[Spot]] {
    var groups: [[Spot]] = []
    var index: [Int: Int] = [:]
    for spot in spots {
      if let known = index[spot[keyPath: key]] {
        groups[known].append(spot)
      } else {
        index[spot[keyPath: key]] = groups.count
        groups.append([spot])
      }
    }
    return groups
  }

  /// The first of each group, then the second of each, until all are used.
  private func inTurn(_ groups: [[Spot]]) -> [Spot] {
    let turns = groups.map(\.count).max() ?? 0
    var spots: [Spot] = []
    for turn in 0..<turns {
      for group in groups where turn < group.count { spots.append(group[turn]) }
    }
    return spots
  }
}
