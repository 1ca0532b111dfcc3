import CPerfGateKernels
import PerfGateKernels

private typealias Batch = @Sendable ([Int], inout [UInt64]) -> Void
private typealias Roots = @Sendable (Int64) -> Double

/// The batches of Viète's series, in C and in Swift.
let vieteKernels: [CheckedKernel] = {
  #if arch(x86_64)
    [
      viete("c.viete.sse2", .sse2, inC(ck_viete_batch_sse2)),
      viete("c.viete.avx2", .avx2, inC(ck_viete_batch_avx2)),
      viete("c.viete.avx512", .avx512, inC(ck_viete_batch_avx512)),
      viete("swift.viete.sse2", .sse2, inSwift(.sse2)),
      viete("swift.viete.avx2", .avx2, inSwift(.avx2)),
      viete("swift.viete.avx512", .avx512, inSwift(.avx512)),
    ]
  #elseif arch(arm64)
    [viete("c.viete.neon", .neon, inC(ck_viete_batch_neon))]
  #else
    []
  #endif
}()

/// The square roots that bound Viète's series.
let rootKernels: [CheckedKernel] = {
  #if arch(x86_64)
    [
      roots("c.roots.sse2", .sse2, { ck_roots_sse2($0) }),
      roots("c.roots.avx2", .avx2, { ck_roots_avx2($0) }),
      roots("c.roots.avx512", .avx512, { ck_roots_avx512($0) }),
    ]
  #elseif arch(arm64)
    [roots("c.roots.neon", .neon, { ck_roots_neon($0) })]
  #else
    []
  #endif
}()

/// A fault: every batch has one wrong bit in one lane.
let plantedKernel = viete("planted", .sse2) { iterations, results in
  for chain in iterations.indices {
    results[chain] = Viete.run(iterations: iterations[chain]).bitPattern
  }
  results[iterations.count / 2] ^= 1
}

private func viete(
  _ name: String, _ set: InstructionSet, _ batch: @escaping Batch
) -> CheckedKernel {
  CheckedKernel(name: name, set: set) {
    var found: [String] = []
    for count in 1...67 {
      found += disagreements(of: batch, [Int](repeating: 28, count: count))
      found += disagreements(of: batch, (0..<count).map { ($0 * 37) % 61 - 1 })
      // One chain that is longer than all others together.
      found += disagreements(of: batch, (0..<count).map { $0 == count / 2 ? 5000 : $0 })
    }
    return found
  }
}

private func disagreements(of batch: Batch, _ iterations: [Int]) -> [String] {
  var results = [UInt64](repeating: .max, count: iterations.count)
  batch(iterations, &results)
  var found: [String] = []
  for (chain, iterations) in iterations.enumerated() {
    let expected = Viete.run(iterations: iterations).bitPattern
    if results[chain] == expected { continue }
    found.append(
      "chain \(chain) of \(results.count), with \(iterations) iterations: "
        + "found \(results[chain]), expected \(expected)")
  }
  return found
}

private func inC(
  _ function:
    @escaping @Sendable @convention(c) (
      UnsafePointer<Int64>, UnsafeMutablePointer<UInt64>, Int
    ) -> Void
) -> Batch {
  { function($0.map(Int64.init), &$1, $0.count) }
}

private func inSwift(_ set: InstructionSet) -> Batch {
  { iterations, results in
    iterations.withUnsafeBufferPointer { iterations in
      results.withUnsafeMutableBufferPointer { results in
        VieteBatch.run(iterations: iterations, results: results, on: set)
      }
    }
  }
}

private func roots(
  _ name: String, _ set: InstructionSet, _ roots: @escaping Roots
) -> CheckedKernel {
  CheckedKernel(name: name, set: set) {
    let numbers: [Int64] = Array(0...200) + [10_000]
    return numbers.compactMap { n in
      let (found, expected) = (roots(n).bitPattern, ck_roots_scalar(n).bitPattern)
      return found == expected ? nil : "\(n) roots: found \(found), expected \(expected)"
    }
  }
}
