/// A machine and what this process may use of it.
package struct Machine: Hashable, Sendable, Codable {
  /// What the machine is made of.
  package var topology: Topology
  /// What this process may use.
  package var allowed: AllowedResources
  /// The machine's name for baselines.
  package var key: MachineKey
  /// Whether libnuma is at hand.
  package var numa: NumaState
  /// Switches of the kernel that change speed.
  package var settings: MachineSettings
  /// The root that was read: `/`, or the folder of another machine's tree.
  package var root: String

  /// What could not be read of all this, and what stands in for it.
  package var notes: [MachineNote]
  /// Names that earlier versions gave this machine, and other ones like it: `key` was not among
  /// them.
  package var formerKeys: [String]

  /// Reads the machine whose `/sys` and `/proc` lie below the root.
  ///
  /// - Throws: ``MachineError`` when there is not one CPU to use; anything less is a note.
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

  /// Whether this is the machine that the program runs on; another one is never measured on.
  package var isThisMachine: Bool { SystemTree(root: root).isThisMachine }
}
