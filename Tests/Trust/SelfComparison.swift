import CPerfGateKernels
import PerfGate

/// Viète's series in C: once as the reference, once the same again, once with more iterations.
enum SelfComparison: Kernel {
  static let name = "viete"
  static let work = Work(unit: "iteration", growth: .linear)
  static let percent = Settings.current?.percent ?? 10

  static let variants: [Variant<Int>] = [
    Variant("c.scalar", isReference: true, isOptimized: ck_viete_is_optimized()) { iterations, _ in
      ck_viete(Int64(iterations)).bitPattern
    },
    Variant("c.scalar.again", isOptimized: ck_viete_is_optimized()) { iterations, _ in
      ck_viete(Int64(iterations)).bitPattern
    },
    // After 27 iterations the result stays, so that more of them are only slower.
    Variant("c.scalar.worse", isOptimized: ck_viete_is_optimized()) { iterations, _ in
      ck_viete(Int64(iterations + iterations * percent / 100)).bitPattern
    },
  ]

  static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }

  /// `subject` no slower than the reference by more than 5 %.
  static func claim(_ subject: String) throws(ClaimError) -> Claim {
    try Claim(
      id: subject, text: "\(subject) no slower than c.scalar + 5 %", kernel: name,
      .ratio(subject: subject, reference: "c.scalar", atMost: 1.05, workers: 1))
  }
}
