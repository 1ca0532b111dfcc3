import PerfGate
import PerfGateKernels
import PerfGateMachine
import PerfGateTestSupport
import Testing

extension RealTime {
  /// Wrong results, and code that was not optimized: caught before a time comes out.
  @Suite struct ResultProofTests {
    @Test func theLastBitIsCaught() throws {
      let found = try #require(try proof(of: SeriesPlants.self, "swift.last-bit"))
      guard case .wrongResult(task: 0, let result, let expected) = found.reason else {
        Issue.record("\(found)")
        return
      }
      #expect(result ^ expected == 1)
      #expect(
        found.description
          == "work of plant.series/swift.last-bit is not proven: task 0 returned "
          + "0x\(String(result, radix: 16)), the reference 0x\(String(expected, radix: 16))")
      let constant = try #require(try proof(of: LengthPlants.self, "swift.last-bit"))
      guard case .wrongResult(task: 0, let other, let length) = constant.reason else {
        Issue.record("\(constant)")
        return
      }
      #expect(constant.variant == "swift.last-bit" && other ^ length == 1)
    }

    @Test func oneTaskInAThousandIsCaught() throws {
      // Constant work is proven over many tasks.
      let constant = try #require(try proof(of: LengthPlants.self, "swift.rarely-wrong"))
      guard case .wrongResult(task: 999, _, _) = constant.reason else {
        Issue.record("\(constant)")
        return
      }
      // Every round of a measurement is checked whole, so none of its times comes out.
      let runner = try realRunner([AnyKernel(SeriesPlants.self)], workers: 2)
      for workers in 1...2 {
        var arm = Arm(
          kernel: "plant.series", variant: "swift.rarely-wrong", workers: workers, tasks: 999,
          size: 10)
        _ = try runner.run(arm)
        arm.tasks = 1500
        let error = #expect(throws: MeasurementError.self) { try runner.run(arm) }
        guard case .wrongResult(let found) = error, case .wrongResult(999, _, _) = found.reason
        else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(found.kernel == "plant.series" && found.variant == "swift.rarely-wrong")
      }
    }

    @Test func codeThatWasNotOptimizedIsCaught() throws {
      let found = try #require(try proof(of: SeriesPlants.self, "c.unoptimized"))
      #expect(found.reason == .notOptimized)
      #expect(
        found.description
          == "work of plant.series/c.unoptimized is not proven: built without optimization: "
          + "build it with -O (C: -O2), or in release configuration")
    }

    /// The samples of a variant that turns out wrong later are all taken back.
    @Test func aVariantThatTurnsWrongLosesItsTimes() throws {
      let kernel = AnyKernel(TurningWrong.self)
      let slots = try realRunner([kernel]).pool.slots
      let session = try LocalSession(
        record: madeUpRecord(), catalog: Catalog([kernel]), machine: Machine.current(),
        slots: slots, cacheBytes: 32 << 20, probe: { _ in QuietProbe() })
      let arms = kernel.variants.map {
        Arm(kernel: kernel.name, variant: $0.name, workers: 1, tasks: 3, size: 1)
      }
      let group = RoundGroup(id: "turning", arms: arms, rounds: 20)
      let error = #expect(throws: MeasurementError.self) { try session.measure(group) }
      guard case .wrongResult(let found) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(found.variant == "swift.turning")
      #expect(session.record.unproven.map(\.variant) == ["swift.turning"])
      #expect(session.record.series.map(\.variant) == ["swift.honest"])
    }
  }
}
