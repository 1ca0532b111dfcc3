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
  /// The variant that shows how fast its work can be at most on this machine, by name; `nil` for none.
  public private(set) var limit: String?
  /// Whether it is such a limit: it does only what nobody can do without, so its results are others
  /// than the reference's.
  public private(set) var isLimit = false
  /// For a limit, the one whose results it must have, by name; `nil`: it is compared with itself.
  @usableFromInline package private(set) var checkedBy: String?
  /// Does the work of one task and returns its result as 64 bits.
  public let run: @Sendable (_ input: Input, _ task: Int) -> UInt64
  /// The same for several tasks at a time; `nil`: they are done one by one.
  @usableFromInline package let batch: VariantBatch<Input>?
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

  /// Describes an implementation that does several tasks at a time, in the lanes of vector registers for
  /// example.
  ///
  /// An executor hands out each such group as one task. Every result of every task is compared with the
  /// reference's all the same.
  ///
  /// - Parameters:
  ///   - name: language, then technique: `swift.batch.avx2`.
  ///   - twin: the variant to compare it with, usually its C twin.
  ///   - isOptimized: for a C variant, the result of the build probe in its own .c file.
  ///   - isSupported: whether this CPU has the instructions that it needs; evaluated once, when the
  ///     variant is made.
  ///   - most: how many tasks it takes at a time at most, from 1. It must be right for any smaller number.
  ///   - run: the work of some tasks; result 0 is that of the first one.
  @_alwaysEmitIntoClient @_transparent
  public init(
    _ name: String, twin: String? = nil, isOptimized: Bool = true, isSupported: Bool = true,
    batchOf most: Int,
    run:
      @escaping @Sendable (
        _ input: Input, _ tasks: Range<Int>, _ results: UnsafeMutableBufferPointer<UInt64>
      ) -> Void
  ) {
    self.init(
      name: name, twin: twin, isOptimized: isOptimized && pgp_is_optimized(),
      isSupported: isSupported, batchOf: most, run: run)
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
    batch = nil
    message = nil
  }

  @usableFromInline
  package init(
    name: String, twin: String?, isOptimized: Bool, isSupported: Bool, batchOf most: Int,
    run: @escaping @Sendable (Input, Range<Int>, UnsafeMutableBufferPointer<UInt64>) -> Void
  ) {
    self.name = name
    self.twin = twin
    isReference = false
    self.isOptimized = isOptimized
    self.isSupported = isSupported
    self.run = { input, task in
      var result: UInt64 = 0
      withUnsafeMutablePointer(to: &result) {
        run(input, task..<task + 1, UnsafeMutableBufferPointer(start: $0, count: 1))
      }
      return result
    }
    batch = VariantBatch(most: most, run: run)
    message = nil
  }

  /// The same variant with a limit: the share of it that the variant reaches is shown beside its time.
  ///
  /// - Parameter limit: the name of another variant of the kernel, made with ``asLimit(checkedBy:)``.
  public func limited(by limit: String) -> Variant {
    var variant = self
    variant.limit = limit
    return variant
  }

  /// The same variant as a limit for others: a loop that does nothing but what the work cannot do without,
  /// such as its square roots, or reading its bytes.
  ///
  /// Nobody has to agree with the kernel's reference about it, but its work is proven too.
  ///
  /// - Parameter other: the limit that returns the same and runs on every CPU; `nil`: itself.
  public func asLimit(checkedBy other: String? = nil) -> Variant {
    var variant = self
    variant.isLimit = true
    variant.checkedBy = other
    return variant
  }

  /// The same variant, whose tasks run in other processes only, and are sent what they work on.
  package func sending(_ message: VariantMessage<Input>) -> Variant {
    var variant = self
    variant.message = message
    return variant
  }
}

/// How a variant does several tasks at a time.
@usableFromInline
package struct VariantBatch<Input: Sendable>: Sendable {
  /// How many at most.
  @usableFromInline package let most: Int
  /// The work of some tasks; result 0 is that of the first one.
  @usableFromInline package let run:
    @Sendable (Input, Range<Int>, UnsafeMutableBufferPointer<UInt64>) -> Void

  @usableFromInline
  init(
    most: Int,
    run: @escaping @Sendable (Input, Range<Int>, UnsafeMutableBufferPointer<UInt64>) -> Void
  ) {
    self.most = max(1, most)
    self.run = run
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
