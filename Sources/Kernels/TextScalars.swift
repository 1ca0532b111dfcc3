import CPerfGateKernels
import PerfGate

/// The number of Unicode scalars in UTF-8, which no string stores.
package enum TextScalars: Kernel {
  /// `text.scalars`.
  package static let name = "text.scalars"
  /// Proportional to the number of bytes.
  package static let work = Work(
    unit: "byte", growth: .linear, bytesPerUnit: 1, defaultSize: 100_000_000)

  /// One text twice: as bytes, and as a Swift string, which owns its bytes.
  package struct Input: Sendable {
    package let buffer: TextBuffer
    package let string: String

    package init(buffer: TextBuffer) {
      self.buffer = buffer
      string = buffer.string()
    }
  }

  /// The standard library's count, ours in C and in Swift with and without an instruction set, and plain
  /// reads as limits.
  package static let variants: [Variant<Input>] =
    plain.map { $0.limited(by: TextReads.widest) }
    + InstructionSet.listed.flatMap(vectors) + TextReads.variants { $0.buffer }

  private static let plain: [Variant<Input>] = [
    Variant("swift.simd", twin: "c.simd") { input, _ in
      let bytes = UnsafeRawBufferPointer(
        start: input.buffer.opaqueStart, count: input.buffer.bytes.count)
      return UInt64(truncatingIfNeeded: simd(bytes))
    },
    Variant("swift.stdlib", twin: "c.simd") { input, _ in
      UInt64(truncatingIfNeeded: stdlib(input.string))
    },
    Variant("c.simd", isReference: true, isOptimized: ck_text_scalars_is_optimized()) { input, _ in
      UInt64(truncatingIfNeeded: ck_scalars(input.buffer.opaqueStart, input.buffer.bytes.count))
    },
  ]

  /// `size` bytes from the seed: ASCII, and one scalar of 2 to 4 bytes in each 1,024.
  ///
  /// - Throws: when `size` is negative, or there is no memory for two such texts.
  package static func makeInput(size: Int, seed: UInt64) throws(KernelError) -> Input {
    try TextBuffer.checkedBytes(count: size, copies: 2)
    let buffer = try TextBuffer(count: size) { bytes in
      TextContent.almostASCII(bytes, seed: seed)
    }
    try TextBuffer.probe(bytes: TextBuffer.neededBytes(count: size, copies: 1))
    return Input(buffer: buffer)
  }

  /// The bytes and Swift's string; the largest `Int` on overflow.
  package static func inputBytes(size: Int) -> Int {
    TextBuffer.neededBytes(count: size, copies: 2)
  }

  /// The number of Unicode scalars, by the standard library.
  ///
  /// Shape: any text.
  /// Work: proportional to the length in bytes; reads every byte once.
  @inline(never)
  package static func stdlib(_ text: String) -> Int { text.unicodeScalars.count }

  /// The number of Unicode scalars in UTF-8: the bytes that do not continue a scalar, 64 at a time.
  ///
  /// Shape: valid UTF-8 at any alignment; no byte outside it is read.
  /// Work: proportional to the number of bytes; reads every byte once.
  @inline(never)
  package static func simd(_ text: UnsafeRawBufferPointer) -> Int {
    typealias Block = SIMD64<Int8>
    let blockBytes = MemoryLayout<Block>.size
    // A lane of 8 bits counts up to 255 before it overflows.
    let blocksPerSum = 255
    // Continuation bytes are 0x80 to 0xbf: as signed numbers, those below -64.
    let lastContinuation: Int8 = -65
    guard var here = text.baseAddress else { return 0 }
    var blocks = text.count / blockBytes
    var scalars = 0
    while blocks > 0 {
      let run = min(blocks, blocksPerSum)
      var lanes = SIMD64<UInt8>(repeating: 0)
      for _ in 0..<run {
        let starts = here.loadUnaligned(as: Block.self) .> Block(repeating: lastContinuation)
        // A comparison gives -1 in each lane where it is true.
        lanes = lanes &- unsafeBitCast(starts, to: SIMD64<UInt8>.self)
        here += blockBytes
      }
      scalars += sum(lanes)
      blocks -= run
    }
    for offset in 0..<text.count % blockBytes
    where here.load(fromByteOffset: offset, as: Int8.self) > lastContinuation {
      scalars += 1
    }
    return scalars
  }

  /// Adds 64 numbers of 8 bits, in words: four sums of 16 bits in each, at most 16 · 255.
  @inline(__always)
  private static func sum(_ lanes: SIMD64<UInt8>) -> Int {
    let words = unsafeBitCast(lanes, to: SIMD8<UInt64>.self)
    let even = SIMD8<UInt64>(repeating: 0x00ff_00ff_00ff_00ff)
    let pairs = (words & even) &+ ((words &>> 8) & even)
    let fields = pairs.wrappedSum()
    return Int(truncatingIfNeeded: (fields &* 0x0001_0001_0001_0001) >> 48)
  }
}
