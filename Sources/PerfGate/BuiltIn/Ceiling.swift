import CPerfGateSystem
import PerfGateStatistics

/// Measures the machine's own speedup: arithmetic in registers, which only the CPUs can limit.
///
/// It runs for every scaling claim, through the same engine and at the same worker counts.
package enum Ceiling: Kernel {
  /// `ceiling`.
  package static let name = BuiltInKernel.ceiling
  /// Twice the steps take twice the time.
  package static let work = Work(unit: "iteration", growth: .linear)
  /// The only variant's name.
  package static let variant = "c.spin"

  /// One chain of dependent steps.
  package static let variants: [Variant<Int>] = [
    Variant(
      name: variant, twin: nil, isReference: true, isOptimized: pgp_library_is_optimized()
    ) { steps, _ in
      pgp_spin(UInt64(opaque(steps)), UInt64(opaque(1)))
    }
  ]

  /// The input is the number of steps.
  package static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }
}

extension Ceiling {
  /// The number of tasks: at least 50, and divisible by each of the worker counts, so that no
  /// worker waits for another one's last task. If that would be too many, the error is below 1 %.
  package static func tasks(workers: [Int]) -> Int {
    let most = 100 * (workers.max() ?? 1)
    var common = 1
    for count in workers where common <= most {
      common *= count / greatestCommonDivisor(common, count)
    }
    return common <= most ? (max(50, common) + common - 1) / common * common : most
  }

  private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
    other == 0 ? one : greatestCommonDivisor(other, one % other)
  }
}
