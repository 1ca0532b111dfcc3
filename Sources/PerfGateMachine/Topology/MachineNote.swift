/// Something in a machine's description that could not be read, and what is assumed instead.
///
/// A note never keeps the machine from being used: only a machine without any allowed CPU is an
/// error.
package struct MachineNote: Hashable, Sendable, Codable, CustomStringConvertible {
  /// What kind of fact a note is about, as spelled in JSON reports.
  package enum Code: String, Hashable, Sendable, Codable {
    /// Which CPUs exist, and which of them are online or isolated.
    case cpus
    /// The names and parts of the CPUs.
    case cpuModel = "cpu-model"
    /// The process's CPU mask.
    case affinity
    /// The process's control groups.
    case cgroup
    /// The CPU time that control groups allow.
    case quota
    /// The CPUs and memory nodes that control groups allow.
    case cpuset
    /// Packages and dies.
    case packages
    /// Which CPUs share a core.
    case cores
    /// The caches.
    case caches
    /// Which cores are faster than others.
    case coreClasses = "core-classes"
    /// The memory nodes and their distances.
    case memoryNodes = "memory-nodes"
    /// Kernel settings that change speed.
    case settings
  }

  package var code: Code
  /// One line: what is missing or wrong, and what is assumed instead.
  package var text: String

  package init(_ code: Code, _ text: String) {
    self.code = code
    self.text = text
  }

  /// The text.
  package var description: String { text }
}
