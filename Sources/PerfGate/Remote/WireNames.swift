/// The names of kernels and variants in the arm protocol.
///
/// Names of a catalog are sent as they are. The closures of a test are the kernel `test`, and each is
/// the variant of its position, from 0.
package struct WireNames: Hashable, Sendable {
  /// The name of the kernel of a test's closures.
  package static let test = "test"

  private var kernels: [String: String] = [:]
  private var closures: [String]?
  private var prefix = ""

  /// The names of a catalog.
  ///
  /// - Parameter prefix: what the names of variants begin with in the catalog only, such as `go.`.
  package init(_ catalog: Catalog, prefix: String = "") {
    self.prefix = prefix
    for kernel in catalog.kernels {
      let isTest = kernel.module == nil
      kernels[isTest ? Self.test : kernel.name] = kernel.name
      if isTest { closures = kernel.variants.map(\.name) }
    }
  }

  /// The name of a kernel on the wire.
  package func kernel(_ name: String) -> String { kernels[Self.test] == name ? Self.test : name }

  /// The name of a kernel in the catalog.
  package func kernelName(_ wire: String) -> String { kernels[wire] ?? wire }

  /// The name of a variant on the wire.
  package func variant(_ name: String, of kernel: String) -> String {
    guard let closures, kernels[Self.test] == kernel else {
      return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }
    return closures.firstIndex(of: name).map { "\($0)" } ?? name
  }

  /// The name of a variant in the catalog.
  ///
  /// - Parameter kernel: the kernel's name in the catalog.
  package func variantName(_ wire: String, of kernel: String) -> String {
    guard let closures, kernels[Self.test] == kernel,
      let index = WireText.number(wire, in: 0...closures.count), index < closures.count
    else { return prefix + wire }
    return closures[index]
  }
}
