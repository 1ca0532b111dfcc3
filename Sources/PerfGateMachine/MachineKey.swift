/// Names a machine by what decides its speed: `amd-epyc-9r14-2c-1n`.
///
/// The CPU's model, the allowed cores by class, their CPUs where there are more than cores, and the
/// memory nodes that hold them. Clock rates, host names, memory sizes and toolchains stay out, so the key outlives
/// a reboot.
public struct MachineKey: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Small letters, digits and single dashes: usable as a file name.
  public var text: String

  /// A key read back from a stored record.
  public init(text: String) { self.text = text }

  /// The key of what is allowed of a machine.
  public init(topology: Topology, allowed: AllowedResources) {
    let cores = topology.cores.filter { !$0.cpus.isDisjoint(with: allowed.cpus) }
    var perClass = [Int](repeating: 0, count: topology.classes.count)
    var perNode: [Int: Int] = [:]
    for core in cores {
      guard let cpu = core.cpus.first.flatMap(topology.cpu) else { continue }
      if cpu.coreClass < perClass.count { perClass[cpu.coreClass] += 1 }
      perNode[cpu.node ?? 0, default: 0] += 1
    }
    var shape = perClass.filter { $0 > 0 }.map { "\($0)c" }.joined(separator: "-")
    if allowed.cpus.count > cores.count { shape += "-\(allowed.cpus.count)t" }
    shape += "-\(Swift.max(perNode.count, 1))n"
    // Cores shared out unevenly over the nodes are another machine than the same cores in halves.
    if Set(perNode.values).count > 1 {
      shape += "-" + perNode.sorted { $0.key < $1.key }.map { "\($0.value)" }.joined(separator: "-")
    }
    text = "\(Self.slug(topology.cpuModel))-\(shape)"
  }

  /// The key itself.
  public var description: String { text }

  /// Reads a key from its text.
  public init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  /// Writes the key as its text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  /// `Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz` becomes `intel-xeon-platinum-8375c`.
  static func slug(_ model: String) -> String {
    let marks = ["(r)", "(tm)", "(c)", "®", "™"]
    var name = model.lowercased()
    if let at = name.firstIndex(of: "@") { name = String(name[..<at]) }
    if let with = name.firstRange(of: " with ") { name = String(name[..<with.lowerBound]) }
    for mark in marks { name = name.split(separator: mark).joined(separator: " ") }
    let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.filter {
      !["cpu", "processor", "core"].contains($0) && !isClockRate($0)
    }
    var kept: [Substring] = []
    // "96-Core" and "Eight-Core" say again what the key counts itself.
    let parts = name.split(whereSeparator: \.isWhitespace)
    let counted = Set(parts.filter { $0.hasSuffix("-core") }.map { $0.dropLast(5) })
    for word in words where !counted.contains(word) { kept.append(word) }
    return kept.isEmpty ? "unknown-cpu" : kept.joined(separator: "-")
  }

  private static func isClockRate(_ word: Substring) -> Bool {
    (word.hasSuffix("ghz") || word.hasSuffix("mhz"))
      && word.dropLast(3).allSatisfy { $0.isNumber || $0 == "." }
  }
}
