import CPerfGateKernels
import PerfGateKernels

/// Searches, counts and plain reads of texts, in C and in Swift.
let textKernels: [CheckedKernel] = InstructionSet.listed.flatMap { set in
  let (scans, counts) = (TextFunctions.scan(set), TextFunctions.scalars(set))
  return [
    scans.swift.map { scan in checked("swift.scan", set) { start, _ in UInt64(scan(start)) } },
    scans.c.map { scan in checked("c.scan", set) { start, _ in UInt64(scan(start)) } },
    counts.swift.map { checked("swift.scalars", set, expected: scalars, $0) },
    counts.c.map { checked("c.scalars", set, expected: scalars, $0) },
    TextFunctions.read(set).map { checked("c.read", set, expected: ck_read_scalar, $0) },
  ].compactMap(\.self)
}

private typealias Expected = @Sendable (UnsafePointer<UInt8>, Int) -> UInt64

/// The bytes that begin a scalar, one by one.
private let scalars: Expected = { start, count in
  (0..<count).reduce(0) { $0 + (start[$1] & 0xc0 == 0x80 ? 0 : 1) }
}

/// Runs a function on texts of many lengths at many places, each with a zero behind it and none before.
private func checked(
  _ name: String, _ set: InstructionSet, expected: @escaping Expected = { UInt64($1) },
  _ function: @escaping Expected
) -> CheckedKernel {
  CheckedKernel(name: "\(name).\(set.rawValue)", set: set) {
    var found: [String] = []
    let lengths = Array(0...300) + [511, 512, 513, 4095, 4096, 70_000]
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 80_000)
    defer { bytes.deallocate() }
    for offset in [0, 1, 7, 31, 63] {
      for length in lengths {
        for index in 0..<80_000 where index < offset + length || length == 0 {
          bytes[index] = UInt8(truncatingIfNeeded: index &* 37 % 255 + 1)
        }
        let start = bytes + offset
        start[length] = 0
        let (result, right) = (function(start, length), expected(start, length))
        if result != right {
          found.append("length \(length) at \(offset): found \(result), expected \(right)")
        }
      }
    }
    return found
  }
}
