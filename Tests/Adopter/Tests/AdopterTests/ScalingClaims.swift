import Kernels
import PerfGate
import PerfGateTesting
import Testing

@Suite struct ScalingClaims {
  @Test(.claim(.speedup(of: Mix.self, "swift", workers: 2, atLeast: 1.5))) func twoWorkers() {}
  @Test(.claim(.speedup(of: Mix.self, "swift", workers: 999, atLeast: 2, tasks: 9990)))
  func moreThanAnyMachineHas() {}
  @Test(.claim(.efficiency(of: Mix.self, "c", upTo: 4, atLeast: 0.7))) func inC() {}
}

/// The first claims need no type of their own; they are checked where the tests are optimized.
@Suite struct ClosureClaims {
  @Test(.claim(.speedup(atLeast: 1.5, workers: 2) { Mix.run(steps: 20_000, task: $0) }))
  func scales() {}
  @Test(
    .claim(
      .ratio(
        atMost: 1.5, of: { Mix.run(steps: 20_000, task: 1) },
        to: { Mix.run(steps: 20_000, task: 1) })))
  func noSlowerThanItself() {}
}
