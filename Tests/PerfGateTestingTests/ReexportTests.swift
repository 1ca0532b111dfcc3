import PerfGateTesting
import Testing

/// What closures need comes with the one import: this file has no other.
@Suite struct ReexportTests {
  @Test func theBlackHoleAndOpaqueNumbersAreThere() {
    blackHole([1, 2, 3])
    #expect(opaque(7) == 7)
    #expect(opaque(0.5) == 0.5)
  }
}
