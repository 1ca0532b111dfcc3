import PerfGateMachine

/// The machines that golden plans and property tests are about.
enum MadeUpMachines {
  static let all: [(name: String, made: MadeUpMachine)] = [
    ("one-node", .regular(cores: 2)),
    ("two-nodes-smt", .regular(packages: 2, cores: 4, threads: 2, distances: line)),
    ("four-nodes", .regular(packages: 2, nodes: 2, caches: 2, cores: 2, distances: square)),
    ("eight-nodes", .regular(packages: 8, cores: 2, distances: line)),
    ("hybrid", hybrid),
    ("arm-classes", arm),
    ("epyc-128", .regular(packages: 2, nodes: 4, caches: 2, cores: 8, threads: 2, distances: epyc)),
    ("cache-across-nodes", cacheAcrossNodes),
    ("memory-only-and-cpu-only", memoryOnlyAndCPUOnly),
    ("sparse-nodes", sparse),
  ]

  /// Nodes in a row: each step is 10 further.
  static func line(_ from: Int, _ to: Int) -> Int { 10 + 10 * abs(from - to) }

  /// Nodes 0 and 2 are nearer to each other than to the nodes of their own packages.
  static func square(_ from: Int, _ to: Int) -> Int {
    from == to ? 10 : from % 2 == to % 2 ? 12 : 22
  }

  /// Near within a package of four, far between packages.
  static func epyc(_ from: Int, _ to: Int) -> Int {
    from == to ? 10 : from / 4 == to / 4 ? 12 : 32
  }

  /// Four big cores with two threads each, then four small ones in a cluster; capacities tell them.
  private static var hybrid: MadeUpMachine {
    var machine = MadeUpMachine.regular(cores: 4, threads: 2, siblingsAdjacent: true)
    for index in machine.cpus.indices { machine.cpus[index].maximumKHz = 5_200_000 }
    for number in 8..<12 {
      machine.cpus.append(
        .init(number: number, core: number, maximumKHz: 3_900_000))
    }
    return machine
  }

  private static var arm: MadeUpMachine {
    var machine = MadeUpMachine.regular(cores: 8)
    let capacities = [254, 250, 718, 731, 718, 997, 1017, 1024]
    for index in machine.cpus.indices {
      machine.cpus[index].capacity = capacities[index]
      machine.cpus[index].cache = index < 2 ? 0 : 1
    }
    return machine
  }

  private static var cacheAcrossNodes: MadeUpMachine {
    var machine = MadeUpMachine.regular(packages: 2, nodes: 2, cores: 2, distances: line)
    for index in machine.cpus.indices {
      machine.cpus[index].cache = machine.cpus[index].package
    }
    return machine
  }

  private static var memoryOnlyAndCPUOnly: MadeUpMachine {
    MadeUpMachine.regular(packages: 4, cores: 2, distances: line)
      .without(memoryOn: [1], cpusOn: [3])
  }

  private static var sparse: MadeUpMachine {
    var machine = MadeUpMachine.regular(packages: 2, cores: 2)
    machine.nodeMegabytes = [0: 1024, 8: 1024]
    machine.possibleNodes = [0, 1, 8]
    machine.distances = [0: [10, 99, 40], 8: [40, 99, 10]]
    for index in machine.cpus.indices where machine.cpus[index].node == 1 {
      machine.cpus[index].node = 8
    }
    return machine
  }
}
