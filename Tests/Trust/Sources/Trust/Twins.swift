import PerfGate

/// One program under three names: itself, itself again, and itself with more iterations.
enum Twins: Kernel {
  static let name = "twins"
  static let work = Work(unit: "iteration", growth: .linear)

  struct Input: Sendable {
    var iterations: Int
    var more: Int
  }

  /// How many more iterations the worse one does, in percent; set once before anything runs.
  static let percent = Arguments.read().percent

  static let variants: [Variant<Input>] = [
    Variant("swift.one", isReference: true) { input, _ in chain(input.iterations) },
    Variant("swift.same", twin: "swift.one") { input, _ in chain(input.iterations) },
    Variant("swift.worse", twin: "swift.one") { input, _ in
      // The same result, and work on top of it.
      blackHole(chain(input.more))
      return chain(input.iterations)
    },
  ]

  static func makeInput(size: Int, seed: UInt64) -> Input {
    Input(iterations: size, more: Int(Double(size) * percent / 100))
  }

  /// Dependent divisions: nothing but arithmetic in registers.
  @inline(never)
  private static func chain(_ iterations: Int) -> UInt64 {
    var value = opaque(1.5)
    for _ in 0..<opaque(iterations) { value = 1 + 1 / value }
    return value.bitPattern
  }
}
