import PerfGate
import PerfGateKernelsAVX2
import PerfGateKernelsAVX512
import PerfGateKernelsSSE2

/// Viète's series for many chains that advance side by side, one in each lane of a few vectors.
package enum VieteBatch {
  /// Makes a number of steps in every lane of 1 to 4 vectors: of the a, of the p, in that many
  /// vectors, that many steps.
  package typealias Advance = (
    UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, Int, Int
  ) -> Void

  /// How many chains share a window at most; more are split into equal parts, one after the other.
  package static var mostChains: Int { 64 }

  /// How many lanes a window has at most: four vectors of eight numbers.
  static var mostLanes: Int { 32 }

  /// Viète's series for each of `iterations`, with the vectors of an instruction set.
  ///
  /// Shape: any count of numbers of iterations, whose sum is below 2⁶³, and as many results: the
  /// bits of the value that ``Viete/run(iterations:)`` returns, so a quiet NaN for a negative
  /// number. Swift has loops for SSE2, AVX2 and AVX-512; the CPU must support `set`.
  /// Work: proportional to the iterations of all chains divided by the lanes of the window, but at
  /// least those of the longest chain. The window has 4 vectors if the chains fill them, otherwise
  /// as many as the chains need, at most 3.
  package static func run(
    iterations: UnsafeBufferPointer<Int>, results: UnsafeMutableBufferPointer<UInt64>,
    on set: InstructionSet
  ) {
    switch set {
    #if arch(x86_64)
      case .sse2:
        typealias Vectors = PerfGateKernelsSSE2.VieteVectors
        run(iterations, results, lanes: Vectors.lanes, advance: Vectors.advance)
      case .avx2:
        typealias Vectors = PerfGateKernelsAVX2.VieteVectors
        run(iterations, results, lanes: Vectors.lanes, advance: Vectors.advance)
      case .avx512:
        typealias Vectors = PerfGateKernelsAVX512.VieteVectors
        run(iterations, results, lanes: Vectors.lanes, advance: Vectors.advance)
    #endif
    default: preconditionFailure("Swift has no loops for \(set) on this architecture")
    }
  }

  /// The same with any way to advance vectors of `lanes` numbers, at most 8.
  package static func run(
    _ iterations: UnsafeBufferPointer<Int>, _ results: UnsafeMutableBufferPointer<UInt64>,
    lanes: Int, advance: Advance
  ) {
    let count = iterations.count
    precondition(results.count >= count && 4 * lanes <= mostLanes)
    let parts = (count + mostChains - 1) / mostChains
    // Allocations of at most 1024 bytes are on the stack; larger ones may not be.
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * mostChains) { chains in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * mostLanes) { values in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * mostLanes) { places in
          for part in 0..<parts {
            let range = count * part / parts..<count * (part + 1) / parts
            let window = VieteWindow(
              UnsafeBufferPointer(rebasing: iterations[range]), lanes: lanes, chains: chains,
              values: values, places: places)
            window.run(advance: advance)
            window.write(to: UnsafeMutableBufferPointer(rebasing: results[range]))
          }
        }
      }
    }
  }
}
