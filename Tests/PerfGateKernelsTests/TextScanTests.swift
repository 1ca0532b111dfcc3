import PerfGate
import PerfGateKernels
import Testing

@Suite struct TextScanTests {
  /// Every byte value but 0, in an order that puts each beside many others.
  static let bytes: [UInt8] = (0..<1000).map { UInt8(truncatingIfNeeded: 1 + $0 * 37 % 255) }

  private func results(of text: UnsafeRawBufferPointer) -> [String: UInt64] {
    let input = TextScan.Input(buffer: TextBuffer(viewing: text))
    return Dictionary(
      uniqueKeysWithValues: TextScan.variants.filter(\.hasResults).map {
        ($0.name, $0.run(input, 0))
      })
  }

  @Test func findsTheZeroAtEveryLengthAndAlignment() throws {
    let pages = try #require(GuardedPages())
    for length in 0...300 {
      let text = Array(Self.bytes.prefix(length)) + [0]
      for offset in 0..<64 {
        // Zeros before the text and none behind its own, then the other way round.
        for (before, behind) in [(0, 1), (1, 0)] as [(UInt8, UInt8)] {
          let placed = pages.place(text, at: offset, before: before, behind: behind)
          let results = results(of: placed)
          let right = results.values.allSatisfy { $0 == UInt64(length) }
          if !right { Issue.record("length \(length), offset \(offset): \(results)") }
        }
      }
    }
  }

  @Test func readsNoByteOutsideItsPages() throws {
    let pages = try #require(GuardedPages())
    for length in 0...300 {
      let text = Array(Self.bytes.prefix(length)) + [0]
      for edge in GuardedPages.Edge.allCases {
        let results = results(of: pages.place(text, at: edge))
        let right = results.values.allSatisfy { $0 == UInt64(length) }
        if !right { Issue.record("length \(length), \(edge): \(results)") }
      }
    }
  }

  @Test func theInputHasItsSizeForEverySeed() throws {
    for seed: UInt64 in 0..<50 {
      let input = try TextScan.makeInput(size: 5000, seed: seed)
      for variant in TextScan.variants where variant.hasResults {
        #expect(variant.run(input, 0) == 5000, "\(variant.name)")
      }
    }
  }

  @Test func theInputHoldsEveryByteButZeroAndFollowsTheSeed() throws {
    let input = try TextScan.makeInput(size: 10_000, seed: 3)
    #expect(Set(input.buffer.bytes) == Set(1...255))
    let same = try TextScan.makeInput(size: 10_000, seed: 3)
    let other = try TextScan.makeInput(size: 10_000, seed: 4)
    #expect(input.buffer.bytes.elementsEqual(same.buffer.bytes))
    #expect(!input.buffer.bytes.elementsEqual(other.buffer.bytes))
  }
}
