import PerfGate
import PerfGateKernels
import PerfGatePlantKernels
import PerfGateTestSupport
import Testing

extension RealTime {
  /// Honest kernels are proven, on a quiet machine and on a busy one.
  @Suite(.engine) struct HonestKernelTests {
    @Test(arguments: ["viete", "text.length", "text.scan", "text.scalars", "dispatch"])
    func everyShippedVariantIsProven(name: String) throws {
      let kernel = try #require(try Catalog.perfGate().kernel(name))
      // Those that are sent messages run in processes of the program that has them.
      let runner = try realRunner([kernel], program: "perfgate")
      for variant in kernel.variants {
        // Constant work is proven at a size that takes a moment to make, not more.
        try WorkProof(of: kernel, runner: runner).check(variant, size: 1_000_000)
      }
    }

    /// What is sent to another process must be as long as what it is told to be.
    @Test func messagesAreProven() throws {
      let kernel = AnyKernel(MessageKernel.self)
      let runner = try realRunner([kernel], program: "PerfGateArmPlant")
      let proof = WorkProof(of: kernel, runner: runner)
      func finding(_ name: String) throws -> String? {
        let variant = try #require(kernel.variant(name))
        do throws(MeasurementError) {
          try proof.check(variant, size: 100_000_000)
          return nil
        } catch { return "\(error)" }
      }
      #expect(try finding("swift.honest") == nil)
      #expect(try finding("swift.hollow")?.contains("twice the size takes ") == true)
      let growing = try finding("swift.growing")
      #expect(
        growing?.contains("times as long at the full size") == true, "\(growing ?? "nothing")")
    }

    @Test func aBusyNeighborIsNotTakenForSleep() throws {
      // As many as there are workers and callers of ours: nobody gets a CPU to itself.
      let neighbors = try (0..<2).map { _ in
        try StartedProcess(["/bin/sh", "-c", "while :; do :; done"])
      }
      let kernels = [AnyKernel(Viete.self), AnyKernel(TextScan.self)]
      let runner = try realRunner(kernels)
      for kernel in kernels {
        for variant in kernel.variants
        where variant.name != "c.loop" && variant.name != "swift.loop" {
          try WorkProof(of: kernel, runner: runner).check(variant, size: 1_000_000)
        }
      }
      #expect(neighbors.allSatisfy { $0.isRunning })
    }

    #if os(Linux)
      /// The time in which a worker could have run is told apart from the time in which it slept.
      @Test func aWaitForACPUIsNotSleep() throws {
        let runner = try realRunner([AnyKernel(SeriesPlants.self)], workers: 8)
        // Eight workers share what CPUs there are: all wait most of the time, none sleeps.
        let waiting = Arm(
          kernel: "plant.series", variant: "swift.honest", workers: 8, tasks: 64, size: 500_000)
        let sleeping = Arm(
          kernel: "plant.series", variant: "swift.sleeping", workers: 8, tasks: 64, size: 500_000)
        let waited = try (0..<3).map { _ in try runner.run(waiting) }
        let slept = try (0..<3).map { _ in try runner.run(sleeping) }
        #expect(waited.contains { $0.cpuSeconds < 0.7 * 8 * $0.seconds }, "\(waited)")
        #expect(waited.contains { $0.sleepShare < 0.1 }, "\(waited)")
        #expect(slept.allSatisfy { $0.sleepShare > 0.5 }, "\(slept)")
      }
    #endif
  }
}
