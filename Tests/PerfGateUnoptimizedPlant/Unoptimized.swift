import PerfGate

/// This module is built without optimization in every configuration; so is its kernel.
///
/// It is linked with optimized modules, as an adopter's is.
public enum Unoptimized: Kernel {
  /// `plant.unoptimized`.
  public static let name = "plant.unoptimized"
  /// In proportion to the steps.
  public static let work = Work(unit: "step", growth: .linear)

  /// Right results, slow code.
  public static let variants: [Variant<Int>] = [
    Variant("swift.a", twin: "swift.b") { steps, _ in sum(steps) },
    Variant("swift.b", isReference: true) { steps, _ in sum(steps) },
  ]

  /// The number of steps.
  public static func makeInput(size: Int, seed: UInt64) throws -> Int { size }

  private static func sum(_ steps: Int) -> UInt64 {
    var sum = UInt64(opaque(1))
    for step in 0..<steps { sum = (sum ^ UInt64(step)) &* 0x100_0000_01b3 }
    return sum
  }
}
