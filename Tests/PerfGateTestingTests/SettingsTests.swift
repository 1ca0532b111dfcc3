import Testing

@testable import PerfGateTesting

@Suite struct SettingsTests {
  @Test func nothingSaid() throws { #expect(try Settings([:]) == Settings()) }
}
