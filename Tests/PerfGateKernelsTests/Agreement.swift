import PerfGate
import PerfGateKernels

/// Every kernel of the package; what the tests say about "every variant" they say about these.
var shippedKernels: [any Kernel.Type] {
  [Viete.self, TextLength.self, TextScan.self, TextScalars.self, Dispatch.self]
}

/// Sizes around the borders of words, blocks, pages and the sums of 255 blocks.
let borderSizes = [
  0, 1, 2, 3, 7, 8, 15, 16, 27, 28, 63, 64, 65, 127, 128, 1000, 4031, 4095, 4096, 16_319, 16_320,
  16_321, 100_003,
]

/// A result that is not the reference's.
struct Disagreement: Hashable, CustomStringConvertible {
  var variant: String
  var size: Int
  var task: Int
  var found: UInt64
  var expected: UInt64

  var description: String {
    "\(variant), size \(size), task \(task): found \(found), expected \(expected)"
  }
}

/// Runs every variant of a kernel on the same input and compares it bit for bit with the reference.
func disagreements<K: Kernel>(
  of kernel: K.Type, sizes: [Int], seeds: [UInt64] = [1, 0xfeed], tasks: [Int] = [0, 1, 49]
) throws -> [Disagreement] {
  var found: [Disagreement] = []
  for size in sizes {
    for seed in seeds {
      let input = try K.makeInput(size: size, seed: seed)
      found += disagreements(of: kernel, input: input, size: size, tasks: tasks)
    }
  }
  return found
}

/// The same for one input.
func disagreements<K: Kernel>(
  of kernel: K.Type, input: K.Input, size: Int, tasks: [Int]
) -> [Disagreement] {
  let kernel = AnyKernel(K.self)
  var found: [Disagreement] = []
  for task in tasks {
    for variant in K.variants where variant.isSupported {
      // A limit has results of its own.
      let name = kernel.reference(of: variant.name)?.name
      guard let reference = K.variants.first(where: { $0.name == name }) else { continue }
      let expected = reference.run(input, task)
      let result = variant.run(input, task)
      if result == expected { continue }
      found.append(
        Disagreement(
          variant: variant.name, size: size, task: task, found: result, expected: expected))
    }
  }
  return found
}

/// Numbers that look random and are the same in every run.
struct TestNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

extension Variant {
  /// Whether this CPU runs it, and its results are those of the kernel, which a limit's are not.
  var hasResults: Bool { isSupported && !isLimit }
}
