import Optimized
import PerfGateTesting
import Testing

@Suite struct OptimizedTests {
  /// Holds; without optimization of the code it calls it would be violated.
  @Test(.claim(.ratio(atMost: 2, of: { optimizedSum(numbers) }, to: { optimizedSum(numbers) })))
  func asFast() {}

  /// Violated; without optimization of the code it calls it would hold.
  @Test(.claim(.ratio(atMost: 2, of: { tripleSum(numbers) }, to: { optimizedSum(numbers) })))
  func slower() {}
}
