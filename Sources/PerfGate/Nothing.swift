/// A task that does nothing: what no work at all takes in the engine.
///
/// A closure of which an optimiser has left nothing looks like it.
enum Nothing: Kernel {
  /// `nothing`.
  static let name = "nothing"
  /// There is no work.
  static let work = Work(unit: "call", growth: .constant, defaultSize: 1)
  /// The only variant's name.
  static let variant = "swift.empty"

  /// Returns 0 at once.
  static let variants: [Variant<Int>] = [Variant(variant, isReference: true) { _, _ in 0 }]

  /// The size itself, which nobody looks at.
  static func makeInput(size: Int, seed: UInt64) -> Int { size }
}
