import PerfGate
import PerfGateKernels
import Testing

@Suite struct TextLengthTests {
  @Test func everyVariantGivesTheSize() throws {
    for size in [0, 1, 15, 16, 17, 1000, 1_000_000] {
      let input = try TextLength.makeInput(size: size, seed: 1)
      for variant in TextLength.variants {
        #expect(variant.run(input, 0) == UInt64(size), "\(variant.name)")
      }
    }
  }

  @Test func theTextIsTheArticlesAndNative() throws {
    let input = try TextLength.makeInput(size: 1000, seed: 1)
    #expect(input.string == String(repeating: "1", count: 1000))
    #expect(input.string.isContiguousUTF8)
  }

  @Test func otherTextsKeepTheirLength() {
    #expect(TextLength.length("") == 0)
    #expect(TextLength.length("héé") == 5)
    #expect(TextLength.length(String(repeating: "漢", count: 100)) == 300)
  }
}

@Suite struct DispatchTests {
  @Test func aTaskReturnsItsNumber() throws {
    let input = try Dispatch.makeInput(size: 1, seed: 1)
    for variant in Dispatch.variants {
      for task in [0, 1, 2, 49, 1_000_000, Int.max] {
        #expect(variant.run(input, task) == UInt64(task), "\(variant.name)")
      }
    }
  }
}
