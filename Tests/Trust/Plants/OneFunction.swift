import CPerfGateKernels
import PerfGate

/// Viète's series in C: all variants run the same function, some with more iterations. Its speed
/// depends neither on its data nor on the start.
enum OneFunction: Kernel {
  static let name = "one.function"
  static let work = Work(unit: "iteration", growth: .linear)

  /// How many pairs `a1`, `b1`, `a2`, `b2` … there are.
  static let pairs = 4
  /// How much more the slower variants do, in percent.
  static let slowerBy = [2, 3, 5, 10]

  static var variants: [Variant<Int>] {
    (1...pairs).flatMap { pair in
      ["a", "b"].map { variant("\($0)\(pair)", percent: 100) }
    } + slowerBy.map { variant("plus.\($0)", percent: 100 + $0) }
  }

  // After 27 iterations the result stays, so more of them are only slower.
  private static func variant(_ name: String, percent: Int) -> Variant<Int> {
    Variant(name, isReference: name == "a1", isOptimized: ck_viete_is_optimized()) { size, _ in
      ck_viete(Int64(Amount.passes(size, percent: percent))).bitPattern
    }
  }

  static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }
}
