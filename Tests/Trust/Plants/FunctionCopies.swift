import CPerfGateTrustPlants
import PerfGate

/// Copies of one function at different addresses. Its branches are hard to predict, so its speed
/// depends on where the linker put it.
enum FunctionCopies: Kernel {
  static let name = "function.copies"
  static let work = Work(unit: "pass", growth: .linear)
  private static let count = 24

  static var variants: [Variant<Int>] {
    (0..<Int(pgt_sort_copies)).map { copy in
      let sort = pgt_sort_copy(Int32(copy))
      return Variant(
        "copy.\(copy)", isReference: copy == 0, isOptimized: pgt_plants_are_optimized()
      ) { size, _ in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { numbers in
          guard let first = numbers.baseAddress else { return 0 }
          return sort(first, Int64(count), Int64(size))
        }
      }
    }
  }

  static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }
}
