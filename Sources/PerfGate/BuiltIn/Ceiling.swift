import CPerfGateSystem
import PerfGateStatistics

/// What the machine itself can do: arithmetic in registers, which nothing but CPUs can hold back.
///
/// Beside every scaling claim it runs through the same engine at the same worker counts.
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

  /// The number of steps itself.
  package static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }
}

extension Ceiling {
  /// How many tasks it has: at least 50, and shared out evenly by each of the worker counts, so that
  /// it tells of the machine and not of a last task that keeps the others waiting. Where that would
  /// be too many it is out by less than a hundredth.
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
