import Foundation
import PerfGate
import PerfGateKernels
import Testing

/// Each claim of the catalog is judged once in a `swift test`.
@Suite struct CoverageTests {
  /// The claims that a file judges, as it is written.
  private func judged(in name: String) throws -> [String] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    return text.matches(of: /own\("([^"]+)"\)/).map { String($0.1) }
  }

  @Test func eachClaimIsJudgedOnce() throws {
    let claims = try Claim.perfGate()
    let xctest = try judged(in: "RatioClaimTests.swift") + judged(in: "KernelMeasureTests.swift")
    let swiftTesting = try judged(in: "ScalingClaims.swift")
    let all = xctest + swiftTesting
    #expect(Set(all).count == all.count, "one is judged twice")
    #expect(Set(all) == Set(claims.map(\.id)))
    for claim in claims {
      let isXCTests = claim.kind.form.comparesVariants || claim.kind.form == .baseline
      #expect((isXCTests ? xctest : swiftTesting).contains(claim.id), "\(claim.id)")
    }
  }
}
