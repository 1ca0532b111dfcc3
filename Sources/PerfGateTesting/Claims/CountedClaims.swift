import CPerfGateSystem
import PerfGate

// Claims about what calls ask of the allocator and the runtime. They are counted in new processes of
// their own, and have no noise.

extension TestClaim {
  /// A call allocates at most `limit` times, on all threads together:
  /// `.allocations(atMost: 3) { parse(text) }`.
  ///
  /// Two starts of ten calls decide if all agree; otherwise the largest of eight starts does. Builds without
  /// optimization allocate more.
  ///
  /// - Parameters:
  ///   - limit: a number from 0, or `.stored`: not more than in the last stored session. A `realloc`
  ///     counts as one.
  ///   - id: the claim's name; without one that of the test.
  ///   - work: what is counted, including the end of its result.
  @_alwaysEmitIntoClient @_transparent
  public static func allocations<Result>(
    atMost limit: some CountLimit, id: String? = nil,
    _ work: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _counted(
      .allocations, limit, id: id, isOptimized: pgp_is_optimized(), callBits(ofKept: work),
      callBits(ofKept: {}))
  }

  /// A call asks for at most `limit` bytes, on all threads together, whatever it gives back.
  ///
  /// - Parameters:
  ///   - limit: in bytes, from 0, or `.stored`; what is asked for, which allocators round up.
  ///   - id: the claim's name; without one that of the test.
  ///   - work: what is counted, as of allocations.
  @_alwaysEmitIntoClient @_transparent
  public static func allocatedBytes<Result>(
    atMost limit: some CountLimit, id: String? = nil,
    _ work: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _counted(
      .allocatedBytes, limit, id: id, isOptimized: pgp_is_optimized(), callBits(ofKept: work),
      callBits(ofKept: {}))
  }

  /// A call takes at most `limit` references to objects (`swift_retain`), on all threads together; those
  /// within Swift's own library are not seen.
  ///
  /// - Parameters:
  ///   - limit: a number from 0, or `.stored`.
  ///   - id: the claim's name; without one that of the test.
  ///   - work: what is counted, as of allocations.
  @_alwaysEmitIntoClient @_transparent
  public static func retains<Result>(
    atMost limit: some CountLimit, id: String? = nil,
    _ work: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _counted(
      .retains, limit, id: id, isOptimized: pgp_is_optimized(), callBits(ofKept: work),
      callBits(ofKept: {}))
  }

  /// A call takes at most `limit` instructions in user mode, on all threads together.
  ///
  /// Eight starts of ten calls decide, by the largest, because interrupts and page faults add a few;
  /// valgrind counts the same each time, and two starts decide.
  ///
  /// - Parameters:
  ///   - limit: a number from 0, or `.stored(worseByAtMost: 0.01)`.
  ///   - source: what counts them: the processor, which few virtual machines allow, or valgrind.
  ///   - id: the claim's name; without one that of the test.
  ///   - work: what is counted, as of allocations.
  @_alwaysEmitIntoClient @_transparent
  public static func instructions<Result>(
    atMost limit: some CountLimit, by source: InstructionSource = .processor, id: String? = nil,
    _ work: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _counted(
      .instructions(source), limit, id: id, isOptimized: pgp_is_optimized(),
      callBits(ofKept: work), callBits(ofKept: {}))
  }

  /// A task of a variant of a kernel allocates at most `limit` times.
  ///
  /// - Parameters:
  ///   - kernel: the kernel's type.
  ///   - variant: the variant's name.
  ///   - limit: a number from 0, or `.stored`.
  ///   - size: the size of the task; without one the kernel's own, or 1,000.
  ///   - id: the claim's name; without one that of the test.
  @inlinable
  public static func allocations<K: Kernel>(
    of kernel: K.Type, _ variant: String, atMost limit: some CountLimit, size: Int? = nil,
    id: String? = nil
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): allocations",
      .allocations(variant: variant, size: size, atMost: limit), tasks: 50)
  }

  /// A task of a variant of a kernel asks for at most `limit` bytes.
  ///
  /// - Parameters:
  ///   - kernel: the kernel's type.
  ///   - variant: the variant's name.
  ///   - limit: in bytes, from 0, or `.stored`.
  ///   - size: the size of the task; without one the kernel's own, or 1,000.
  ///   - id: the claim's name; without one that of the test.
  @inlinable
  public static func allocatedBytes<K: Kernel>(
    of kernel: K.Type, _ variant: String, atMost limit: some CountLimit, size: Int? = nil,
    id: String? = nil
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): allocated bytes",
      .allocatedBytes(variant: variant, size: size, atMost: limit), tasks: 50)
  }

  /// A task of a variant of a kernel takes at most `limit` references to objects.
  ///
  /// - Parameters:
  ///   - kernel: the kernel's type.
  ///   - variant: the variant's name.
  ///   - limit: a number from 0, or `.stored`.
  ///   - size: the size of the task; without one the kernel's own, or 1,000.
  ///   - id: the claim's name; without one that of the test.
  @inlinable
  public static func retains<K: Kernel>(
    of kernel: K.Type, _ variant: String, atMost limit: some CountLimit, size: Int? = nil,
    id: String? = nil
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): retains",
      .retains(variant: variant, size: size, atMost: limit), tasks: 50)
  }

  /// A task of a variant of a kernel takes at most `limit` instructions in user mode.
  ///
  /// - Parameters:
  ///   - kernel: the kernel's type.
  ///   - variant: the variant's name.
  ///   - limit: a number from 0, or `.stored(worseByAtMost: 0.01)`.
  ///   - source: what counts them: the processor, which few virtual machines allow, or valgrind.
  ///   - size: the size of the task; without one the kernel's own, or 1,000.
  ///   - id: the claim's name; without one that of the test.
  @inlinable
  public static func instructions<K: Kernel>(
    of kernel: K.Type, _ variant: String, atMost limit: some CountLimit,
    by source: InstructionSource = .processor, size: Int? = nil, id: String? = nil
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): instructions",
      .instructions(variant: variant, size: size, atMost: limit, by: source), tasks: 50)
  }
}

