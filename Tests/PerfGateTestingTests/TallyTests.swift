import Testing

@testable import PerfGateTesting

@Suite struct TallyTests {
  @Test func claimsAreCountedOnce() {
    let tally = Tally()
    #expect(tally.line == nil)
    tally.count("a", .passed)
    tally.count("b", .skipped("x"))
    tally.count("b", .skipped("x"))
    #expect(tally.line == "checked 1 of 2 claims, failed 0")
    tally.count("c", .failed("x"))
    tally.count("d", .warning("x"))
    tally.count("a", .failed("x"))
    #expect(tally.line == "checked 3 of 4 claims, failed 2, inconclusive 1")
  }
}
