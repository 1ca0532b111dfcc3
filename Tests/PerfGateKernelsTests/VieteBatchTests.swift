import CPerfGateKernels
import PerfGate
import PerfGateKernels
import Testing

/// Viète's series for a batch, as a closure: the bits of each chain's value.
struct VieteBatchCall {
  var name: String
  var run: ([Int]) -> [UInt64]

  /// C and Swift for every set that this CPU supports and that they have loops for.
  static var supported: [VieteBatchCall] {
    InstructionSet.listed.filter(\.isSupported).flatMap { set in
      [c(set), swift(set)].compactMap(\.self)
    }
  }

  private static func swift(_ set: InstructionSet) -> VieteBatchCall? {
    if set == .neon { return nil }
    return VieteBatchCall(name: "swift.\(set)") { iterations in
      withResults(iterations) { iterations, results in
        VieteBatch.run(iterations: iterations, results: results, on: set)
      }
    }
  }

  private static func c(_ set: InstructionSet) -> VieteBatchCall? {
    typealias Function =
      @convention(c) (
        UnsafePointer<Int64>, UnsafeMutablePointer<UInt64>, Int
      ) -> Void
    let function: Function
    switch set {
    #if arch(x86_64)
      case .sse2: function = ck_viete_batch_sse2
      case .avx2: function = ck_viete_batch_avx2
      case .avx512: function = ck_viete_batch_avx512
    #elseif arch(arm64)
      case .neon: function = ck_viete_batch_neon
    #endif
    default: return nil
    }
    return VieteBatchCall(name: "c.\(set)") { iterations in
      // Room for one more, because memory for none may have no address.
      let numbers = iterations.map(Int64.init) + [0]
      var results = [UInt64](repeating: .max, count: numbers.count)
      function(numbers, &results, iterations.count)
      return Array(results.dropLast())
    }
  }

  private static func withResults(
    _ iterations: [Int],
    _ body: (UnsafeBufferPointer<Int>, UnsafeMutableBufferPointer<UInt64>) -> Void
  ) -> [UInt64] {
    var results = [UInt64](repeating: .max, count: iterations.count)
    iterations.withUnsafeBufferPointer { iterations in
      results.withUnsafeMutableBufferPointer { body(iterations, $0) }
    }
    return results
  }
}

/// The chains whose bits are not those of one chain alone; -1 if C and Swift differ alone already.
private func wrongChains(_ call: VieteBatchCall, _ iterations: [Int]) -> [Int] {
  let results = call.run(iterations)
  guard results.count == iterations.count else { return [-1] }
  return iterations.indices.filter { chain in
    let alone = Viete.run(iterations: iterations[chain]).bitPattern
    return results[chain] != alone || alone != ck_viete(Int64(iterations[chain])).bitPattern
  }
}

@Suite struct VieteBatchTests {
  @Test func everyBatchOfEqualChainsAgrees() {
    for call in VieteBatchCall.supported {
      for count in 0...67 {
        for iterations in [0, 1, 2, 3, 26, 27, 28, 64, 1000] {
          let wrong = wrongChains(call, [Int](repeating: iterations, count: count))
          #expect(wrong.isEmpty, "\(call.name), \(count) chains of \(iterations): \(wrong)")
        }
      }
    }
  }

  @Test func everyBatchOfUnequalChainsAgrees() {
    var numbers = TestNumbers(state: 21)
    for call in VieteBatchCall.supported {
      for count in 1...67 {
        // After 27 iterations the bits no longer change: only short chains show a step too many.
        for most in [2, 20, 30, 1000] {
          var iterations = (0..<count).map { _ in Int.random(in: 0...most, using: &numbers) }
          let wrong = wrongChains(call, iterations)
          #expect(wrong.isEmpty, "\(call.name), \(iterations): \(wrong)")
          // One chain much longer than all others together.
          iterations[Int.random(in: 0..<count, using: &numbers)] = 100 * most
          let wrongBesideLong = wrongChains(call, iterations)
          #expect(wrongBesideLong.isEmpty, "\(call.name), \(iterations): \(wrongBesideLong)")
        }
      }
    }
  }

  @Test func batchesOfMoreThanOneWindowAgree() {
    var numbers = TestNumbers(state: 22)
    #expect(VieteBatch.mostChains == Int(CK_VIETE_BATCH_MOST))
    for call in VieteBatchCall.supported {
      for count in [127, 128, 129, 200] {
        let iterations = (0..<count).map { _ in Int.random(in: 0...300, using: &numbers) }
        let wrong = wrongChains(call, iterations)
        #expect(wrong.isEmpty, "\(call.name), \(count) chains: \(wrong)")
      }
    }
  }

  @Test func aNegativeNumberIsNotANumberAndDisturbsNoOtherChain() {
    for call in VieteBatchCall.supported {
      for count in [1, 7, 33, 64, 200] {
        let iterations = (0..<count).map { $0 % 3 == 0 ? [-1, -28, Int.min][$0 / 3 % 3] : $0 }
        #expect(call.run(iterations).first == Double.nan.bitPattern, "\(call.name)")
        #expect(wrongChains(call, iterations).isEmpty, "\(call.name), \(count) chains")
      }
    }
  }

