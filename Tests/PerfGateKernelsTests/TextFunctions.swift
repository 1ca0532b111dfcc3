import CPerfGateKernels
import PerfGateKernels
import PerfGateKernelsAVX2
import PerfGateKernelsAVX512
import PerfGateKernelsSSE2

/// Functions that do the same in different languages and instruction sets.
struct TextFunctions<Function> {
  var list: [(name: String, run: Function)] = []

  /// Adds a function if this CPU has its instructions.
  mutating func add(_ name: String, _ set: InstructionSet, _ run: Function) {
    if set.isSupported { list.append((name, run)) }
  }
}

typealias Scan = (UnsafePointer<UInt8>) -> Int
typealias Scalars = (UnsafeRawBufferPointer) -> Int
typealias Read = (UnsafeRawBufferPointer) -> UInt64

/// Every search for a zero that this CPU can run, the C library's among them.
var scans: TextFunctions<Scan> {
  var scans = TextFunctions<Scan>(list: [("c.strlen", ck_strlen)])
  #if arch(x86_64)
    scans.add("c.sse2", .sse2, ck_scan_sse2)
    scans.add("c.avx2", .avx2, ck_scan_avx2)
    scans.add("c.avx512", .avx512, ck_scan_avx512)
    scans.add("swift.sse2", .sse2, PerfGateKernelsSSE2.TextVectors.scan)
    scans.add("swift.avx2", .avx2, PerfGateKernelsAVX2.TextVectors.scan)
    scans.add("swift.avx512", .avx512, PerfGateKernelsAVX512.TextVectors.scan)
  #elseif arch(arm64)
    scans.add("c.neon", .neon, ck_scan_neon)
  #endif
  return scans
}

/// Every count of Unicode scalars that this CPU can run.
var scalarCounts: TextFunctions<Scalars> {
  var counts = TextFunctions<Scalars>(list: [
    ("c.simd", { inC($0, ck_scalars) }), ("swift.simd", TextScalars.simd),
  ])
  #if arch(x86_64)
    counts.add("c.sse2", .sse2) { inC($0, ck_scalars_sse2) }
    counts.add("c.avx2", .avx2) { inC($0, ck_scalars_avx2) }
    counts.add("c.avx512", .avx512) { inC($0, ck_scalars_avx512) }
    counts.add("swift.sse2", .sse2, PerfGateKernelsSSE2.TextVectors.scalars)
    counts.add("swift.avx2", .avx2, PerfGateKernelsAVX2.TextVectors.scalars)
    counts.add("swift.avx512", .avx512, PerfGateKernelsAVX512.TextVectors.scalars)
  #elseif arch(arm64)
    counts.add("c.neon", .neon) { inC($0, ck_scalars_neon) }
  #endif
  return counts
}

/// Every plain read that this CPU can run.
var reads: TextFunctions<Read> {
  var reads = TextFunctions<Read>(list: [("c.scalar", { inC($0, ck_read_scalar) })])
  #if arch(x86_64)
    reads.add("c.sse2", .sse2) { inC($0, ck_read_sse2) }
    reads.add("c.avx2", .avx2) { inC($0, ck_read_avx2) }
    reads.add("c.avx512", .avx512) { inC($0, ck_read_avx512) }
  #elseif arch(arm64)
    reads.add("c.neon", .neon) { inC($0, ck_read_neon) }
  #endif
  return reads
}

/// Calls a function of C with bytes that have an address, if they are none.
private func inC<Result>(
  _ text: UnsafeRawBufferPointer, _ function: (UnsafePointer<UInt8>, Int) -> Result
) -> Result {
  // Bytes placed by these tests always have an address.
  function(text.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self), text.count)
}

/// The sum that all reads return: words of 8 bytes, then single bytes.
func plainSum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  let words = bytes.count / 8
  var sum: UInt64 = 0
  for word in 0..<words {
    sum &+= UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self))
  }
  return bytes[(words * 8)...].reduce(sum) { $0 &+ UInt64($1) }
}

extension TextFunctions {
  /// What each function that returns something else than `expected` returns, by its name.
  func wrong<Argument, Result: Equatable>(
    _ argument: Argument, expected: Result
  ) -> [String: Result] where Function == (Argument) -> Result {
    var wrong: [String: Result] = [:]
    for (name, run) in list {
      let found = run(argument)
      if found != expected { wrong[name] = found }
    }
    return wrong
  }
}
