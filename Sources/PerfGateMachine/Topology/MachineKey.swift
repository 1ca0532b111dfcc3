/// Names a machine by what determines its speed: `amd-epyc-9r14-2c-1n`.
///
/// It consists of the names of the cores' parts, the number of allowed cores in each class, the
/// number of CPUs if that is larger, and the number of memory nodes with allowed cores. It omits
/// clock rates, host names, memory sizes and toolchains, so it stays the same after a reboot.
/// Different kinds of machines need different keys: otherwise one would be judged by the other's
/// baselines.
package struct MachineKey: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Lowercase letters, digits and single dashes: usable as a file name.
  package var text: String

  /// A key from a stored record.
  package init(text: String) { self.text = text }

  /// The key of the allowed part of a machine.
  package init(topology: Topology, allowed: AllowedResources) {
    let counts = Self.coreCounts(topology.classes.map(\.cpus), topology, allowed)
    let shape = Self.shape(counts, nodes: Self.coresPerNode(topology, allowed), allowed)
    text = "\(Self.slug(topology.cpuModel))-\(shape)"
  }

  /// How many allowed cores each class has, including classes without any: big cores alone are a
  /// different machine from small cores alone.
  static func coreCounts(
    _ classes: [CPUSet], _ topology: Topology, _ allowed: AllowedResources
  ) -> [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for core in topology.cores where !core.cpus.isDisjoint(with: allowed.cpus) {
      guard let cpu = core.cpus.first, let index = classes.firstIndex(where: { $0.contains(cpu) })
      else { continue }
      counts[index] += 1
    }
    return counts
  }

  /// How many allowed cores each memory node has, in the order of node numbers, omitting nodes
  /// without.
  static func coresPerNode(_ topology: Topology, _ allowed: AllowedResources) -> [Int] {
    var counts: [Int: Int] = [:]
    for core in topology.cores where !core.cpus.isDisjoint(with: allowed.cpus) {
      counts[core.cpus.first.flatMap(topology.cpu)?.node ?? 0, default: 0] += 1
    }
    return counts.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Such as `4c-8t-2n`, or `6c-2n-4-2` for cores spread unevenly over the nodes, which is a
  /// different machine from one with equal halves.
  static func shape(_ counts: [Int], nodes: [Int], _ allowed: AllowedResources) -> String {
    var shape = counts.map { "\($0)c" }.joined(separator: "-")
    if allowed.cpus.count > allowed.cores { shape += "-\(allowed.cpus.count)t" }
    shape += "-\(Swift.max(nodes.count, 1))n"
    if Set(nodes).count > 1 { shape += "-" + nodes.map(String.init).joined(separator: "-") }
    return shape
  }

  /// The key's text.
  package var description: String { text }

  /// Reads a key from its text.
  package init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  /// Writes the key as its text.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  /// `Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz` becomes `intel-xeon-platinum-8375c`.
  package static func slug(_ model: String) -> String {
    let marks = ["(r)", "(tm)", "(c)", "®", "™"]
    var name = model.lowercased()
    // Only the family and the model may follow the clock rate.
    if let at = name.firstIndex(of: "@") {
      let family = name[at...].firstRange(of: " (family ").map { name[$0.lowerBound...] } ?? ""
      name = String(name[..<at] + family)
    }
    if let with = name.firstRange(of: " with ") { name = String(name[..<with.lowerBound]) }
    for mark in marks { name = name.split(separator: mark).joined(separator: " ") }
    let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.filter {
      !["cpu", "processor", "core"].contains($0) && !isClockRate($0)
    }
    var kept: [Substring] = []
    // "96-Core" and "Eight-Core" repeat what the key counts itself.
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
