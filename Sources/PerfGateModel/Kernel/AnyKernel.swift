/// A kernel whose type is forgotten: what the engine and the commands work with.
public struct AnyKernel: Sendable {
  /// What is known of a variant without running it.
  public struct VariantInfo: Hashable, Sendable {
    /// Language, then technique: `swift.simd`.
    public let name: String
    /// The variant it is compared with; `nil` for none.
    public let twin: String?
    /// Whether all others are compared with this one.
    public let isReference: Bool
    /// Whether the code behind it, and its kernel's module, was built with optimisation.
    public let isOptimized: Bool
    /// Whether this CPU has the instructions that it needs; where not, it is never run.
    public let isSupported: Bool

    @usableFromInline
    init(
      name: String, twin: String?, isReference: Bool, isOptimized: Bool, isSupported: Bool = true
    ) {
      self.name = name
      self.twin = twin
      self.isReference = isReference
      self.isOptimized = isOptimized
      self.isSupported = isSupported
    }
  }

  /// The kernel's name: `text.scan`.
  public let name: String
  /// How the work of a task follows from its size.
  public let work: Work
  /// The module that the kernel's type is in; `nil` of closures.
  public let module: String?
  /// All implementations, in the kernel's order.
  public let variants: [VariantInfo]
  /// Whether all tasks return the same, so that the reference need be asked only once.
  @usableFromInline package let tasksAreAlike: Bool
  /// Whether nothing can be claimed of a task that takes hardly longer than one that does nothing.
  @usableFromInline package let mustTakeTime: Bool
  /// What stands around the calls, where it is made of closures; `nil`: nothing does.
  @usableFromInline package let calls: ClosureCalls?
  /// Bytes that an input of a size takes.
  public let inputBytes: @Sendable (_ size: Int) -> Int
  /// Makes an input and binds every variant to it that this CPU can run, by name.
  public let bodies: @Sendable (_ size: Int, _ seed: UInt64) throws -> [String: TaskCode]

  /// Forgets the type of `kernel`.
  ///
  /// Inlinable, so that the closures around the variants are specialised where the kernel's type
  /// is known: nothing generic stands between the executor and the work.
  @inlinable
  public init<K: Kernel>(_ kernel: K.Type) {
    let variants = K.variants
    name = K.name
    work = K.work
    module = String(reflecting: K.self).split(separator: ".").first.map(String.init)
    tasksAreAlike = false
    mustTakeTime = false
    calls = nil
    self.variants = variants.map {
      VariantInfo(
        name: $0.name, twin: $0.twin, isReference: $0.isReference,
        isOptimized: $0.isOptimized, isSupported: $0.isSupported)
    }
    inputBytes = { K.inputBytes(size: $0) }
    bodies = { size, seed in
      let input = try K.makeInput(size: size, seed: seed)
      var bodies: [String: TaskCode] = [:]
      for variant in variants where variant.isSupported {
        let run = variant.run
        bodies[variant.name] = TaskCode { task in run(input, task) }
      }
      return bodies
    }
  }

  /// A kernel of closures, which has no type: each is a variant, the last one the reference.
  ///
  /// A call of a closure is one task, and its time does not depend on any size.
  ///
  /// - Parameters:
  ///   - tasksAreAlike: whether the closures do the same in each task.
  ///   - mustTakeTime: whether nothing can be claimed of one that takes hardly longer than an empty one:
  ///     an optimiser may have left nothing of it.
  ///   - calls: what stands around the calls.
  package init(
    name: String, closures: [(name: String, isOptimized: Bool, body: TaskBody)],
    tasksAreAlike: Bool = false, mustTakeTime: Bool = false, calls: ClosureCalls? = nil
  ) {
    self.name = name
    module = nil
    self.tasksAreAlike = tasksAreAlike
    self.mustTakeTime = mustTakeTime
    self.calls = calls
    work = Work(unit: "call", growth: .constant, defaultSize: 1)
    variants = closures.enumerated().map { index, closure in
      VariantInfo(
        name: closure.name, twin: nil, isReference: index == closures.count - 1,
        isOptimized: closure.isOptimized)
    }
    inputBytes = { _ in 0 }
    let all = Dictionary(
      closures.map { ($0.name, TaskCode($0.body)) }, uniquingKeysWith: { first, _ in first })
    bodies = { _, _ in all }
  }

  /// The variant that all others are compared with: the one marked so, else the first.
  public var reference: VariantInfo? { variants.first(where: \.isReference) ?? variants.first }

  /// The variants that this CPU can run, in the kernel's order.
  public var supportedVariants: [VariantInfo] { variants.filter(\.isSupported) }

  /// The variant of that name.
  public func variant(_ name: String) -> VariantInfo? { variants.first { $0.name == name } }
}
