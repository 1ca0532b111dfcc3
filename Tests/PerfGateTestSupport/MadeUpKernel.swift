import PerfGate

/// A kernel that is only ever run by a ``MadeUpRunner``.
package struct MadeUpKernel {
  package var name = "made-up"
  package var growth = Work.Growth.linear
  /// Names and twins; the last one is the reference.
  package var variants: [(name: String, twin: String?)] = [("swift.a", "c.a"), ("c.a", nil)]
  package var defaultSize: Int?

  /// A kernel with these traits.
  package init(
    name: String = "made-up", growth: Work.Growth = .linear,
    variants: [(name: String, twin: String?)] = [("swift.a", "c.a"), ("c.a", nil)],
    defaultSize: Int? = nil
  ) {
    self.name = name
    self.growth = growth
    self.variants = variants
    self.defaultSize = defaultSize
  }

  /// A kernel with these traits; names and twins are those of the next call's type.
  package var erased: AnyKernel {
    MadeUpKernelType.$traits.withValue(self) { AnyKernel(MadeUpKernelType.self) }
  }
}

/// Takes its traits from the task that makes it, since a kernel's are static.
private enum MadeUpKernelType: Kernel {
  @TaskLocal static var traits = MadeUpKernel()

  static var name: String { traits.name }
  static var work: Work {
    Work(unit: "iteration", growth: traits.growth, defaultSize: traits.defaultSize)
  }
  static var variants: [Variant<Int>] {
    traits.variants.enumerated().map { index, variant in
      Variant(
        variant.name, twin: variant.twin, isReference: index == traits.variants.count - 1
      ) { _, _ in 0 }
    }
  }
  static func makeInput(size: Int, seed: UInt64) throws -> Int { size }
}
