import PerfGate
import PerfGateKernels
import Testing

@Suite struct TextScalarsTests {
  /// Scripts by the number of bytes of their scalars, the borders of each length among them.
  static let scripts: [String: [String]] = [
    "ASCII": ["a", "\u{1}", "\u{7f}", "0"],
    "2 bytes": ["é", "\u{80}", "\u{7ff}", "ж"],
    "3 bytes": ["€", "\u{800}", "\u{ffff}", "漢", "\u{d7ff}", "\u{e000}"],
    "4 bytes": ["𝄞", "\u{10000}", "\u{10ffff}", "😀"],
    "mixed": ["a", "é", "€", "𝄞", "bc", "\u{ffff}", "漢字", "z"],
  ]

  /// Text of exactly `length` bytes in a script, and how many scalars it has.
  private func text(_ script: [String], length: Int) -> (bytes: [UInt8], scalars: Int) {
    var bytes: [UInt8] = []
    var scalars = 0
    var next = 0
    while bytes.count + script[next % script.count].utf8.count <= length {
      let piece = script[next % script.count]
      bytes += Array(piece.utf8)
      // Pieces of several scalars are counted by hand here: not by what is being tested.
      scalars += piece.utf8.count { $0 < 0x80 || $0 >= 0xc0 }
      next += 1
    }
    let rest = length - bytes.count
    return (bytes + Array(repeating: UInt8(ascii: "x"), count: rest), scalars + rest)
  }

  private func results(of text: UnsafeRawBufferPointer) -> [String: UInt64] {
    let input = TextScalars.Input(buffer: TextBuffer(viewing: text))
    return Dictionary(
      uniqueKeysWithValues: TextScalars.variants.filter(\.hasResults).map {
        ($0.name, $0.run(input, 0))
      })
  }

  @Test(arguments: scripts.keys.sorted())
  func countsEveryLengthAndAlignment(script: String) throws {
    let pages = try #require(GuardedPages())
    let pieces = try #require(Self.scripts[script])
    for length in 0...300 {
      let (bytes, scalars) = text(pieces, length: length)
      for offset in 0..<64 {
        // What stands around the text would count if it were read.
        let placed = pages.place(bytes, at: offset, before: 0x41, behind: 0x41)
        let results = results(of: placed)
        let right = results.values.allSatisfy { $0 == UInt64(scalars) }
        if !right { Issue.record("length \(length), offset \(offset): \(results), not \(scalars)") }
      }
    }
  }

  @Test(arguments: scripts.keys.sorted())
  func readsNoByteOutsideTheText(script: String) throws {
    let pages = try #require(GuardedPages())
    let pieces = try #require(Self.scripts[script])
    for length in 0...300 {
      let (bytes, scalars) = text(pieces, length: length)
      for edge in GuardedPages.Edge.allCases {
        let results = results(of: pages.place(bytes, at: edge))
        let right = results.values.allSatisfy { $0 == UInt64(scalars) }
        if !right { Issue.record("length \(length), \(edge): \(results), not \(scalars)") }
      }
    }
  }

  @Test(arguments: scripts.keys.sorted())
  func countsPastTheSumOf255Blocks(script: String) throws {
    let pieces = try #require(Self.scripts[script])
    for length in [255 * 64 - 1, 255 * 64, 255 * 64 + 1, 256 * 64, 510 * 64, 1021 * 64 + 33] {
      let (bytes, scalars) = text(pieces, length: length)
      let results = bytes.withUnsafeBytes { self.results(of: $0) }
      let right = results.values.allSatisfy { $0 == UInt64(scalars) }
      #expect(right, "length \(length): \(results), not \(scalars)")
    }
  }

  @Test func theInputIsValidHasItsSizeAndFollowsTheSeed() throws {
    for size in [0, 1, 2, 3, 4, 1023, 1024, 1025, 10_000] {
      let input = try TextScalars.makeInput(size: size, seed: 5)
      #expect(input.string.utf8.count == size)
      // A repaired text would hold other bytes than the buffer.
      #expect(input.string.utf8.elementsEqual(input.buffer.bytes))
      #expect(input.string.isContiguousUTF8)
      #expect(!input.buffer.bytes.contains(0))
    }
    let texts = try [3, 3, 4].map { try TextScalars.makeInput(size: 999, seed: $0).string }
    #expect(texts[0] == texts[1] && texts[0] != texts[2])
  }
}
