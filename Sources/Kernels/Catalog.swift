import PerfGate

extension Catalog {
  /// The kernels of the article's comparison.
  package static func perfGate() throws(CatalogError) -> Catalog {
    var catalog = try Catalog([
      AnyKernel(Viete.self),
      AnyKernel(TextLength.self),
      AnyKernel(TextScan.self),
      AnyKernel(TextScalars.self),
      AnyKernel(Dispatch.self),
    ])
    catalog.published = [article]
    return catalog
  }

  /// The article's second table: fifty tasks, by its listing of 25.2 million iterations each.
  private static let article = PublishedWork(
    source: "the article", kernel: Viete.name, tasks: 50, size: 25_200_000,
    times: [
      Record.Published.Time(name: "its Python", workers: 9, seconds: 19.93),
      Record.Published.Time(name: "its Python", workers: 1, seconds: 100.77),
    ])
}
