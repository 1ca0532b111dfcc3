import PerfGate

extension Catalog {
  /// The kernels of the article's comparison.
  package static func perfGate() throws(CatalogError) -> Catalog {
    try Catalog([
      AnyKernel(Viete.self),
      AnyKernel(TextLength.self),
      AnyKernel(TextScan.self),
      AnyKernel(TextScalars.self),
      AnyKernel(Dispatch.self),
    ])
  }
}
