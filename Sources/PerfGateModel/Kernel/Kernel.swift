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
  /// Makes the input of tasks of `size` units. This is start-up: it is never inside a measured time.
  ///
  /// - Throws: when the size is out of range or the memory for it cannot be had.
  static func makeInput(size: Int, seed: UInt64) throws -> Input
  /// How many bytes the input of `size` units takes; asked before it is made.
  static func inputBytes(size: Int) -> Int
}

extension Kernel {
  /// No memory to speak of.
  public static func inputBytes(size: Int) -> Int { 0 }
}

/// One implementation of a kernel.
public struct Variant<Input: Sendable>: Sendable {
  /// Language, then technique: `swift.simd`, `c.strlen`.
  public let name: String
  /// The variant this one is compared with, by name; `nil` for none.
  public let twin: String?
  /// Whether all others are compared with this one.
  public let isReference: Bool
  /// Whether the module that makes the variant, and the code behind it, were built with optimisation.
  public let isOptimized: Bool
  /// Whether this CPU has the instructions that the variant needs; where not, it is listed and never
  /// run.
  public let isSupported: Bool
  /// Does the work of one task and returns its result as 64 bits.
  public let run: @Sendable (_ input: Input, _ task: Int) -> UInt64

  /// An implementation.
  ///
  /// Transparent, which is inlined without optimisation too, so that it tells how the module was built
  /// that calls it. A function of its own would be a weak symbol in every module, and a linker takes
  /// one of them for all: that of an optimised module, as likely as not.
  ///
  /// - Parameters:
  ///   - name: language, then technique: `swift.simd`.
  ///   - twin: the variant to compare it with, usually its C twin.
  ///   - isReference: exactly one variant of a kernel is.
  ///   - isOptimized: for a C variant, what the build probe in its own .c file says.
  ///   - isSupported: whether this CPU has the instructions that it needs; asked once, when the variant
  ///     is made. The reference needs none that a CPU may lack.
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
  }
}

/// How the work of a task follows from its size.
public struct Work: Hashable, Sendable {
  /// How time grows with the size.
  public enum Growth: String, Hashable, Sendable {
    /// Twice the size takes twice the time; proven before any time is shown.
    case linear
    /// The time does not depend on the size; priced over many tasks.
    case constant
  }

  /// What the size counts: `iteration`, `byte`.
  public var unit: String
  /// How time grows with the size.
  public var growth: Growth
  /// Bytes read for each unit, 0 for arithmetic; above 0 speed is told in GB/s.
  public var bytesPerUnit: Int
  /// The size used when nothing else is said; `nil`: found so that a task lasts the wanted time.
  public var defaultSize: Int?

  /// Work of a task.
  public init(unit: String, growth: Growth, bytesPerUnit: Int = 0, defaultSize: Int? = nil) {
    self.unit = unit
    self.growth = growth
    self.bytesPerUnit = bytesPerUnit
    self.defaultSize = defaultSize
  }
}
