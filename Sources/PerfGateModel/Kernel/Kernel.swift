import CPerfGateSystem

/// An operation with several implementations that must agree: Viète's series, a scan of a string.
public protocol Kernel: SendableMetatype {
  /// What one task reads; shared by all tasks and workers.
  associatedtype Input: Sendable
  /// The kernel's name, such as `text.scan`.
  static var name: String { get }
  /// How the work of a task follows from its size.
  static var work: Work { get }
  /// The implementations; exactly one is the reference.
  static var variants: [Variant<Input>] { get }
  /// Makes the input for tasks of `size` units. This is start-up: it is never part of a measured
  /// time.
  ///
  /// - Throws: if the size is out of range or there is not enough memory.
  static func makeInput(size: Int, seed: UInt64) throws -> Input
  /// The number of bytes of an input of `size` units. Called before the input is made.
  static func inputBytes(size: Int) -> Int
}

extension Kernel {
  /// The default: the input takes almost no memory.
  public static func inputBytes(size: Int) -> Int { 0 }
}

/// One implementation of a kernel.
public struct Variant<Input: Sendable>: Sendable {
  /// Language, then technique: `swift.simd`, `c.strlen`.
  public let name: String
  /// The variant this one is compared with, by name; `nil` for none.
  public let twin: String?
  /// Whether this is the variant that all others are compared with.
  public let isReference: Bool
  /// Whether the module that makes the variant, and the code that it runs, were built with
  /// optimization.
  public let isOptimized: Bool
  /// Whether this CPU has the instructions that the variant needs. If not, it is listed but never
  /// run.
  public let isSupported: Bool
  /// Does the work of one task and returns its result as 64 bits.
  public let run: @Sendable (_ input: Input, _ task: Int) -> UInt64
  /// What tasks in other processes are sent; `nil`: nothing, they have an input of their own.
  @usableFromInline package private(set) var message: VariantMessage<Input>?

  /// Describes one implementation of a kernel.
  ///
  /// Transparent, so that it is inlined even without optimization and records how the calling
  /// module was built. An ordinary inlinable function would be a weak symbol in every module, and
  /// the linker keeps one of them for all, which may be that of an optimized module.
  ///
  /// - Parameters:
  ///   - name: language, then technique: `swift.simd`.
  ///   - twin: the variant to compare it with, usually its C twin.
  ///   - isReference: whether it is the reference; exactly one variant of a kernel is.
  ///   - isOptimized: for a C variant, the result of the build probe in its own .c file.
  ///   - isSupported: whether this CPU has the instructions that it needs; evaluated once, when the
  ///     variant is made. The reference must run on every CPU.
  ///   - run: the work of one task.
  @_alwaysEmitIntoClient @_transparent
  public init(
    _ name: String, twin: String? = nil, isReference: Bool = false, isOptimized: Bool = true,
    isSupported: Bool = true, run: @escaping @Sendable (_ input: Input, _ task: Int) -> UInt64
  ) {
    self.init(
      name: name, twin: twin, isReference: isReference,
      isOptimized: isOptimized && pgp_is_optimized(), isSupported: isSupported, run: run)
  }

  @usableFromInline
  package init(
    name: String, twin: String?, isReference: Bool, isOptimized: Bool, isSupported: Bool = true,
    run: @escaping @Sendable (_ input: Input, _ task: Int) -> UInt64
  ) {
    self.name = name
    self.twin = twin
    self.isReference = isReference
    self.isOptimized = isOptimized
    self.isSupported = isSupported
    self.run = run
    message = nil
  }

  /// The same variant, whose tasks run in other processes only, and are sent what they work on.
  package func sending(_ message: VariantMessage<Input>) -> Variant {
    var variant = self
    variant.message = message
    return variant
  }
}

/// How the work of a task follows from its size.
public struct Work: Hashable, Sendable {
  /// How time grows with the size.
  public enum Growth: String, Hashable, Sendable {
    /// Twice the size takes twice the time. This is proven before any time is shown.
    case linear
    /// The time does not depend on the size. It is measured over many tasks.
    case constant
  }

  /// The unit of the size, in the singular: `iteration`, `byte`.
  public var unit: String
  /// How time grows with the size.
  public var growth: Growth
  /// Bytes read for each unit; 0 for arithmetic. Above 0 speed is reported in GB/s.
  public var bytesPerUnit: Int
  /// The size to use by default; `nil`: chosen so that a task lasts the requested time.
  public var defaultSize: Int?

  /// Describes the work of a task; the parameters are the properties of the same names.
  public init(unit: String, growth: Growth, bytesPerUnit: Int = 0, defaultSize: Int? = nil) {
    self.unit = unit
    self.growth = growth
    self.bytesPerUnit = bytesPerUnit
    self.defaultSize = defaultSize
  }

  /// A size that does not follow from the speed of the machine: the default one, or 1,000.
  package var fixedSize: Int { defaultSize ?? 1000 }
}
