import Optimized
import PerfGateTesting
import plain_c
import Testing

private func plainCSum() -> UInt64 {
  numbers.withUnsafeBufferPointer { plain_c_sum($0.baseAddress, $0.count) }
}

@Suite struct PlainCTests {
  /// Holds; without optimization of the code it calls it would be violated.
  @Test(.claim(.ratio(atMost: 2, of: { plainCSum() }, to: { optimizedSum(numbers) })))
  func asFast() {}

  /// Violated; without optimization of the code it calls it would hold.
  @Test(.claim(.ratio(atMost: 2, of: { tripleSum(numbers) }, to: { plainCSum() })))
  func slower() {}
}
