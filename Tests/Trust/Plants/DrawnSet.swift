import CPerfGateSystem
import PerfGate
import Synchronization

/// Looks numbers up in a `Set`. Swift seeds its hashes anew in each process and for each set, so
/// which numbers collide is drawn.
enum DrawnSet: DrawnKernel {
  static let name = "drawn.set"

  /// A set that is nearly as full as it can be without growing, and some numbers half of which are in it.
  struct Data: Sendable {
    let numbers: Set<Int>
    let wanted: [Int]
  }

  private static let count = 373
  /// How many numbers a pass looks up.
  private static let lookups = 60
  /// How often work was begun, so that no two tasks look up the same numbers in the same order: processors
  /// learn which of them are found, and then the work of a task is not proportional to its passes.
  private static let turns = Atomic<UInt64>(0)

  static func makeInput(size: Int, seed: UInt64) -> DrawnInput<Data> {
    DrawnInput(
      copies: Copies { _ in
        Data(
          numbers: Set((0..<count).map { $0 * 7919 }),
          wanted: (0..<lookups).map { $0 * 101 % (2 * count) * 7919 })
      }, size: size)
  }

  static func run(_ data: Data, passes: Int) -> UInt64 {
    var state = turns.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9e37_79b9_7f4a_7c15
    for _ in 1..<max(1, passes) {
      var found = pgp_opaque_u64(0)
      for _ in 0..<lookups {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let number = Int(state >> 33) % (2 * count) * 7919
        if data.numbers.contains(number) {
          found = found &* 31 &+ UInt64(truncatingIfNeeded: number)
        }
      }
      _ = pgp_opaque_u64(found)
    }
    // The last pass looks up the same in each task, for the result.
    var found = pgp_opaque_u64(0)
    for number in data.wanted where data.numbers.contains(number) {
      found = found &* 31 &+ UInt64(truncatingIfNeeded: number)
    }
    return found
  }
}
