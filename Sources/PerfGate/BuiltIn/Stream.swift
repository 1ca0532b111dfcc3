import CPerfGateSystem

/// Measures how fast memory can be read: adds all words of a buffer in order.
///
/// Baselines compare kernels that read memory with it, so that a slower machine does not change the
/// ratio.
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

  /// A buffer of `size` bytes, rounded up to whole words; at least one word.
  package static func makeInput(size: Int, seed: UInt64) -> [UInt64] {
    let count = words(size)
    // In C, because a loop over millions of words takes a second where this is built without
    // optimization, at each start.
    return [UInt64](unsafeUninitializedCapacity: count) { buffer, filled in
      pgp_fill_words(buffer.baseAddress, count, seed)
      filled = count
    }
  }

  /// The bytes of the buffer; the largest `Int` on overflow.
  package static func inputBytes(size: Int) -> Int {
    let bytes = words(size).multipliedReportingOverflow(by: 8)
    return bytes.overflow ? .max : bytes.partialValue
  }

  private static func words(_ size: Int) -> Int { max(1, size / 8 + (size % 8 > 0 ? 1 : 0)) }
}
