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

  /// Names are sent to other programs, which must be able to read them.
  @Test(arguments: ["", "Viete", "text scan", "a/b", "größe", "a\n", "test:1", "a%20"])
  func namesHavePlainCharacters(name: String) throws {
    let shown = name == "a\n" ? "a\\n" : name
    #expect(
      failure([MadeUpKernel(name: name).erased])
        == "cannot use kernel '\(shown)': a name consists of a to z, 0 to 9, '.', '_' and '-'; "
        + "rename it")
    #expect(
      failure([MadeUpKernel(variants: [("swift.a", nil), (name, nil)]).erased])
        == "cannot use variant '\(shown)' of kernel made-up: a name consists of a to z, 0 to 9, "
        + "'.', '_' and '-'; rename it")
    // Closures of a test have the test's name.
    let closures = AnyKernel(name: name, closures: [("work", true, { UInt64($0) })])
    #expect(try Catalog(closures: closures).kernels.map(\.name) == [name])
  }

  @Test func globsMatchWholeNames() {
    #expect(matchesGlob("text.*", "text.scan") && matchesGlob("*", "viete"))
    #expect(matchesGlob("swift.[lu]*", "swift.loop") && matchesGlob("viet?", "viete"))
    #expect(!matchesGlob("text", "text.scan") && !matchesGlob("scan", "text.scan"))
  }
}
