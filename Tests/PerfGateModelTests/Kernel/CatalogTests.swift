import PerfGate
import PerfGateTestSupport
import Testing

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
        == "cannot use the catalog: made-up is defined twice; rename one")
    #expect(
      failure([MadeUpKernel(variants: [("c.a", nil), ("c.a", nil)]).erased])
        == "cannot use the catalog: made-up/c.a is defined twice; rename one")
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
