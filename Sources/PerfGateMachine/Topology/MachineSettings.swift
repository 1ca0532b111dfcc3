/// Kernel settings that change speed, stored with every record.
package struct MachineSettings: Hashable, Sendable, Codable {
  /// Whether large buffers get huge pages: `always`, `madvise` or `never`; nil where unknown.
  package var hugePages: String?
  /// Whether the kernel moves pages to the threads that use them; nil where unknown.
  package var numaBalancing: Bool?
  /// The frequency governors of the allowed CPUs, sorted, without repetition; empty where unknown.
  package var governors: [String]
  /// Whether CPUs may run above their base clock rate; nil where unknown.
  package var turbo: Bool?

  /// Reads the settings below a root, for these CPUs.
  package static func read(root: String = "/", cpus: CPUSet) -> MachineSettings {
    read(FactReader(tree: SystemTree(root: root)), cpus: cpus)
  }

  /// Reads the same with a reader that collects the notes.
  static func read(_ facts: FactReader, cpus: CPUSet) -> MachineSettings {
    let folder = "/sys/devices/system/cpu"
    func word(_ path: String) -> String? { facts.word(path, .settings) }
    let governors = Set(
      cpus.compactMap { word("\(folder)/cpu\($0)/cpufreq/scaling_governor") })
    var turbo = word("\(folder)/cpufreq/boost").map { $0 != "0" }
    if let none = word("\(folder)/intel_pstate/no_turbo") { turbo = none == "0" }
    return MachineSettings(
      hugePages: word("/sys/kernel/mm/transparent_hugepage/enabled").map(chosen),
      numaBalancing: word("/proc/sys/kernel/numa_balancing").map { $0 != "0" },
      governors: governors.sorted(), turbo: turbo)
  }

  /// The word in brackets, as in `always [madvise] never`; the whole line without brackets.
  private static func chosen(_ line: String) -> String {
    guard let open = line.firstIndex(of: "["), let close = line.firstIndex(of: "]"), open < close
    else { return line }
    return String(line[line.index(after: open)..<close])
  }

  /// `huge pages always, numa balancing off, governor performance, turbo on`; `?` where unknown.
  package var text: String {
    let words: (Bool?) -> String = { $0.map { $0 ? "on" : "off" } ?? "?" }
    return "huge pages \(hugePages ?? "?"), numa balancing \(words(numaBalancing)), governor "
      + "\(governors.isEmpty ? "?" : governors.joined(separator: "+")), turbo \(words(turbo))"
  }
}
