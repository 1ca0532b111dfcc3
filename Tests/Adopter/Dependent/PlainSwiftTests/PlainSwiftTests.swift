import Optimized
import PerfGateTesting
import plain_swift
import Testing

@Suite struct PlainSwiftTests {
  /// Holds; without optimization of the code it calls it would be violated.
  @Test(.claim(.ratio(atMost: 2, of: { plainSum(numbers) }, to: { optimizedSum(numbers) })))
  func asFast() {}

  /// Violated; without optimization of the code it calls it would hold.
  @Test(.claim(.ratio(atMost: 2, of: { tripleSum(numbers) }, to: { plainSum(numbers) })))
  func slower() {}
}