  @Test func oneWrongLaneIsFound() {
    for call in VieteBatchCall.supported {
      let plant = VieteBatchCall(name: "plant") { iterations in
        var results = call.run(iterations)
        results[17] ^= 1
        return results
      }
      #expect(wrongChains(plant, [Int](repeating: 28, count: 50)) == [17], "\(call.name)")
      let short = VieteBatchCall(name: "plant") { call.run($0.map { max($0 - 1, 0) }) }
      #expect(wrongChains(short, [0, 5, 0, 9]) == [1, 3], "\(call.name)")
    }
  }

  @Test func everyVersionOfTheRootsAgrees() {
    var versions: [(name: String, run: (Int64) -> Double)] = []
    #if arch(x86_64)
      versions.append(("sse2", ck_roots_sse2))
      if InstructionSet.avx2.isSupported { versions.append(("avx2", ck_roots_avx2)) }
      if InstructionSet.avx512.isSupported { versions.append(("avx512", ck_roots_avx512)) }
    #elseif arch(arm64)
      versions.append(("neon", ck_roots_neon))
    #endif
    #expect(ck_roots_scalar(0) == (0..<64).reduce(0) { $0 + 1.5 + Double($1) })
    #expect(ck_roots_scalar(1) == 1.5.squareRoot() + (1..<64).reduce(0) { $0 + 1.5 + Double($1) })
    for n in Array(0...200) + [10_000, -1, Int64.min] {
      var values = (0..<64).map { 1.5 + Double($0) }
      for root in 0..<max(n, 0) { values[Int(root % 64)].formSquareRoot() }
      let expected = (n < 0 ? Double.nan : values.reduce(0, +)).bitPattern
      #expect(ck_roots_scalar(n).bitPattern == expected, "\(n) roots")
      for version in versions {
        #expect(version.run(n).bitPattern == expected, "\(version.name), \(n) roots")
      }
    }
  }

  @Test func theLoopsAreOptimized() {
    #expect(ck_viete_batch_is_optimized() && ck_viete_roots_is_optimized())
  }
}

/// The schedule with a step that counts: whatever a chain loses, does twice or does at the same
/// time in two lanes makes its count wrong.
@Suite struct VieteScheduleTests {
  /// What the lanes did.
  private struct Trace {
    var counts: [Int]
    /// Of all lanes together, and in how many stretches.
    var steps = 0
    var stretches = 0
    var vectors: Set<Int> = []
  }

  /// Runs a batch whose step adds 1 to p, so that p is 1 and the steps of the chain in the end.
  private func trace(_ iterations: [Int], lanes: Int) -> Trace {
    var results = [UInt64](repeating: 0, count: iterations.count)
    var trace = Trace(counts: [])
    iterations.withUnsafeBufferPointer { iterations in
      results.withUnsafeMutableBufferPointer { results in
        VieteBatch.run(iterations, results, lanes: lanes) { _, p, vectors, steps in
          for lane in 0..<vectors * lanes { p[lane] += Double(steps) }
          trace.steps += steps
          trace.stretches += 1
          trace.vectors.insert(vectors)
        }
      }
    }
    trace.counts = results.map { Int((2 / Double(bitPattern: $0)).rounded()) - 1 }
    return trace
  }

  @Test(arguments: [1, 2, 4, 8])
  func everyChainGetsItsStepsAndNoLaneIdlesLongerThanNeeded(lanes: Int) {
    var numbers = TestNumbers(state: 23)
    for count in 1...VieteBatch.mostChains {
      for most in [0, 1, 2, 10, 1000, 100_000] {
        var iterations = (0..<count).map { _ in Int.random(in: 0...most, using: &numbers) }
        if most == 10 { iterations[count / 2] = 5000 }
        if most == 2 { iterations = [Int](repeating: most, count: count) }
        let trace = trace(iterations, lanes: lanes)
        #expect(trace.counts == iterations, "\(lanes) lanes")
        let vectors = count >= 4 * lanes ? 4 : min(3, (count + lanes - 1) / lanes)
        let window = vectors * lanes
        let shared = (iterations.reduce(0, +) + window - 1) / window
        let longest = iterations.max() ?? 0
        #expect(trace.steps == max(longest, count > window ? shared : 0), "\(iterations)")
        #expect(trace.stretches <= count + window, "\(iterations)")
        #expect(trace.vectors.isSubset(of: [vectors]), "\(count) chains")
      }
    }
  }

  @Test func aChainGoesFromOneLaneToTheOtherInTheSameStep() {
    // Two lanes of six steps: the second chain does its last three first, in the second lane.
    let trace = trace([3, 6, 3] + [Int](repeating: 6, count: 2), lanes: 1)
    #expect(trace.counts == [3, 6, 3, 6, 6])
    #expect(trace.steps == 6)
  }

  @Test func fiftyChainsTakeFiftyPartsOfThirtyTwoLanes() {
    let trace = trace([Int](repeating: 1_000_000, count: 50), lanes: 8)
    #expect(trace.steps == 1_562_500)
  }
}
