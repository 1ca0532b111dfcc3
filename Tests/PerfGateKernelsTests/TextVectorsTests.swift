import CPerfGateKernels
import PerfGateKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The searches, counts and reads of every instruction set, in both languages.
@Suite struct TextVectorsTests {
  /// Where texts begin: every alignment to a line, and places around the words, lines and vectors of
  /// the first block of 512 bytes.
  static let offsets = Array(0..<64) + [65, 127, 128, 191, 192, 255, 256, 321, 383, 448, 505, 511]
  /// Lengths of long texts: around the sums of 63, 127 and 255 blocks of 256 bytes, around the first
  /// prefetch after 1 MB, and some blocks after it.
  static let longLengths =
    [63, 127, 255, 510, 4096, 4097, 4096 + 255].flatMap { blocks in
      [-1, 0, 1, 257].map { blocks * 256 + $0 }
    } + [3_000_077]

  /// Bytes in which a given part, in 256ths, continues a scalar, and how many before each do not.
  struct Sample {
    let bytes: [UInt8]
    let starts: [Int]

    init(continuing part: UInt64, count: Int) {
      var numbers = TestNumbers(state: 0x9e37_79b9 &+ part)
      var bytes: [UInt8] = []
      var starts = [0]
      bytes.reserveCapacity(count)
      starts.reserveCapacity(count + 1)
      for _ in 0..<count {
        let word = numbers.next()
        let continues = word & 0xff < part
        let other = UInt8(truncatingIfNeeded: (word >> 8) % 192)
        // The bytes below 0x80, and those from 0xc0.
        bytes.append(continues ? 0x80 | UInt8(word >> 8 & 0x3f) : other < 0x80 ? other : other + 64)
        starts.append(starts[starts.count - 1] + (continues ? 0 : 1))
      }
      (self.bytes, self.starts) = (bytes, starts)
    }
  }

  /// None, some, most and all of the bytes continue a scalar.
  static let parts: [UInt64] = [0, 20, 230, 256]

  /// Puts bytes at an offset of the pages, and the same byte everywhere around them.
  private func place(
    _ bytes: ArraySlice<UInt8>, at offset: Int, in pages: GuardedPages, around: UInt8
  ) -> UnsafeRawBufferPointer {
    guard let start = pages.bytes.baseAddress else { return UnsafeRawBufferPointer(pages.bytes) }
    memset(start, Int32(around), pages.bytes.count)
    bytes.withUnsafeBytes { source in
      if let first = source.baseAddress { memcpy(start + offset, first, source.count) }
    }
    return UnsafeRawBufferPointer(rebasing: pages.bytes[offset..<offset + bytes.count])
  }

  /// All offsets of a text of this length: the listed ones, and both ends of the pages.
  private func offsets(_ length: Int, in pages: GuardedPages) -> [Int] {
    Self.offsets + [pages.bytes.count - length]
  }

  @Test func findTheZeroAtEveryLengthAndAlignment() throws {
    let pages = try #require(GuardedPages())
    let scans = scans
    for length in 0...600 {
      let text = TextScanTests.bytes[..<length] + [0]
      for offset in offsets(length + 1, in: pages) {
        for around: UInt8 in [0, 1] {
          let placed = place(text, at: offset, in: pages, around: around)
          let start = try #require(placed.baseAddress).assumingMemoryBound(to: UInt8.self)
          let wrong = scans.wrong(start, expected: length)
          if !wrong.isEmpty { Issue.record("length \(length), offset \(offset): \(wrong)") }
        }
      }
    }
  }

  @Test func findTheZeroOfLongTexts() throws {
    let longest = try #require(Self.longLengths.max())
    let text = UnsafeMutableRawBufferPointer.allocate(byteCount: longest + 4096, alignment: 4096)
    defer { text.deallocate() }
    let bytes = try #require(text.baseAddress).assumingMemoryBound(to: UInt8.self)
    memset(bytes, 0x81, text.count)
    for length in Self.longLengths {
      for offset in [0, 1, 63, 500] {
        text[offset + length] = 0
        let wrong = scans.wrong(UnsafePointer(bytes + offset), expected: length)
        #expect(wrong.isEmpty, "length \(length), offset \(offset)")
        text[offset + length] = 0x81
      }
    }
  }

  @Test(arguments: parts)
  func countScalarsAtEveryLengthAndAlignment(part: UInt64) throws {
    let pages = try #require(GuardedPages())
    let counts = scalarCounts
    let sample = Sample(continuing: part, count: 2000)
    for length in 0...600 {
      for offset in offsets(length, in: pages) {
        // Another part of the sample each time; what is around it would change the count.
        let first = (offset * 7 + length) % 1400
        let text = sample.bytes[first..<first + length]
        let expected = sample.starts[first + length] - sample.starts[first]
        let placed = place(text, at: offset, in: pages, around: part < 128 ? 0x80 : 0x41)
        let wrong = counts.wrong(placed, expected: expected)
        if !wrong.isEmpty {
          Issue.record("length \(length), offset \(offset): \(wrong), not \(expected)")
        }
      }
    }
  }

