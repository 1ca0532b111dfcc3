import CPerfGateSystem
import PerfGate

/// Looks numbers up in a `Set`. Swift seeds its hashes anew in each process and for each set, so
/// which numbers collide is drawn.
enum DrawnSet: DrawnKernel {
  static let name = "drawn.set"

  /// A set that is nearly as full as it can be without growing, and numbers half of which are in it.
  struct Data: Sendable {
    let numbers: Set<Int>
    let wanted: [Int]
  }

  private static let count = 5970
  /// The numbers that a pass looks up. The passes of a task look up all of them, the first ones last.
  private static let lookups = 60

  static func makeInput(size: Int, seed: UInt64) -> DrawnInput<Data> {
    DrawnInput(
      copies: Copies { _ in
        Data(
          numbers: Set((0..<count).map { $0 * 7919 }),
          wanted: (0..<(2 * count)).map { $0 * 101 % (2 * count) * 7919 })
      }, size: size)
  }

  static func run(_ data: Data, passes: Int) -> UInt64 {
    let parts = data.wanted.count / lookups
    var found: UInt64 = 0
    for pass in 1...max(1, passes) {
      let first = (passes - pass) % parts * lookups
      found = pgp_opaque_u64(0)
      for number in data.wanted[first..<first + lookups] where data.numbers.contains(number) {
        found = found &* 31 &+ UInt64(truncatingIfNeeded: number)
      }
    }
    return found
  }
}
