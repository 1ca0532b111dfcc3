import CPerfGateSystem
import PerfGateStatistics

/// What the machine itself can do: arithmetic in registers, which nothing but CPUs can hold back.
///
/// Beside every scaling claim it runs through the same engine at the same worker counts.
public enum Ceiling: Kernel {
  /// `ceiling`.
  public static let name = "ceiling"
  /// Twice the steps take twice the time.
  public static let work = Work(unit: "iteration", growth: .linear)
  /// The error with which a ceiling is found below a claim.
  static let alpha = 0.02
  /// The only variant's name.
  public static let variant = "c.spin"

  /// One chain of dependent steps.
  public static let variants: [Variant<Int>] = [
    Variant(
      name: variant, twin: nil, isReference: true, isOptimized: pgp_library_is_optimized()
    ) { steps, _ in
      pgp_spin(UInt64(opaque(steps)), UInt64(opaque(1)))
    }
  ]

  /// The number of steps itself.
  public static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }
}

extension Ceiling {
  /// How many tasks it has: at least 50, and shared out evenly by each of the worker counts, so that
  /// it tells of the machine and not of a last task that keeps the others waiting. Where that would
  /// be too many it is out by less than a hundredth.
  static func tasks(workers: [Int]) -> Int {
    let most = 100 * (workers.max() ?? 1)
    var common = 1
    for count in workers where common <= most {
      common *= count / greatestCommonDivisor(common, count)
    }
    return common <= most ? (max(50, common) + common - 1) / common * common : most
  }

  /// How much of what `reference` equal tasks can reach `tasks` ones can, on so many workers: 50 tasks
  /// reach 3.85 times on 4 workers where 52 reach 4.
  static func granularity(of tasks: Int, to reference: Int, workers: Int) -> Double {
    guard let most = greatestSpeedup(tasks: tasks, workers: workers),
      let other = greatestSpeedup(tasks: reference, workers: workers)
    else { return 1 }
    return most / other
  }

  private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
    other == 0 ? one : greatestCommonDivisor(other, one % other)
  }
}
