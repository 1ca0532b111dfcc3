import CPerfGateKernels
import PerfGate
import PerfGateKernelsAVX2
import PerfGateKernelsAVX512
import PerfGateKernelsSSE2

// The variants of the kernels of texts that need an instruction set, and plain reads as their limits.

/// Functions over texts in Swift and in C, by instruction set; `nil` for those of another architecture.
package enum TextFunctions {
  /// The length of a zero-terminated text.
  package typealias Scan = @Sendable (_ start: UnsafePointer<UInt8>) -> Int
  /// A number that is computed from all bytes.
  package typealias Pass = @Sendable (_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt64

  /// The search for a zero with these vectors.
  package static func scan(_ set: InstructionSet) -> (swift: Scan?, c: Scan?) {
    switch set {
    #if arch(x86_64)
      case .sse2: ({ PerfGateKernelsSSE2.TextVectors.scan($0) }, { ck_scan_sse2($0) })
      case .avx2: ({ PerfGateKernelsAVX2.TextVectors.scan($0) }, { ck_scan_avx2($0) })
      case .avx512: ({ PerfGateKernelsAVX512.TextVectors.scan($0) }, { ck_scan_avx512($0) })
    #elseif arch(arm64)
      case .neon: (nil, { ck_scan_neon($0) })
    #endif
    default: (nil, nil)
    }
  }

  /// The count of Unicode scalars with these vectors.
  package static func scalars(_ set: InstructionSet) -> (swift: Pass?, c: Pass?) {
    switch set {
    #if arch(x86_64)
      case .sse2:
        (
          { word(PerfGateKernelsSSE2.TextVectors.scalars(raw($0, $1))) },
          { word(ck_scalars_sse2($0, $1)) }
        )
      case .avx2:
        (
          { word(PerfGateKernelsAVX2.TextVectors.scalars(raw($0, $1))) },
          { word(ck_scalars_avx2($0, $1)) }
        )
      case .avx512:
        (
          { word(PerfGateKernelsAVX512.TextVectors.scalars(raw($0, $1))) },
          { word(ck_scalars_avx512($0, $1)) }
        )
    #elseif arch(arm64)
      case .neon: (nil, { word(ck_scalars_neon($0, $1)) })
    #endif
    default: (nil, nil)
    }
  }

  /// A plain read of all bytes with these vectors.
  package static func read(_ set: InstructionSet) -> Pass? {
    switch set {
    #if arch(x86_64)
      case .sse2: { ck_read_sse2($0, $1) }
      case .avx2: { ck_read_avx2($0, $1) }
      case .avx512: { ck_read_avx512($0, $1) }
    #elseif arch(arm64)
      case .neon: { ck_read_neon($0, $1) }
    #endif
    default: nil
    }
  }

  private static func raw(_ start: UnsafePointer<UInt8>, _ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: count)
  }

  private static func word(_ count: Int) -> UInt64 { UInt64(truncatingIfNeeded: count) }
}

/// Plain reads of a text: nobody can compute anything from all its bytes faster.
enum TextReads {
  /// The read with the widest vectors of this CPU, which limits what uses no instruction set of its own.
  static let widest =
    InstructionSet.listed.last { $0.isSupported }.map { "c.read.\($0)" }
    ?? "c.read.scalar"

  /// A read for each instruction set, and the plain loop that they must agree with.
  static func variants<Input>(
    _ buffer: @escaping @Sendable (Input) -> TextBuffer
  ) -> [Variant<Input>] {
    let loop = Variant<Input>(
      "c.read.scalar", isOptimized: ck_text_vectors_is_optimized()
    ) { input, _ in
      let text = buffer(input)
      return ck_read_scalar(text.opaqueStart, text.bytes.count)
    }.asLimit()
    return [loop]
      + InstructionSet.listed.map { set in
        let read = TextFunctions.read(set)
        return Variant<Input>(
          "c.read.\(set)", isOptimized: ck_text_vectors_is_optimized(),
          isSupported: set.isSupported
        ) { input, _ in
          let text = buffer(input)
          return read?(text.opaqueStart, text.bytes.count) ?? 0
        }.asLimit(checkedBy: "c.read.scalar")
      }
  }
}

extension TextScan {
  /// Swift's search and C's with these vectors.
  static func vectors(_ set: InstructionSet) -> [Variant<Input>] {
    let (swift, c) = TextFunctions.scan(set)
    return vectorVariants(
      set,
      swift: { input in UInt64(truncatingIfNeeded: swift?(input.buffer.opaqueStart) ?? 0) },
      c: { input in UInt64(truncatingIfNeeded: c?(input.buffer.opaqueStart) ?? 0) })
  }
}

extension TextScalars {
  /// Swift's count and C's with these vectors.
  static func vectors(_ set: InstructionSet) -> [Variant<Input>] {
    let (swift, c) = TextFunctions.scalars(set)
    return vectorVariants(
      set,
      swift: { input in swift?(input.buffer.opaqueStart, input.buffer.bytes.count) ?? 0 },
      c: { input in c?(input.buffer.opaqueStart, input.buffer.bytes.count) ?? 0 })
  }
}

/// A variant in Swift, where there is one, and its twin in C, with a plain read as their limit.
private func vectorVariants<Input>(
  _ set: InstructionSet, swift: @escaping @Sendable (Input) -> UInt64,
  c: @escaping @Sendable (Input) -> UInt64
) -> [Variant<Input>] {
  let inSwift = Variant<Input>(
    "swift.simd.\(set)", twin: "c.simd.\(set)", isSupported: set.isSupported
  ) { input, _ in swift(input) }
  let inC = Variant<Input>(
    "c.simd.\(set)", isOptimized: ck_text_vectors_is_optimized(), isSupported: set.isSupported
  ) { input, _ in c(input) }
  let all = InstructionSet.inSwift.contains(set) ? [inSwift, inC] : [inC]
  return all.map { $0.limited(by: "c.read.\(set)") }
}
