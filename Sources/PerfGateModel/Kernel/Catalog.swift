#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The kernels that a program or a test suite measures.
public struct Catalog: Sendable {
  /// The kernels, in the order in which they are measured and shown. Names are unique.
  public let kernels: [AnyKernel]
  /// Work of these kernels whose times somebody has published.
  package var published: [PublishedWork] = []

  /// Makes a catalog of kernels.
  ///
  /// - Throws: ``CatalogError`` if a name of a kernel or variant has other characters than
  ///   `a` to `z`, `0` to `9`, `.`, `_` and `-`, if two kernels or two variants of a kernel have the
  ///   same name, if a kernel does not have exactly one reference, if this CPU cannot run the
  ///   reference, or if a twin does not exist.
  public init(_ kernels: [AnyKernel]) throws(CatalogError) {
    for kernel in kernels {
      for name in [kernel.name] + kernel.variants.map(\.name) where !Self.isName(name) {
        throw .name(name, kernel: name == kernel.name ? nil : kernel.name)
      }
    }
    try self.init(checked: kernels)
  }

  /// Makes a catalog of the closures of a test, whose names may be any: those of the test.
  package init(closures kernel: AnyKernel) throws(CatalogError) { try self.init(checked: [kernel]) }

  /// Whether a kernel or variant may have that name.
  package static func isName(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        switch $0 {
        case 0x61...0x7a, 0x30...0x39, 0x2e, 0x5f, 0x2d: true
        default: false
        }
      }
  }

  private init(checked kernels: [AnyKernel]) throws(CatalogError) {
    var names = BuiltInKernel.names
    for kernel in kernels {
      guard names.insert(kernel.name).inserted else { throw .duplicate(kernel.name) }
      var variants: Set<String> = []
      for variant in kernel.variants {
        guard variants.insert(variant.name).inserted else {
          throw .duplicate("\(kernel.name)/\(variant.name)")
        }
      }
      let references = kernel.variants.filter(\.isReference)
      guard references.count == 1 else {
        throw .references(kernel: kernel.name, found: references.count)
      }
      guard references[0].isSupported else {
        throw .unsupportedReference(kernel: kernel.name, variant: references[0].name)
      }
      for variant in kernel.variants {
        if let twin = variant.twin, !variants.contains(twin) {
          throw .unknownTwin(kernel: kernel.name, variant: variant.name, twin: twin)
        }
        try Self.checkLimit(of: variant, in: kernel)
      }
    }
    self.kernels = kernels
  }

  private static func checkLimit(
    of variant: AnyKernel.VariantInfo, in kernel: AnyKernel
  ) throws(CatalogError) {
    if let limit = variant.limit, kernel.variant(limit)?.isLimit != true {
      throw .noLimit(kernel: kernel.name, variant: variant.name, limit: limit)
    }
    guard variant.isLimit else { return }
    if variant.isReference || variant.limit != nil {
      throw .limited(kernel: kernel.name, variant: variant.name)
    }
    guard let name = variant.checkedBy else { return }
    guard let other = kernel.variant(name), other.isLimit, other.checkedBy == nil,
      other.isSupported
    else { throw .noCheck(kernel: kernel.name, variant: variant.name, other: name) }
  }

  /// The kernel with that name; `nil` if there is none.
  public func kernel(_ name: String) -> AnyKernel? { kernels.first { $0.name == name } }
}

/// What is wrong with a catalog.
public enum CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A kernel, or a variant of the named kernel, has a name with characters that are not allowed.
  case name(String, kernel: String?)
  /// Two kernels, or two variants of a kernel, have this name.
  case duplicate(String)
  /// A kernel needs exactly one reference.
  case references(kernel: String, found: Int)
  /// This CPU cannot run the reference.
  case unsupportedReference(kernel: String, variant: String)
  /// A variant names a twin that does not exist.
  case unknownTwin(kernel: String, variant: String, twin: String)
  /// A variant names a limit that is none.
  case noLimit(kernel: String, variant: String, limit: String)
  /// A limit is checked by a variant that is no limit, is checked by another one itself, or does not run
  /// here.
  case noCheck(kernel: String, variant: String, other: String)
  /// A limit is the kernel's reference, or has a limit itself.
  case limited(kernel: String, variant: String)

  /// One line: what failed, what was found, what to do.
  public var description: String {
    switch self {
    case .name(let name, let kernel):
      let shown = VisibleText.line(name)
      let what =
        kernel.map { "variant '\(shown)' of kernel \(VisibleText.line($0))" } ?? "kernel '\(shown)'"
      return
        "cannot use \(what): a name consists of a to z, 0 to 9, '.', '_' and '-'; rename it"
    case .duplicate(let name):
      return "cannot use the catalog: \(name) is defined twice; rename one"
    case .references(let kernel, let found):
      return "cannot use kernel \(kernel): \(found) of its variants are the reference; mark one"
    case .unsupportedReference(let kernel, let variant):
      return
        "cannot use kernel \(kernel): this CPU does not support its reference \(variant); mark a "
        + "variant that runs on every CPU"
    case .unknownTwin(let kernel, let variant, let twin):
      return
        "cannot use variant \(variant) of kernel \(kernel): its twin \(twin) does not exist; "
        + "name one of the kernel's variants"
    case .noLimit(let kernel, let variant, let limit):
      return
        "cannot use variant \(variant) of kernel \(kernel): \(limit) is no limit of the kernel; "
        + "name a variant made with asLimit(checkedBy:)"
    case .noCheck(let kernel, let variant, let other):
      return
        "cannot use limit \(variant) of kernel \(kernel): it cannot be checked by \(other); name a "
        + "limit that every CPU can run and that nothing else checks"
    case .limited(let kernel, let variant):
      return
        "cannot use variant \(variant) of kernel \(kernel): a limit is neither the reference nor "
        + "limited itself; leave one of them out"
    }
  }
}

/// Whether `text` matches a shell pattern (`*`, `?`, `[...]`).
package func matchesGlob(_ pattern: String, _ text: String) -> Bool {
  fnmatch(pattern, text, 0) == 0
}
