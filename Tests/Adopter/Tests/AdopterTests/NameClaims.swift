import Kernels
import PerfGateTesting
import Testing

// Needs no measurement: no machine has so many cores.
private func outOfReach(_ id: String? = nil) -> TestClaim {
  .speedup(of: Mix.self, "swift", workers: 999, atLeast: 2, tasks: 9990, id: id)
}

/// How claims are told from each other; only where it is asked for.
@Suite(.enabled(if: Plant.current == .names)) struct NameClaims {
  @Test(.claim(outOfReach()), .claim(outOfReach())) func two() {}
  @Test(.claim(arguments: [1000, 2000]) { _ in outOfReach() }) func sizes() {}
}

/// What is wrong on purpose with how claims are written.
@Suite(.enabled(if: Plant.current == .badNames)) struct BadNameClaims {
  @Test(.claim(outOfReach("same"))) func one() {}
  @Test(.claim(outOfReach()), arguments: [1, 2]) func withArguments(argument: Int) {}
  @Test(.claim(arguments: [Int]()) { _ in outOfReach() }) func nothing() {}
}

/// What is wrong with the second claim is told, although the first cannot be checked.
@Suite(.enabled(if: Plant.current == .badNames)) struct MixedBadNameClaims {
  @Test(
    .claim(outOfReach()),
    .claim(.ratio(of: "swift", to: "c", in: Mix.self, atMost: 1.001))) func two()
  {}
}

@Suite(.enabled(if: Plant.current == .badNames)) struct MoreBadNameClaims {
  @Test(.claim(outOfReach("same"))) func other() {}
}
