/// What `/proc/cpuinfo` says: the processors, and which part each of them is.
struct CPUInfo {
  /// One kind of core: Arm's implementer and part, or the trade name with family and model.
  struct Part: Hashable {
    /// Such as `Arm Cortex-A72` or `Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz`.
    var name: String
    /// Arm's part number, which mostly rises with speed; 0 elsewhere.
    var number = 0
  }

  /// The numbers of the listed processors.
  private(set) var processors = CPUSet()
  private var parts: [Int: Part] = [:]
  /// The part named outside the processors' blocks, or else the first processor's.
  private var common: Part?
  private let facts: FactReader

  init(facts: FactReader) {
    self.facts = facts
    let path = "/proc/cpuinfo"
    guard let text = facts.text(path, .cpuModel) else {
      facts.note(.cpuModel, "\(path) cannot be read: the cpu's name is unknown")
      return
    }
    let blocks = Self.blocks(text)
    let outside = blocks.filter { Self.processor($0) == nil }.reduce(into: [:]) {
      $0.merge($1) { first, _ in first }
    }
    common = Self.part(outside)
    for fields in blocks {
      guard let number = Self.processor(fields) else { continue }
      processors.insert(number)
      let part = Self.part(fields) ?? common
      parts[number] = part
      if common == nil { common = part }
    }
    if common == nil { facts.note(.cpuModel, "\(path) names no cpu: its name is unknown") }
  }

  /// The part of each of these CPUs, by number; empty unless it is known for all of them.
  func parts(of cpus: CPUSet) -> [Int: Part] {
    if let parts = registers(of: cpus) { return parts }
    let known = cpus.compactMap { parts[$0] }
    if known.count == cpus.count { return parts.filter { cpus.contains($0.key) } }
    // Containers renumber the processors, which does not matter where all are alike.
    guard let common, Set(parts.values).count <= 1 else { return [:] }
    return Dictionary(uniqueKeysWithValues: cpus.map { ($0, common) })
  }

  /// The trade name of a machine with these classes of cores: each part once, the fastest first.
  func model(of classes: [Topology.CoreClass]) -> String {
    let parts = parts(of: classes.reduce(into: CPUSet()) { $0.formUnion($1.cpus) })
    var names: [String] = []
    for name in classes.flatMap({ $0.cpus.compactMap { parts[$0]?.name } })
    where !names.contains(name) {
      names.append(name)
    }
    guard let first = names.first else { return common?.name ?? "unknown cpu" }
    let maker = first.prefix { $0 != " " } + " "
    return
      ([first]
      + names.dropFirst().map { $0.hasPrefix(maker) ? String($0.dropFirst(maker.count)) : $0 })
      .joined(separator: " + ")
  }

  /// The part of each CPU from its identification register, such as `0x00000000410fd034`; nil where
  /// the kernel does not show it.
  private func registers(of cpus: CPUSet) -> [Int: Part]? {
    var parts: [Int: Part] = [:]
    for cpu in cpus {
      let path = "/sys/devices/system/cpu/cpu\(cpu)/regs/identification/midr_el1"
      guard let word = facts.word(path, .cpuModel) else { return nil }
      guard word.hasPrefix("0x"), let register = UInt64(word.dropFirst(2), radix: 16) else {
        facts.ignore(
          path, .cpuModel, found: "'\(abbreviated(word))'", expected: "a number such as 0x410fd034")
        return nil
      }
      parts[cpu] = Self.armPart(
        implementer: Int(register >> 24 & 0xff), part: Int(register >> 4 & 0xfff))
    }
    return parts
  }

  /// The fields of each processor, and those of blocks that belong to none.
  private static func blocks(_ text: String) -> [[String: String]] {
    var blocks: [[String: String]] = [[:]]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard let colon = line.firstIndex(of: ":") else {
        if line.allSatisfy(\.isWhitespace), blocks.last?.isEmpty == false { blocks.append([:]) }
        continue
      }
      let key = trimmed(line[..<colon])
      if key == "processor", blocks[blocks.count - 1][key] != nil { blocks.append([:]) }
      if blocks[blocks.count - 1][key] == nil {
        blocks[blocks.count - 1][key] = trimmed(line[line.index(after: colon)...])
      }
    }
    return blocks
  }

  private static func processor(_ fields: [String: String]) -> Int? {
    fields["processor"].flatMap { Int($0) }.flatMap { (0...CPUSet.maximum).contains($0) ? $0 : nil }
  }

  private static func part(_ fields: [String: String]) -> Part? {
    // x86, MIPS, POWER, RISC-V in this order.
    for key in ["model name", "cpu model", "cpu", "uarch"] {
      // Some Arm kernels give every core of every chip the same "model name": its part says more.
      guard let name = fields[key], !name.isEmpty, fields["CPU part"] == nil else { continue }
      return Part(name: tradeName(name, fields))
    }
    if let implementer = hexadecimal(fields["CPU implementer"]),
      let part = hexadecimal(fields["CPU part"])
    {
      return armPart(implementer: implementer, part: part)
    }
    return (fields["Hardware"] ?? fields["Model"]).map { Part(name: $0) }
  }

  private static func hexadecimal(_ text: String?) -> Int? {
    guard let text, text.hasPrefix("0x") else { return nil }
    return Int(text.dropFirst(2), radix: 16)
  }
}
