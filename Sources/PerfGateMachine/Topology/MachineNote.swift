/// What of a machine's description could not be read, and what stands in for it.
///
/// Nothing that is noted keeps the machine from being used: only a machine without any allowed CPU
/// is an error.
package struct MachineNote: Hashable, Sendable, Codable, CustomStringConvertible {
  /// What kind of fact a note is about; the spelling of the JSON reports.
  package enum Code: String, Hashable, Sendable, Codable {
    /// Which CPUs there are, and which of them are online or isolated.
    case cpus
    /// The name and the parts of the CPUs.
    case cpuModel = "cpu-model"
    /// The mask of the process.
    case affinity
    /// The control groups of the process.
    case cgroup
    /// The CPU time that control groups allow.
    case quota
    /// The CPUs and memory nodes that control groups allow.
    case cpuset
    /// Packages and dies.
    case packages
    /// Which CPUs are one core.
    case cores
    /// The caches.
    case caches
    /// Which cores are faster than others.
    case coreClasses = "core-classes"
    /// The memory nodes and their distances.
    case memoryNodes = "memory-nodes"
    /// The kernel's switches that change speed.
    case settings
  }

  /// What kind of fact it is about.
  package var code: Code
  /// One line for people.
  package var text: String

  /// A note.
  package init(_ code: Code, _ text: String) {
    self.code = code
    self.text = text
  }

  /// The line for people.
  package var description: String { text }
}
