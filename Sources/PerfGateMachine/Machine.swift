/// A machine and what this process may use of it.
public struct Machine: Hashable, Sendable, Codable {
  /// What the machine is made of.
  public var topology: Topology
  /// What this process may use.
  public var allowed: AllowedResources
  /// The machine's name for baselines.
  public var key: MachineKey
  /// Whether libnuma is at hand.
  public var numa: NumaState
  /// Switches of the kernel that change speed.
  public var settings: MachineSettings
  /// The root that was read: `/`, or the folder of another machine's tree.
  public var root: String

  /// Reads the machine whose `/sys` and `/proc` lie below the root.
  public static func current(root: String = "/") throws(MachineError) -> Machine {
    let topology = try Topology.read(root: root)
    let allowed = try AllowedResources.current(root: root, topology: topology)
    return Machine(
      topology: topology, allowed: allowed, key: MachineKey(topology: topology, allowed: allowed),
      numa: .current, settings: try .read(root: root, cpus: allowed.cpus), root: root)
  }

  /// The CPU's trade name.
  public var cpuModel: String { topology.cpuModel }

  /// Whether this is the machine that the program runs on; another one is never measured on.
  public var isThisMachine: Bool { SystemTree(root: root).isThisMachine }
}