  @Test(arguments: parts)
  func countScalarsOfLongTexts(part: UInt64) throws {
    let longest = try #require(Self.longLengths.max())
    let sample = Sample(continuing: part, count: longest + 64)
    sample.bytes.withUnsafeBytes { bytes in
      for length in Self.longLengths {
        for offset in [0, 1, 63] {
          let text = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
          let expected = sample.starts[offset + length] - sample.starts[offset]
          let wrong = scalarCounts.wrong(text, expected: expected)
          #expect(wrong.isEmpty, "length \(length), offset \(offset), not \(expected)")
        }
      }
    }
  }

  @Test func noBytesAtNoAddressHaveNoScalars() {
    let swift = scalarCounts.list.filter { $0.name.hasPrefix("swift.") }
    for (name, run) in swift {
      #expect(run(UnsafeRawBufferPointer(start: nil, count: 0)) == 0, "\(name)")
    }
  }

  @Test func readsReturnTheSameSum() throws {
    let pages = try #require(GuardedPages())
    let sample = Sample(continuing: 100, count: 2000)
    for length in 0...600 {
      for offset in [0, 1, 4, 8, 63, pages.bytes.count - length] {
        let first = (offset * 7 + length) % 1400
        let placed = place(
          sample.bytes[first..<first + length], at: offset, in: pages, around: 0x55)
        let expected = plainSum(placed)
        let wrong = reads.wrong(placed, expected: expected)
        if !wrong.isEmpty { Issue.record("length \(length), offset \(offset): \(wrong)") }
      }
    }
  }

  @Test func readsOfLongTextsReturnTheSameSum() throws {
    let longest = try #require(Self.longLengths.max())
    let sample = Sample(continuing: 100, count: longest + 64)
    sample.bytes.withUnsafeBytes { bytes in
      for length in Self.longLengths {
        let text = UnsafeRawBufferPointer(rebasing: bytes[3..<3 + length])
        #expect(reads.wrong(text, expected: plainSum(text)).isEmpty, "length \(length)")
      }
    }
  }

  @Test func areOptimized() { #expect(ck_text_vectors_is_optimized()) }
}

/// Wrong functions: the comparisons and the guarded pages are worth something only if they find them.
@Suite struct WrongTextVectorsTests {
  @Test func aCountThatForgetsTheLastByteIsFound() throws {
    var counts = scalarCounts
    counts.list.append(
      ("swift.short", { TextScalars.simd(UnsafeRawBufferPointer(rebasing: $0.dropLast())) }))
    let wrong = [UInt8](repeating: 0x41, count: 300).withUnsafeBytes {
      counts.wrong($0, expected: 300)
    }
    #expect(wrong == ["swift.short": 299])
  }

  @Test func aScanThatReturnsTheEndOfTheWordIsFound() {
    var scans = scans
    scans.list.append(("swift.words", { (ck_strlen($0) + 7) / 8 * 8 }))
    let text = [UInt8](repeating: 1, count: 300) + [UInt8](repeating: 0, count: 512)
    #expect(
      text.withUnsafeBufferPointer {
        $0.baseAddress.map { scans.wrong($0, expected: 300) }
      } == ["swift.words": 304])
  }

  @Test func aSumOfSingleBytesIsFound() {
    var reads = reads
    reads.list.append(("swift.bytes", { $0.reduce(0) { $0 &+ UInt64($1) } }))
    let wrong = [UInt8](repeating: 1, count: 9).withUnsafeBytes {
      reads.wrong($0, expected: plainSum($0))
    }
    #expect(wrong == ["swift.bytes": 9])
  }

  @Test func aReadBehindTheTextEndsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      guard let pages = GuardedPages(), let start = pages.bytes.baseAddress else { return }
      _ = ck_scalars(start, pages.bytes.count + 1)
    }
  }

  @Test func aReadBeforeTheTextEndsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      guard let pages = GuardedPages(), let start = pages.bytes.baseAddress else { return }
      _ = ck_scalars(start - 1, pages.bytes.count)
    }
  }

  @Test func aReadOfExactlyTheTextDoesNot() async {
    await #expect(processExitsWith: .success) {
      guard let pages = GuardedPages(), let start = pages.bytes.baseAddress else { return }
      _ = ck_scalars(start, pages.bytes.count)
    }
  }
}
