/// What `/proc/cpuinfo` tells: the processors and the name of their model.
struct CPUInfo {
  /// The numbers of the processors listed.
  private(set) var processors = CPUSet()
  /// The trade name; `unknown cpu` where there is none.
  private(set) var model = "unknown cpu"

  init(tree: SystemTree) throws(MachineError) {
    guard let text = try tree.text("/proc/cpuinfo") else { return }
    var fields: [String: String] = [:]
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let key = trimmed(line[..<colon])
      let value = trimmed(line[line.index(after: colon)...])
      if key == "processor", let number = Int(value), (0...CPUSet.maximum).contains(number) {
        processors.insert(number)
      }
      if fields[key] == nil { fields[key] = value }
    }
    model = Self.model(fields)
  }

  private static func model(_ fields: [String: String]) -> String {
    // x86, MIPS, POWER, RISC-V in this order; a name without a number ("AMD EPYC" in a virtual
    // machine) gets the family and model, or Zen 3 and Zen 4 would be one machine.
    for key in ["model name", "cpu model", "cpu", "uarch"] {
      guard let name = fields[key], !name.isEmpty else { continue }
      if !name.contains(where: \.isNumber), let family = fields["cpu family"],
        let number = fields["model"]
      {
        return "\(name) (family \(family) model \(number))"
      }
      return name
    }
    if let implementer = fields["CPU implementer"], let part = fields["CPU part"] {
      return armNames["\(implementer) \(part)"] ?? "Arm \(implementer) \(part)"
    }
    return fields["Hardware"] ?? fields["Model"] ?? "unknown cpu"
  }

  /// The Arm cores that servers and boards are made of, from their technical reference manuals.
  private static let armNames = [
    "0x41 0xd03": "Arm Cortex-A53", "0x41 0xd05": "Arm Cortex-A55", "0x41 0xd07": "Arm Cortex-A57",
    "0x41 0xd08": "Arm Cortex-A72", "0x41 0xd0b": "Arm Cortex-A76", "0x41 0xd0c": "Arm Neoverse-N1",
    "0x41 0xd40": "Arm Neoverse-V1", "0x41 0xd49": "Arm Neoverse-N2",
    "0x41 0xd4f": "Arm Neoverse-V2", "0xc0 0xac3": "Ampere-1", "0xc0 0xac4": "Ampere-1a",
  ]
}
