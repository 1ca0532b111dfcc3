/// A machine and what this process may use of it.
package struct Machine: Hashable, Sendable, Codable {
  /// The machine's packages, caches, cores and memory nodes.
  package var topology: Topology
  /// The part of it that this process may use.
  package var allowed: AllowedResources
  /// The machine's stable name, under which baselines are stored.
  package var key: MachineKey
  /// Whether libnuma can be used.
  package var numa: NumaState
  /// Kernel settings that change speed.
  package var settings: MachineSettings
  /// The root that was read: `/`, or the folder of another machine's tree.
  package var root: String

  /// What could not be read, and what is assumed instead.
  package var notes: [MachineNote]
  /// Keys that earlier versions may have given this machine; `key` is not among them.
  package var formerKeys: [String]

  /// Reads the machine whose `/sys` and `/proc` are below the root.
  ///
  /// - Throws: ``MachineError`` when there is no CPU to use; anything else that is missing is a note.
  package static func current(root: String = "/") throws(MachineError) -> Machine {
    let facts = FactReader(tree: SystemTree(root: root))
    let mask = ProcessMask(facts: facts)
    let topology = try TopologyReader(facts: facts, mask: mask).read()
    let allowed = try AllowedResources.read(facts, mask, topology)
    let settings = MachineSettings.read(facts, cpus: allowed.cpus)
    let key = MachineKey(topology: topology, allowed: allowed)
    return Machine(
      topology: topology, allowed: allowed, key: key, numa: .current, settings: settings,
      root: root, notes: facts.notes,
      formerKeys: FormerMachineKeys(tree: facts.tree, topology: topology, allowed: allowed)
        .texts.filter { $0 != key.text })
  }

  /// The CPU's trade name.
  package var cpuModel: String { topology.cpuModel }

  /// Whether this is the machine that the program runs on; only this one can be measured.
  package var isThisMachine: Bool { SystemTree(root: root).isThisMachine }
}
