import PerfGate
import PerfGateTestSupport
import Testing

/// Rounds through a runner whose samples are made up.
@Suite struct MeasurementTests {
  private let arms = ["a", "b", "c"].map {
    Arm(kernel: "made-up", variant: $0, workers: 1, tasks: 2, size: 3)
  }

  private func empty() -> [Series] { arms.map { Series($0, group: "g", cpus: [0], bind: "close") } }

  @Test func everyArmRunsOnceInARound() throws {
    let runner = MadeUpRunner { Double($0.variant.utf8.first ?? 0) }
    var series = empty()
    var shown: [Int] = []
    try Measurement(runner: runner, seed: 5).run(
      RoundGroup(id: "g", arms: arms, rounds: 6, warmups: 3), into: &series
    ) { shown.append($0) }
    #expect(shown == Array(-3..<6))
    #expect(runner.runs.count == 27)
    for round in 0..<9 {
      #expect(Set(runner.runs[(3 * round)..<(3 * round + 3)].map(\.variant)) == ["a", "b", "c"])
    }
    // Each arm is at each place equally often in every block of three rounds.
    for block in 0..<3 {
      for place in 0..<3 {
        let there = (0..<3).map { runner.runs[9 * block + 3 * $0 + place].variant }
        #expect(Set(there) == ["a", "b", "c"], "block \(block), place \(place)")
      }
    }
    for (arm, one) in zip(arms, series) {
      #expect(one.rounds == Array(0..<6))
      let seconds = 2 * Double(arm.variant.utf8.first ?? 0)
      #expect(one.seconds == Array(repeating: seconds, count: 6) && one.cpuSeconds == one.seconds)
    }
  }

  /// What was measured before an error is kept, in whole rounds.
  @Test func anErrorKeepsTheRoundsBefore() throws {
    final class Failing: ArmRunner {
      var left: Int
      init(_ runs: Int) { left = runs }
      func run(_ arm: Arm) throws(MeasurementError) -> ArmSample {
        left -= 1
        if left < 0 { throw .worker(.interrupted(signal: 15)) }
        return ArmSample(seconds: 1, cpuSeconds: 1)
      }
    }
    for runs in 0..<12 {
      var series = empty()
      #expect(throws: MeasurementError.worker(.interrupted(signal: 15))) {
        try Measurement(runner: Failing(runs), seed: 1).run(
          RoundGroup(id: "g", arms: arms, rounds: 6, warmups: 1), into: &series
        ) { _ in }
      }
      let kept = Array(0..<max(0, runs / 3 - 1))
      #expect(series.allSatisfy { $0.rounds == kept && $0.seconds.count == kept.count }, "\(runs)")
    }
  }
}

@Suite struct CatalogTests {
  private func failure(_ kernels: [AnyKernel]) -> String? {
    do throws(CatalogError) {
      _ = try Catalog(kernels)
      return nil
    } catch { return error.description }
  }

  @Test func mistakesAreToldInOneLine() {
    let kernel = MadeUpKernel().erased
    #expect(failure([kernel]) == nil)
    #expect(
      failure([kernel, kernel])
        == "cannot use the catalog: made-up is there twice; rename one")
    #expect(
      failure([MadeUpKernel(variants: [("c.a", nil), ("c.a", nil)]).erased])
        == "cannot use the catalog: made-up/c.a is there twice; rename one")
    #expect(
      failure([MadeUpKernel(variants: [("swift.a", "c.b"), ("c.a", nil)]).erased])
        == "cannot use variant swift.a of kernel made-up: its twin c.b does not exist; "
        + "name one of the kernel's variants")
    #expect(
      failure([MadeUpKernel(variants: []).erased])
        == "cannot use kernel made-up: 0 of its variants are the reference; mark one")
  }

  @Test func globsMatchWholeNames() {
    #expect(matchesGlob("text.*", "text.scan") && matchesGlob("*", "viete"))
    #expect(matchesGlob("swift.[lu]*", "swift.loop") && matchesGlob("viet?", "viete"))
    #expect(!matchesGlob("text", "text.scan") && !matchesGlob("scan", "text.scan"))
  }
}
