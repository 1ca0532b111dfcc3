import CPerfGateSystem

/// How fast memory can be read: the sum of all words of a buffer, front to back.
///
/// What kernels that read memory are compared with in baselines, so that a slower day of the whole
/// machine cancels.
package enum Stream: Kernel {
  /// `stream`.
  package static let name = BuiltInKernel.stream
  /// Twice the bytes take twice the time.
  package static let work = Work(unit: "byte", growth: .linear, bytesPerUnit: 1)
  /// The only variant's name.
  package static let variant = "c.sum"

  /// One pass over the buffer.
  package static let variants: [Variant<[UInt64]>] = [
    Variant(
      name: variant, twin: nil, isReference: true, isOptimized: pgp_library_is_optimized()
    ) { words, _ in
      words.withUnsafeBufferPointer { buffer in
        let start = pgp_opaque_pointer(buffer.baseAddress)
        return pgp_stream(start?.assumingMemoryBound(to: UInt64.self), buffer.count)
      }
    }
  ]

  /// A buffer of `size` bytes, rounded up to whole words; at least one.
  package static func makeInput(size: Int, seed: UInt64) -> [UInt64] {
    (0..<words(size)).map { UInt64(truncatingIfNeeded: $0) &+ seed }
  }

  /// As many bytes as its size says.
  package static func inputBytes(size: Int) -> Int { words(size) * 8 }

  private static func words(_ size: Int) -> Int { max(1, size / 8 + (size % 8 > 0 ? 1 : 0)) }
}