// The same for asynchronous closures. Their calls follow one another in one task, whose own making is not
// counted.

extension TestClaim {
  /// A call of an asynchronous closure allocates at most `limit` times, on all threads together.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func allocations<Result>(
    atMost limit: some CountLimit, id: String? = nil,
    _ work: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncCounted(
      .allocations, limit, id: id, isOptimized: pgp_is_optimized(), asyncBits(ofKept: work),
      asyncBits(ofKept: { () async in }))
  }

  /// A call of an asynchronous closure asks for at most `limit` bytes, on all threads together.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func allocatedBytes<Result>(
    atMost limit: some CountLimit, id: String? = nil,
    _ work: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncCounted(
      .allocatedBytes, limit, id: id, isOptimized: pgp_is_optimized(), asyncBits(ofKept: work),
      asyncBits(ofKept: { () async in }))
  }

  /// A call of an asynchronous closure takes at most `limit` references to objects, on all threads
  /// together.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func retains<Result>(
    atMost limit: some CountLimit, id: String? = nil,
    _ work: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncCounted(
      .retains, limit, id: id, isOptimized: pgp_is_optimized(), asyncBits(ofKept: work),
      asyncBits(ofKept: { () async in }))
  }

  /// A call of an asynchronous closure takes at most `limit` instructions in user mode, on all threads
  /// together.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func instructions<Result>(
    atMost limit: some CountLimit, by source: InstructionSource = .processor, id: String? = nil,
    _ work: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncCounted(
      .instructions(source), limit, id: id, isOptimized: pgp_is_optimized(),
      asyncBits(ofKept: work), asyncBits(ofKept: { () async in }))
  }
}

extension TestClaim {
  /// What a claim counts. Opaque to the modules that contain the closures.
  @usableFromInline
  enum _Counted: Sendable {
    case allocations, allocatedBytes, retains
    case instructions(InstructionSource)
  }

  @usableFromInline
  static func _counted(
    _ what: _Counted, _ limit: some CountLimit, id: String?, isOptimized: Bool,
    _ body: @escaping TaskBody,
    _ empty: @escaping TaskBody
  ) -> TestClaim {
    counted(
      what, limit, id: id, isOptimized: isOptimized, TaskCode(body),
      ClosureCalls(empty: TaskCode(empty)))
  }

  @usableFromInline
  static func _asyncCounted(
    _ what: _Counted, _ limit: some CountLimit, id: String?, isOptimized: Bool,
    _ body: @escaping AsyncBody,
    _ empty: @escaping AsyncBody
  ) -> TestClaim {
    counted(
      what, limit, id: id, isOptimized: isOptimized, TaskCode(asynchronous: body),
      ClosureCalls(empty: TaskCode(asynchronous: empty)))
  }

  static func counted(
    _ what: _Counted, _ limit: some CountLimit, id: String?, isOptimized: Bool, _ work: TaskCode,
    _ calls: ClosureCalls
  ) -> TestClaim {
    let (kind, text): (Claim.Kind, String) =
      switch what {
      case .allocations: (.allocations(variant: Self.work, atMost: limit), "allocations")
      case .allocatedBytes: (.allocatedBytes(variant: Self.work, atMost: limit), "allocated bytes")
      case .retains: (.retains(variant: Self.work, atMost: limit), "retains")
      case .instructions(let source):
        (.instructions(variant: Self.work, atMost: limit, by: source), "instructions")
      }
    let most =
      switch limit.bound {
      case .number(let number): "at most \(number) \(text) a call"
      case .stored(0): "at most as many \(text) a call as stored"
      case .stored(let margin): "at most \(margin * 100) % more \(text) a call than stored"
      }
    return code(
      id, text: most, kind, workers: 1, tasksAreAlike: true, _ClosureCalls(calls),
      [(Self.work, isOptimized, work)])
  }
}
