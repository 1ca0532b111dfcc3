import PerfGateStatistics

/// The content of the long texts, made from a seed.
enum TextContent {
  /// The article's text: the digit 1, over and over.
  static func ones(_ bytes: UnsafeMutableRawBufferPointer) {
    bytes.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "1"))
  }

  /// Every byte value except 0, evenly: a search for zeros by bit tricks must also be right about 0x01,
  /// 0x80 and 0x81.
  static func nonZeroBytes(_ bytes: UnsafeMutableRawBufferPointer, seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    fill(bytes) {
      let word = generator.next()
      let low = (word & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x7f7f_7f7f_7f7f_7f7f
      let zeroBytes = ~(low | word) & 0x8080_8080_8080_8080
      return word | zeroBytes
    }
  }

  /// Printable ASCII, with one scalar of 2 to 4 bytes somewhere in each 1,024 bytes, so that the number of
  /// bytes is never the number of scalars.
  static func almostASCII(_ bytes: UnsafeMutableRawBufferPointer, seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    fill(bytes) { (generator.next() & 0x3f3f_3f3f_3f3f_3f3f) &+ 0x2020_2020_2020_2020 }
    let scalars: [[UInt8]] = [Array("é".utf8), Array("€".utf8), Array("𝄞".utf8)]
    for block in stride(from: 0, to: bytes.count, by: 1024) {
      let scalar = scalars[Int(generator.next() % 3)]
      let places = min(1024, bytes.count - block) - scalar.count + 1
      guard places > 0 else { continue }
      let place = block + Int(generator.next() % UInt64(places))
      UnsafeMutableRawBufferPointer(rebasing: bytes[place...]).copyBytes(from: scalar)
    }
  }

  @inline(__always)
  private static func fill(_ bytes: UnsafeMutableRawBufferPointer, word: () -> UInt64) {
    var offset = 0
    while offset &+ 8 <= bytes.count {
      bytes.storeBytes(of: word().littleEndian, toByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    if offset < bytes.count {
      withUnsafeBytes(of: word().littleEndian) { last in
        for rest in offset..<bytes.count { bytes[rest] = last[rest - offset] }
      }
    }
  }
}
