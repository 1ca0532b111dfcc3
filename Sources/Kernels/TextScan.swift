import CPerfGateKernels
import PerfGate

/// The search for the terminating zero of a text, which has to read all its bytes.
package enum TextScan: Kernel {
  /// `text.scan`.
  package static let name = "text.scan"
  /// Proportional to the number of bytes.
  package static let work = Work(
    unit: "byte", growth: .linear, bytesPerUnit: 1, defaultSize: 100_000_000)

  /// A zero-terminated text.
  package struct Input: Sendable {
    package let buffer: TextBuffer

    package init(buffer: TextBuffer) { self.buffer = buffer }
  }

  /// The C library's search, the standard library's, ours with and without an instruction set, a loop over
  /// bytes in both languages, and plain reads as limits.
  package static let variants: [Variant<Input>] =
    plain.map { $0.limited(by: TextReads.widest) }
    + InstructionSet.listed.flatMap(vectors) + TextReads.variants { $0.buffer }

  private static let plain: [Variant<Input>] = [
    Variant("swift.simd", twin: "c.strlen") { input, _ in
      UInt64(truncatingIfNeeded: simd(input.buffer.opaqueStart))
    },
    Variant("swift.loop", twin: "c.loop") { input, _ in
      UInt64(truncatingIfNeeded: loop(input.buffer.opaqueStart))
    },
    Variant("swift.stdlib", twin: "c.loop") { input, _ in
      let bytes = UnsafeBufferPointer(
        start: input.buffer.opaqueStart, count: input.buffer.bytes.count + 1)
      return UInt64(truncatingIfNeeded: stdlib(bytes))
    },
    Variant("c.strlen", isReference: true, isOptimized: ck_text_scan_is_optimized()) { input, _ in
      UInt64(truncatingIfNeeded: ck_strlen(input.buffer.opaqueStart))
    },
    Variant("c.loop", isOptimized: ck_text_scan_is_optimized()) { input, _ in
      UInt64(truncatingIfNeeded: ck_loop(input.buffer.opaqueStart))
    },
  ]

  /// A text of `size` bytes from the seed, none of them 0.
  ///
  /// - Throws: when `size` is negative, or there is no memory for it.
  package static func makeInput(size: Int, seed: UInt64) throws(KernelError) -> Input {
    let buffer = try TextBuffer(count: size) { bytes in
      TextContent.nonZeroBytes(bytes, seed: seed)
    }
    return Input(buffer: buffer)
  }

  /// The text, its zero and padding; the largest `Int` on overflow.
  package static func inputBytes(size: Int) -> Int {
    TextBuffer.neededBytes(count: size, copies: 1)
  }

  /// The length of a zero-terminated string, 128 bytes at a time.
  ///
  /// Shape: any bytes and a zero; returns how many bytes stand before the first zero. Reads no byte
  /// before `start`, and after the zero only those of its own block of 128 aligned bytes: they are on the
  /// same page, so they can be read wherever the zero can.
  /// Work: proportional to the length; reads every byte once.
  @inline(never)
  package static func simd(_ start: UnsafePointer<UInt8>) -> Int {
    var here = UnsafeRawPointer(start)
    let firstBlock = here.alignedUp(toMultipleOf: blockBytes)
    while here < firstBlock {
      if here.load(as: UInt8.self) == 0 { return here - UnsafeRawPointer(start) }
      here += 1
    }
    while true {
      ck_prefetch(here + aheadBytes)
      ck_prefetch(here + aheadBytes + blockBytes / 2)
      let (low, high) = (zeros(here), zeros(here + blockBytes / 2))
      let words = low | high
      let halves = words.lowHalf | words.highHalf
      let quarters = halves.lowHalf | halves.highHalf
      if quarters[0] | quarters[1] != 0 {
        let block = here - UnsafeRawPointer(start)
        return low == .zero
          ? block + blockBytes / 2 + firstSetByte(high) : block + firstSetByte(low)
      }
      here += blockBytes
    }
  }

  /// Two vectors with one test for both: on some CPUs the tests take most of the time.
  private static let blockBytes = 128
  /// The page size of most machines: the CPU's own prefetching ends at the end of a page.
  private static let aheadBytes = 4096

  /// Half a block with all bits set in each byte that was 0.
  ///
  /// Only operators that the standard library has for this very type (`.==`, `|`) become vector
  /// instructions; `any` and `pointwiseMin` are generic loops over lanes, many times slower.
  @inline(__always)
  private static func zeros(_ half: UnsafeRawPointer) -> SIMD8<UInt64> {
    let zeros = half.load(as: SIMD64<UInt8>.self) .== SIMD64<UInt8>(repeating: 0)
    return unsafeBitCast(zeros, to: SIMD8<UInt64>.self)
  }

  /// The position in memory of the first byte that is not 0; found by words, because a compiler replaces a
  /// search by bytes with a call of strlen.
  @inline(__always)
  private static func firstSetByte(_ words: SIMD8<UInt64>) -> Int {
    for index in 0..<8 where words[index] != 0 {
      return index * 8 + words[index].littleEndian.trailingZeroBitCount / 8
    }
    return 64
  }

  /// The length of a zero-terminated string, by a loop over its bytes that stays one.
  ///
  /// Shape: any bytes and a zero; returns how many bytes stand before the first zero.
  /// Work: proportional to the length; reads every byte once.
  @inline(never)
  package static func loop(_ start: UnsafePointer<UInt8>) -> Int {
    // A compiler that knows the terminator to be zero replaces the loop by a call of strlen.
    let terminator = UInt8(truncatingIfNeeded: opaque(0))
    var length = 0
    while start[length] != terminator { length &+= 1 }
    return length
  }

  /// The length of a zero-terminated string, by the standard library's search for an element.
  ///
  /// Shape: any bytes of which the last is a zero, after the text; returns how many bytes stand before the
  /// first zero.
  /// Work: proportional to the length; reads every byte once.
  @inline(never)
  package static func stdlib(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.firstIndex(of: 0) ?? bytes.count
  }
}
