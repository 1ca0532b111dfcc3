import PerfGate

extension Baseline {
  /// The key of a machine that is not there.
  package static let madeUpKey = "made-up-1c-1n"

  /// A baseline of one claim with a few sessions.
  package static func madeUp() -> Baseline {
    var baseline = Baseline(
      machine: Baseline.Machine(key: madeUpKey, cpu: "made up", cores: 1, memoryNodes: 1))
    var entry = Baseline.Entry(text: "a time", quantity: "time", isHigherBetter: false)
    entry.add(.madeUp(1.5), pin: false)
    baseline.claims["a"] = entry
    return baseline
  }
}
