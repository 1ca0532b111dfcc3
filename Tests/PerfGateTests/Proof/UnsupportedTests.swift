import CPerfGateTestPlants
import PerfGate
import PerfGateTestSupport
import Testing

/// The engine's last guards against a variant that this CPU cannot run: its body ends this process.
@Suite struct UnsupportedTests {
  private enum Lacking: Kernel {
    static let name = "made-up.lacking"
    static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
    static let variants: [Variant<Int>] = [
      Variant("c.wide", isSupported: false) { _, _ in
        pgt_write_to_null()
        return 0
      },
      Variant("c.right", isReference: true) { _, task in UInt64(task) },
    ]
    static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
  }

  private enum Lost: Kernel {
    static let name = "made-up.lost"
    static let work = Work(unit: "task", growth: .constant, defaultSize: 1)
    static let variants: [Variant<Int>] = [
      Variant("c.wide", isReference: true, isSupported: false) { _, _ in 0 }
    ]
    static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
  }

  @Test func itHasAPlaceInTheKernelAndNoCode() throws {
    let kernel = AnyKernel(Lacking.self)
    #expect(kernel.variants.map(\.name) == ["c.wide", "c.right"])
    #expect(kernel.supportedVariants.map(\.name) == ["c.right"])
    #expect(try kernel.bodies(1, 42).keys.sorted() == ["c.right"])
  }

  @Test func itIsNeverRun() throws {
    let runner = try realRunner([AnyKernel(Lacking.self)])
    let arm = Arm(kernel: Lacking.name, variant: "c.wide", workers: 1, tasks: 3, size: 1)
    let error = #expect(throws: MeasurementError.self) { try runner.run(arm) }
    #expect(
      error?.description
        == "cannot run c.wide of kernel made-up.lacking: this CPU does not support it")
  }

  @Test func theReferenceMustRunEverywhere() {
    let error = #expect(throws: CatalogError.self) { try Catalog([AnyKernel(Lost.self)]) }
    #expect(
      error?.description
        == "cannot use kernel made-up.lost: this CPU does not support its reference c.wide; mark a "
        + "variant that runs on every CPU")
  }
}
