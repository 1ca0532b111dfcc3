import PerfGateTesting

/// Claims about closures that nobody optimized.
public enum UnoptimizedClaims {
  /// Two closures that do the same.
  public static var ratio: TestClaim {
    .ratio(atMost: 1.5, id: "plant.ratio", of: { 1 }, to: { 1 })
  }
  /// One closure on two workers.
  public static var flat: TestClaim { .flat(atMost: 1.5, upTo: 2, id: "plant.flat") { $0 } }
}
