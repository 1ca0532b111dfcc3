import CPerfGateKernels
import PerfGate

// The variants of Viète's series that need an instruction set.

extension Viete {
  /// Many chains side by side in C, with these vectors.
  private typealias BatchInC =
    @convention(c) (
      UnsafePointer<Int64>, UnsafeMutablePointer<UInt64>, Int
    ) -> Void

  /// Swift's batches and C's.
  static func batches(_ set: InstructionSet) -> [Variant<Int>] {
    let all = InstructionSet.inSwift.contains(set) ? [inSwift(set), inC(set)] : [inC(set)]
    return all.map { $0.limited(by: "c.roots.\(set)") }
  }

  private static func inSwift(_ set: InstructionSet) -> Variant<Int> {
    Variant(
      "swift.batch.\(set)", twin: "c.batch.\(set)", isSupported: set.isSupported,
      batchOf: VieteBatch.mostChains
    ) { iterations, tasks, results in
      repeated(iterations, tasks.count) {
        VieteBatch.run(iterations: $0, results: results, on: set)
      }
    }
  }

  private static func inC(_ set: InstructionSet) -> Variant<Int> {
    // Another architecture's is listed and never run.
    let run = batchInC(set)
    return Variant(
      "c.batch.\(set)", isOptimized: ck_viete_batch_is_optimized(), isSupported: set.isSupported,
      batchOf: Int(CK_VIETE_BATCH_MOST)
    ) { iterations, tasks, results in
      guard let places = results.baseAddress else { return }
      repeated(iterations, tasks.count) { all in
        all.withMemoryRebound(to: Int64.self) { all in
          if let start = all.baseAddress { run?(start, places, all.count) }
        }
      }
    }
  }

  /// Calls `body` with the same number for each task of a batch.
  private static func repeated(
    _ iterations: Int, _ count: Int, _ body: (UnsafeBufferPointer<Int>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { all in
      // Each from a read of its own, so that no compiler can merge equal chains.
      for task in 0..<count { all.initializeElement(at: task, to: opaque(iterations)) }
      body(UnsafeBufferPointer(all))
    }
  }

  private static func batchInC(_ set: InstructionSet) -> BatchInC? {
    switch set {
    #if arch(x86_64)
      case .sse2: ck_viete_batch_sse2
      case .avx2: ck_viete_batch_avx2
      case .avx512: ck_viete_batch_avx512
    #elseif arch(arm64)
      case .neon: ck_viete_batch_neon
    #endif
    default: nil
    }
  }

  /// As many square roots as the series takes, as fast as this core can.
  static func roots(_ set: InstructionSet) -> Variant<Int> {
    let run = rootsInC(set)
    return Variant(
      "c.roots.\(set)", isOptimized: ck_viete_roots_is_optimized(), isSupported: set.isSupported
    ) { iterations, _ in run?(Int64(iterations)).bitPattern ?? 0 }.asLimit(
      checkedBy: "c.roots.scalar")
  }

  private static func rootsInC(_ set: InstructionSet) -> (@convention(c) (Int64) -> Double)? {
    switch set {
    #if arch(x86_64)
      case .sse2: ck_roots_sse2
      case .avx2: ck_roots_avx2
      case .avx512: ck_roots_avx512
    #elseif arch(arm64)
      case .neon: ck_roots_neon
    #endif
    default: nil
    }
  }
}
