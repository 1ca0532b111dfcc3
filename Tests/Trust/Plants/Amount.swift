import CPerfGateTrustPlants
import PerfGate

/// How much work a variant does, in percent of the first: 110 takes 10 % longer.
enum Amount {
  /// The passes of a task.
  static func passes(_ size: Int, percent: Int) -> Int { max(1, (size * percent + 50) / 100) }
}

/// The two copies of a plant's data; which one is faster is drawn at each start.
struct Copies<Data: Sendable>: Sendable {
  let first: Data
  let second: Data

  /// - Parameter make: makes a copy; the number is 0 or 1.
  init(_ make: (Int) throws -> Data) rethrows {
    first = try make(0)
    second = try make(1)
  }
}

/// A kernel whose speed is drawn at each start: `a` and `b` do the same work with different copies
/// of the data, the others do more of it with the second copy.
protocol DrawnKernel: Kernel where Input == DrawnInput<Data> {
  associatedtype Data: Sendable
  /// Does the work of a task and returns the same for any number of passes.
  static func run(_ data: Data, passes: Int) -> UInt64
}

/// The data of both copies, and the size of a task.
struct DrawnInput<Data: Sendable>: Sendable {
  let copies: Copies<Data>
  let size: Int
}

/// How much more the slower variants of a plant do, in percent.
let slowerBy = [4, 5, 6, 10]

extension DrawnKernel {
  static var work: Work { Work(unit: "pass", growth: .linear) }

  static var variants: [Variant<DrawnInput<Data>>] {
    [
      Variant("a", isReference: true, isOptimized: pgt_plants_are_optimized()) { input, _ in
        run(input.copies.first, passes: input.size)
      },
      Variant("b", isOptimized: pgt_plants_are_optimized()) { input, _ in
        run(input.copies.second, passes: input.size)
      },
    ]
      + slowerBy.map { more in
        Variant("plus.\(more)", isOptimized: pgt_plants_are_optimized()) { input, _ in
          run(input.copies.second, passes: Amount.passes(input.size, percent: 100 + more))
        }
      }
  }
}
