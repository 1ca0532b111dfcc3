import PerfGateTesting
import Testing

/// Counts of closures, in Swift Testing.
@Suite struct CountClaims {
  @Test(.claim(.allocations(atMost: 0) {})) func nothing() {}
  @Test(.claim(.retains(atMost: 0) {})) func noReferences() {}
  @Test(.claim(.allocations(atMost: 3) { Counted.objects() })) func objects() {}
  @Test(.claim(.allocatedBytes(atMost: 640) { Counted.buffer() })) func bytes() {}
  @Test(.claim(.retains(atMost: 2) { Counted.references() })) func references() {}
  @Test(.claim(.allocations(atMost: 5) { Counted.words() })) func words() {}
  @Test(.claim(.allocations(atMost: 0) { await Counted.soon() })) func nothingLater() {}
  @Test(.claim(.allocations(atMost: 4) { await Counted.later() })) func objectsLater() {}
  /// A result of any type is made, although nobody uses it.
  @Test(.claim(.allocations(atMost: 0, id: "kept") { [Counted.extra, 2, 3].map { ($0, $0) } }))
  func kept() {}
}
