import Foundation
import PerfGate
import Testing

/// Keys and their texts.
@Suite struct SeriesKeyTests {
  /// Every combination of what a key can have, with names that look like separators.
  private static let keys: [SeriesKey] = {
    var keys: [SeriesKey] = []
    let names = ["viete", "a/b", "scales(_:)", "x@1x2#confirmation", "50 %25", "größe", "1x2", "!"]
    for name in names {
      for beside in [nil, name, "1000x50"] {
        for amount in [nil, SeriesKey.Amount(size: 0, tasks: 50)] {
          for part in [nil, name, "a/b/pool/1"] {
            for stage in Stage.allCases {
              keys.append(
                SeriesKey(
                  program: name == "viete" ? "self" : name, kernel: name, variant: name,
                  executor: name, workers: 12, beside: beside, amount: amount, part: part,
                  stage: stage))
            }
          }
        }
      }
    }
    return keys
  }()

  @Test func everyKeyIsReadBackFromItsText() throws {
    for key in Self.keys { #expect(SeriesKey(key.description) == key, "\(key)") }
    #expect(Set(Self.keys.map(\.description)).count == Self.keys.count)
    let json = try JSONEncoder().encode(Self.keys)
    #expect(try JSONDecoder().decode([SeriesKey].self, from: json) == Self.keys)
  }

  @Test func textsAreThoseOfOlderRecords() {
    let amount = SeriesKey.Amount(size: 1000, tasks: 4_000_000)
    let plain = SeriesKey(kernel: "viete", variant: "swift.scalar", workers: 2)
    #expect(plain.description == "viete/swift.scalar/pool/2")
    #expect(plain.at(.confirmation).description == "viete/swift.scalar/pool/2#confirmation")
    var special = SeriesKey(
      kernel: "ceiling", variant: "c.spin", workers: 1, beside: "viete", amount: amount)
    #expect(special.description == "ceiling/c.spin/pool/1@viete@1000x4000000")
    special.part = "a:b"
    special.stage = .confirmation
    #expect(
      special.description == "ceiling/c.spin/pool/1@viete@1000x4000000:a%3Ab#confirmation")
  }

  /// Closures had their claims' names for kernels, and these were not escaped.
  @Test(arguments: [
    ("a/b/of/pool/1", "a/b", "of"), ("scales(_:)/closure/pool/5", "scales(_:)", "closure"),
    ("a/1/b/closure/pool/5:a/1/b#confirmation", "a/1/b", "closure"),
  ])
  func namesOfOlderRecordsAreUnderstood(_ text: String, kernel: String, variant: String) throws {
    let key = try #require(SeriesKey(text))
    #expect(key.kernel == kernel && key.variant == variant && key.executor == "pool")
  }

  @Test(arguments: [
    "", "viete", "viete/c/pool", "viete/c/pool/x", "viete/c/pool/0", "a/b/c/1@2@3@4",
  ])
  func otherTextsAreNoKeys(_ text: String) { #expect(SeriesKey(text) == nil) }

  @Test(arguments: [
    GroupKey(.claims, "viete"), GroupKey(.claims, "viete x50", part: "a:b"), GroupKey(.ceiling),
    GroupKey(.ceiling, part: "p"), GroupKey(.compare, "text.scan (slow)"), GroupKey(nil, "made up"),
    GroupKey(.measure, "scales(_:)"), GroupKey(.claims, "50 % of a:b", part: "claims #x"),
  ])
  func groupsAreReadBack(_ group: GroupKey) { #expect(GroupKey(group.description) == group) }

  @Test func groupsHaveTheTextsOfOlderRecords() {
    #expect(GroupKey.claims(of: "viete").description == "claims viete")
    #expect(GroupKey(.ceiling).description == "the ceiling")
    #expect(GroupKey("handoff text.length (flat)").purpose == .handoff)
    #expect(GroupKey("claimsmanship").purpose == nil)
  }
}
