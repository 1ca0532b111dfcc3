import PerfGateModel
import Testing

/// Which verdict several runs or keys give together: every combination.
@Suite struct FleetVerdictTests {
  /// Each set of verdicts of runs, in the order holds, violated, inconclusive, not checkable.
  @Test(arguments: [
    ([0, 0, 0, 0], FleetVerdict.notCheckable), ([0, 0, 0, 1], .notCheckable),
    ([0, 0, 1, 0], .inconclusive), ([0, 0, 1, 1], .inconclusive),
    ([0, 1, 0, 0], .violated), ([0, 1, 0, 1], .violated),
    ([0, 1, 1, 0], .violated), ([0, 1, 1, 1], .violated),
    ([1, 0, 0, 0], .holds), ([1, 0, 0, 1], .holds),
    ([1, 0, 1, 0], .holds), ([1, 0, 1, 1], .holds),
    ([1, 1, 0, 0], .mixed), ([1, 1, 0, 1], .mixed),
    ([1, 1, 1, 0], .mixed), ([1, 1, 1, 1], .mixed),
  ])
  func ofOneKey(runs: [Int], verdict: FleetVerdict) {
    let words: [Verdict.Word] = [.holds, .violated, .inconclusive, .notCheckable]
    for count in [1, 3] {
      let counts = Dictionary(uniqueKeysWithValues: zip(words, runs.map { $0 * count }))
      #expect(FleetVerdict(runs: { counts[$0] ?? 0 }) == verdict)
    }
  }

  /// A claim holds for the fleet when it holds on each key that could check it.
  @Test func ofAFleet() {
    let all: [FleetVerdict] = [.holds, .violated, .mixed, .inconclusive, .notCheckable]
    for set in 0..<(1 << all.count) {
      let present = all.indices.filter { set & 1 << $0 != 0 }.map { all[$0] }
      let couldCheck = present.filter { $0 != .notCheckable }
      let expected: FleetVerdict =
        if couldCheck.isEmpty {
          .notCheckable
        } else if couldCheck == [.holds] {
          .holds
        } else if couldCheck.contains(.violated) || couldCheck.contains(.mixed) {
          .violated
        } else {
          .inconclusive
        }
      #expect(FleetVerdict(keys: { present.contains($0) ? 2 : 0 }) == expected, "\(present)")
    }
  }

  @Test func decisions() {
    let decided = FleetVerdict.allCases.filter(\.isDecided)
    #expect(decided == [.holds, .violated, .mixed])
  }
}
