import PerfGate

/// The stored length of a text, whose time does not depend on the size.
enum LengthPlants: Kernel {
  static let name = "plant.length"
  static let work = Work(unit: "byte", growth: .constant, defaultSize: 1_000_000)

  static func makeInput(size: Int, seed: UInt64) throws -> String { text(size) }

  static func inputBytes(size: Int) -> Int { size }

  static let variants: [Variant<String>] = [
    Variant("swift.honest", isReference: true) { text, _ in length(text) },
    // The time of something else: of making the string, as in the article.
    Variant("swift.making", twin: "swift.honest") { input, _ in
      length(text(opaque(input.utf8.count)))
    },
    Variant("swift.last-bit", twin: "swift.honest") { text, _ in length(text) ^ 1 },
    Variant("swift.rarely-wrong", twin: "swift.honest") { text, task in
      task % 1000 == 999 ? length(text) ^ 1 : length(text)
    },
  ]

  @inline(never)
  private static func length(_ text: String) -> UInt64 { UInt64(text.utf8.count) }

  private static func text(_ size: Int) -> String { String(repeating: "1", count: size) }
}
