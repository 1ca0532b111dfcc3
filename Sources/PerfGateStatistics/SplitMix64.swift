/// A small generator of pseudo-random numbers: the same seed gives the same numbers on every machine
/// and with every toolchain, which the standard library's shuffling does not promise.
///
/// Source: G. L. Steele, D. Lea, C. H. Flood, *Fast splittable pseudorandom number generators*,
/// OOPSLA 2014; constants by S. Vigna. Not for secrets.
package struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
  @usableFromInline
  var state: UInt64

  /// A generator; every seed is as good as any other, 0 included.
  package init(seed: UInt64) { state = seed }

  /// A generator for part number `stream` of something with one seed; parts may be made in any order.
  package init(seed: UInt64, stream: Int) {
    var outer = SplitMix64(seed: seed)
    var inner = SplitMix64(seed: outer.next() &+ UInt64(truncatingIfNeeded: stream))
    state = inner.next()
  }

  /// The next 64 bits.
  @inlinable
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// The next number of 0 ..< 1, a multiple of 2⁻⁵³.
  package mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// The next number of 0 ..< `bound`, each equally likely.
  ///
  /// Source: D. Lemire, *Fast random integer generation in an interval*, ACM TOMACS 29 (2019).
  ///
  /// - Parameter bound: at least 1; anything less gives 0.
  package mutating func nextIndex(below bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    let width = UInt64(bound)
    let unfair = (0 &- width) % width
    while true {
      let product = next().multipliedFullWidth(by: width)
      if product.low >= unfair { return Int(product.high) }
    }
  }

  /// The numbers 0 ..< `count` in a drawn order, each order equally likely (Fisher and Yates).
  ///
  /// - Parameter count: anything below 1 gives none.
  package mutating func nextPermutation(of count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    for last in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(last, nextIndex(below: last + 1))
    }
    return order
  }
}
