extension CPUInfo {
  /// A trade name that distinguishes kinds of CPUs: with family and model where the name alone, as
  /// virtual machines give it, would fit many.
  static func tradeName(_ name: String, _ fields: [String: String]) -> String {
    guard isGeneric(name), let family = fields["cpu family"], let model = fields["model"] else {
      return name
    }
    var added = "family \(family) model \(model)"
    if sharedModels.contains("\(family) \(model)"), let stepping = fields["stepping"] {
      added += " stepping \(stepping)"
    }
    return "\(name) (\(added))"
  }

  /// Whether a name has no product number. `Intel(R) Xeon(R) CPU @ 2.20GHz` has none: clock rates,
  /// core counts, versions and placeholders are not product numbers.
  static func isGeneric(_ name: String) -> Bool {
    var text = name.lowercased()
    while let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") {
      text.replaceSubrange(open...close, with: " ")
    }
    if let at = text.firstIndex(of: "@") { text = String(text[..<at]) }
    let words = text.split { $0.isWhitespace || $0 == "," || $0 == "/" }
    for (index, word) in words.enumerated() where word.contains(where: \.isNumber) {
      let isVersion = index > 0 && words[index - 1] == "version"
      let isClock = word.hasSuffix("ghz") || word.hasSuffix("mhz")
      let isCount = word.hasSuffix("-core") || word.hasSuffix("-cores")
      let isGeneration = index + 1 < words.count && words[index + 1] == "gen"
      if !(isVersion || isClock || isCount || isGeneration || word.contains("xx")) { return false }
    }
    return true
  }

  /// Families and models that cover several generations of chips, which differ in their stepping:
  /// Skylake, Cascade Lake and Cooper Lake; Milan and Genoa without and with stacked caches.
  private static let sharedModels: Set = ["6 85", "25 1", "25 17"]

  static func armPart(implementer: Int, part: Int) -> Part {
    func text(_ number: Int, digits: Int) -> String {
      let hexadecimal = String(number, radix: 16)
      return "0x" + String(repeating: "0", count: max(0, digits - hexadecimal.count)) + hexadecimal
    }
    let code = "\(text(implementer, digits: 2)) \(text(part, digits: 3))"
    return Part(name: armNames[code] ?? "Arm \(code)", number: part)
  }

  /// The Arm cores of servers and boards, from their technical reference manuals.
  private static let armNames = [
    "0x41 0xd03": "Arm Cortex-A53", "0x41 0xd05": "Arm Cortex-A55", "0x41 0xd07": "Arm Cortex-A57",
    "0x41 0xd08": "Arm Cortex-A72", "0x41 0xd0b": "Arm Cortex-A76", "0x41 0xd0c": "Arm Neoverse-N1",
    "0x41 0xd40": "Arm Neoverse-V1", "0x41 0xd49": "Arm Neoverse-N2",
    "0x41 0xd4f": "Arm Neoverse-V2", "0xc0 0xac3": "Ampere-1", "0xc0 0xac4": "Ampere-1a",
  ]
}
