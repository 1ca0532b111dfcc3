import CPerfGateKernels

#if arch(x86_64)
  #if AVX512
    private typealias SignedBytes = SIMD64<Int8>
  #elseif AVX2
    private typealias SignedBytes = SIMD32<Int8>
  #else
    private typealias SignedBytes = SIMD16<Int8>
  #endif

  /// The search for the zero of a text and the count of its scalars, with the registers of one
  /// instruction set: the twins of `ck_scan_…` and `ck_scalars_…` in C.
  ///
  /// Only operators that the standard library has for a vector of this very type become vector
  /// instructions. For bytes these are the comparisons and `&-`. `&` and `|` of bytes, `any` and
  /// `pointwiseMin` are loops over lanes, many times slower; `&` and `|` of words are not.
  package enum TextVectors {
    /// The length of a zero-terminated string, 512 bytes at a time.
    ///
    /// Shape: any bytes and a zero; returns how many bytes stand before the first zero. Reads no byte
    /// outside the blocks of 512 aligned bytes in which the text and its zero stand: they are on the
    /// same pages, so they can be read wherever the text can. Of those before `start`, it reads at
    /// most 7, the rest of a word.
    /// Work: proportional to the length; reads every byte once, and up to 512 bytes before the zero
    /// again.
    @inline(never)
    package static func scan(_ start: UnsafePointer<UInt8>) -> Int {
      let start = UnsafeRawPointer(start)
      var here = start
      if bytesPast(here, lineBytes) != 0 {
        // By words to the next line. The bytes before the start are made nonzero.
        let before = bytesPast(here, 8)
        here -= before
        var marks = zeroMarks(word(here) | ((1 &<< UInt64(truncatingIfNeeded: 8 &* before)) &- 1))
        while marks == 0 {
          here += 8
          if bytesPast(here, lineBytes) == 0 { break }
          marks = zeroMarks(word(here))
        }
        if marks != 0 { return here - start + marks.trailingZeroBitCount / 8 }
      }
      while bytesPast(here, scanBytes) != 0 {
        if hasZero(here, count: lineBytes) { return here - start + zeroInLine(here) }
        here += lineBytes
      }
      let far = here + nearBytes
      while here < far && !hasZero(here, count: scanBytes) { here += scanBytes }
      if here == far {
        while !hasZero(here, count: scanBytes) {
          for line in 0..<scanBytes / lineBytes {
            ck_prefetch(here + line * lineBytes + aheadBytes)
          }
          here += scanBytes
        }
      }
      while !hasZero(here, count: lineBytes) { here += lineBytes }
      return here - start + zeroInLine(here)
    }

    /// The number of Unicode scalars in UTF-8: the bytes that do not continue a scalar, 256 at a
    /// time.
    ///
    /// Shape: valid UTF-8 at any alignment; no byte outside it is read.
    /// Work: proportional to the number of bytes; reads every byte once, and up to 7 of the last word
    /// again.
    @inline(never)
    package static func scalars(_ text: UnsafeRawBufferPointer) -> Int {
      guard let bytes = text.baseAddress else { return 0 }
      var offset = 0
      var blocks = text.count / blockBytes
      var found = 0
      while blocks > 0 {
        let run = min(blocks, blocksPerSum)
        found &+=
          offset < nearBytes
          ? continuations(bytes + offset, blocks: run, ahead: false)
          : continuations(bytes + offset, blocks: run, ahead: true)
        offset &+= run &* blockBytes
        blocks &-= run
      }
      return text.count &- found &- continuationsInRest(bytes, text.count, from: offset)
    }
  }

  extension TextVectors {
    private static var vectorBytes: Int { MemoryLayout<Bytes>.size }
    private static var lineBytes: Int { 64 }
    /// Bytes that the scan looks at between two tests, which take longer than the loads.
    private static var scanBytes: Int { 512 }
    /// Bytes that the count looks at in one turn of its loop.
    private static var blockBytes: Int { 256 }
    /// The CPU's own prefetching ends at the end of a page; 7 to 10 KiB ahead were equally fast.
    private static var aheadBytes: Int { 9216 }
    /// What is read before the first prefetch. Texts no longer than this are often in a cache, and
    /// there a prefetch only takes the place of a load.
    private static var nearBytes: Int { 1 << 20 }
    /// A lane of 8 bits counts up to 255 before it overflows; there are four sums.
    private static var blocksPerSum: Int { 255 * 4 * vectorBytes / blockBytes }
    private static var lowBits: UInt64 { 0x0101_0101_0101_0101 }
    private static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawPointer) -> UInt64 {
      bytes.loadUnaligned(as: UInt64.self)
    }

    @inline(__always)
    private static func bytesPast(_ here: UnsafeRawPointer, _ alignment: Int) -> Int {
      Int(truncatingIfNeeded: UInt(bitPattern: here) % UInt(truncatingIfNeeded: alignment))
    }

    /// The highest bit of the first byte that is 0, and some bits above it.
    @inline(__always)
    private static func zeroMarks(_ word: UInt64) -> UInt64 { (word &- lowBits) & ~word & highBits }

    /// The number of bytes before the first 0, which must stand in this line.
    @inline(__always)
    private static func zeroInLine(_ line: UnsafeRawPointer) -> Int {
      var offset = 0
      while true {
        let marks = zeroMarks(word(line + offset))
        if marks != 0 { return offset &+ marks.trailingZeroBitCount / 8 }
        offset &+= 8
      }
    }

    /// Whether `count` aligned bytes hold a 0: the smallest bytes of all their vectors tell.
    @inline(__always)
    private static func hasZero(_ here: UnsafeRawPointer, count: Int) -> Bool {
      var least = here.load(as: Bytes.self)
      for index in 1..<max(1, count / vectorBytes) {
        least = smaller(least, here.load(fromByteOffset: index * vectorBytes, as: Bytes.self))
      }
      #if AVX512
        // A comparison of bytes gives a mask, which the compiler makes a vector and then a mask again.
        // One of words stays a mask.
        let words = unsafeBitCast(least, to: Words.self)
        let marks = (words &- Words(repeating: lowBits)) & ~words & Words(repeating: highBits)
        let zeros = marks .!= Words(repeating: 0)
      #else
        let zeros = least .== Bytes(repeating: 0)
      #endif
      return total(unsafeBitCast(zeros, to: Words.self), |) != 0
    }

    /// The smaller byte of each lane: the compiler makes one instruction of this.
    @inline(__always)
    private static func smaller(_ one: Bytes, _ other: Bytes) -> Bytes {
      let isOne = unsafeBitCast(one .< other, to: Words.self)
      let words =
        unsafeBitCast(one, to: Words.self) & isOne
        | unsafeBitCast(other, to: Words.self) & ~isOne
      return unsafeBitCast(words, to: Bytes.self)
    }

    /// Counts the continuation bytes of at most `blocksPerSum` blocks.
    @inline(__always)
    private static func continuations(
      _ start: UnsafeRawPointer, blocks: Int, ahead: Bool
    ) -> Int {
      var here = start
      // Independent sums, because each addition waits for the one before.
      var (sum0, sum1) = (Bytes(repeating: 0), Bytes(repeating: 0))
      var (sum2, sum3) = (sum0, sum1)
      for _ in 0..<blocks {
        for index in 0..<blockBytes / vectorBytes / 4 {
          let offset = index * 4 * vectorBytes
          // A comparison gives -1 in each lane where it is true.
          sum0 = sum0 &- continuing(here, offset, ahead)
          sum1 = sum1 &- continuing(here, offset + vectorBytes, ahead)
          sum2 = sum2 &- continuing(here, offset + 2 * vectorBytes, ahead)
          sum3 = sum3 &- continuing(here, offset + 3 * vectorBytes, ahead)
        }
        here += blockBytes
      }
      // Adds them in words: four sums of 16 bits in each, together at most 256 · 255.
      let fields = total(pairs(sum0) &+ pairs(sum1) &+ pairs(sum2) &+ pairs(sum3), &+)
      return Int(truncatingIfNeeded: (fields &* 0x0001_0001_0001_0001) &>> 48)
    }

    /// All bits of each continuation byte of a vector: 0x80 to 0xbf, as signed numbers those below
    /// -64.
    ///
    /// It asks for a line ahead with the first vector of each line: asking for all lines of a block at
    /// once was 1 to 2 % slower.
    @inline(__always)
    private static func continuing(
      _ block: UnsafeRawPointer, _ offset: Int, _ ahead: Bool
    ) -> Bytes {
      if ahead && offset % lineBytes == 0 { ck_prefetch(block + offset + aheadBytes) }
      let bytes = block.loadUnaligned(fromByteOffset: offset, as: SignedBytes.self)
      return unsafeBitCast(bytes .< SignedBytes(repeating: -64), to: Bytes.self)
    }

    /// Sums of 16 bits, each of two neighboring lanes.
    @inline(__always)
    private static func pairs(_ lanes: Bytes) -> Words {
      let words = unsafeBitCast(lanes, to: Words.self)
      let even = Words(repeating: 0x00ff_00ff_00ff_00ff)
      return (words & even) &+ ((words &>> 8) & even)
    }

    @inline(__always)
    private static func total(_ words: Words, _ combine: (UInt64, UInt64) -> UInt64) -> UInt64 {
      var total = words[0]
      for index in 1..<vectorBytes / 8 { total = combine(total, words[index]) }
      return total
    }

    /// The lowest bit of each continuation byte of a word.
    @inline(__always)
    private static func continuationMarks(_ word: UInt64) -> UInt64 {
      (word &>> 7) & (~word &>> 6) & lowBits
    }

    /// The number of continuation bytes from `start` to the end: fewer than a block, so fewer than
    /// 256.
    @inline(__always)
    private static func continuationsInRest(
      _ bytes: UnsafeRawPointer, _ count: Int, from start: Int
    ) -> Int {
      var offset = start
      var marks: UInt64 = 0
      while offset &+ 8 <= count {
        marks &+= continuationMarks(word(bytes + offset))
        offset &+= 8
      }
      if offset < count && count >= 8 {
        // The last word of the text, without the bytes that are counted already.
        let counted = UInt64(truncatingIfNeeded: 8 &- (count &- offset))
        marks &+= continuationMarks(word(bytes + count - 8) &>> (8 &* counted))
      } else {
        while offset < count {
          if bytes.load(fromByteOffset: offset, as: Int8.self) < -64 { marks &+= 1 }
          offset &+= 1
        }
      }
      return Int(truncatingIfNeeded: (marks &* lowBits) &>> 56)
    }
  }
#endif
