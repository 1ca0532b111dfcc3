import CPerfGateKernels
import PerfGate

/// Viète's series for π: nested square roots, each of which waits for the one before.
///
/// Source: François Viète, *Variorum de rebus mathematicis responsorum liber VIII*, 1593.
package enum Viete: Kernel {
  /// How many iterations a task makes, 0 or more.
  package typealias Input = Int

  /// `viete`.
  package static let name = "viete"
  /// Proportional to the iterations; their number is found for the wanted time.
  package static let work = Work(unit: "iteration", growth: .linear)

  /// The same loop in C and in Swift, alone and for many tasks side by side, all with the same result bit
  /// for bit; and square roots alone, which no way to compute the series can do without.
  package static let variants: [Variant<Int>] =
    [
      Variant("swift.scalar", twin: "c.scalar") { iterations, _ in
        run(iterations: iterations).bitPattern
      }.limited(by: "c.roots.scalar"),
      Variant("c.scalar", isReference: true, isOptimized: ck_viete_is_optimized()) {
        iterations, _ in ck_viete(Int64(iterations)).bitPattern
      }.limited(by: "c.roots.scalar"),
    ] + InstructionSet.listed.flatMap(batches)
    + [
      Variant("c.roots.scalar", isOptimized: ck_viete_roots_is_optimized()) { iterations, _ in
        ck_roots_scalar(Int64(iterations)).bitPattern
      }.asLimit()
    ] + InstructionSet.listed.map(roots)

  /// The number of iterations itself; the series always starts the same, so the seed is not used.
  ///
  /// - Throws: when `size` is negative.
  package static func makeInput(size: Int, seed: UInt64) throws(KernelError) -> Int {
    try KernelError.check(size: size)
    return size
  }

  /// Viète's series: from a = 0, p = 1, `iterations` times a = √(2 + a), p = p · a / 2.
  ///
  /// Shape: `iterations` ≥ 0; returns 2 / p, so 2 for none; a quiet NaN for a negative number.
  /// Work: proportional to iterations; each waits for the square root of the one before. After 27
  /// iterations a stays at 2, and the work goes on all the same.
  @inline(never)
  package static func run(iterations: Int) -> Double {
    guard iterations >= 0 else { return .nan }
    // Known start values would let a compiler do the first iterations itself, or merge equal tasks.
    var a = opaque(0.0)
    var p = opaque(1.0)
    for _ in 0..<iterations {
      a = (2 + a).squareRoot()
      p = p * a / 2
    }
    return 2 / p
  }
}
