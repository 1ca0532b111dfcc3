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
  ///   - limit: from 0; a `realloc` counts as one.
  ///   - id: the claim's name; without one that of the test.
  ///   - work: what is counted, including the end of its result.
  @_alwaysEmitIntoClient @_transparent
  public static func allocations<Result>(
    atMost limit: Int, id: String? = nil, _ work: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _counted(
      .allocations, limit, id: id, isOptimized: pgp_is_optimized(), callBits(ofKept: work),
      callBits(ofKept: {}))
  }

  /// A call asks for at most `limit` bytes, on all threads together, whatever it gives back.
  ///
  /// - Parameters:
  ///   - limit: in bytes, from 0; what is asked for, which allocators round up.
  ///   - id: the claim's name; without one that of the test.
  ///   - work: what is counted, as of allocations.
  @_alwaysEmitIntoClient @_transparent
  public static func allocatedBytes<Result>(
    atMost limit: Int, id: String? = nil, _ work: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _counted(
      .allocatedBytes, limit, id: id, isOptimized: pgp_is_optimized(), callBits(ofKept: work),
      callBits(ofKept: {}))
  }

  /// A call takes at most `limit` references to objects (`swift_retain`), on all threads together; those
  /// within Swift's own library are not seen.
  ///
  /// - Parameters:
  ///   - limit: from 0.
  ///   - id: the claim's name; without one that of the test.
  ///   - work: what is counted, as of allocations.
  @_alwaysEmitIntoClient @_transparent
  public static func retains<Result>(
    atMost limit: Int, id: String? = nil, _ work: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _counted(
      .retains, limit, id: id, isOptimized: pgp_is_optimized(), callBits(ofKept: work),
      callBits(ofKept: {}))
  }

  /// A task of a variant of a kernel allocates at most `limit` times.
  ///
  /// - Parameters:
  ///   - kernel: the kernel's type.
  ///   - variant: the variant's name.
  ///   - limit: from 0.
  ///   - size: the size of the task; without one the kernel's own, or 1,000.
  ///   - id: the claim's name; without one that of the test.
  @inlinable
  public static func allocations<K: Kernel>(
    of kernel: K.Type, _ variant: String, atMost limit: Int, size: Int? = nil, id: String? = nil
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
  ///   - limit: in bytes, from 0.
  ///   - size: the size of the task; without one the kernel's own, or 1,000.
  ///   - id: the claim's name; without one that of the test.
  @inlinable
  public static func allocatedBytes<K: Kernel>(
    of kernel: K.Type, _ variant: String, atMost limit: Int, size: Int? = nil, id: String? = nil
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
  ///   - limit: from 0.
  ///   - size: the size of the task; without one the kernel's own, or 1,000.
  ///   - id: the claim's name; without one that of the test.
  @inlinable
  public static func retains<K: Kernel>(
    of kernel: K.Type, _ variant: String, atMost limit: Int, size: Int? = nil, id: String? = nil
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): retains",
      .retains(variant: variant, size: size, atMost: limit), tasks: 50)
  }
}

// The same for asynchronous closures. Their calls follow one another in one task, whose own making is not
// counted.

extension TestClaim {
  /// A call of an asynchronous closure allocates at most `limit` times, on all threads together.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func allocations<Result>(
    atMost limit: Int, id: String? = nil, _ work: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncCounted(
      .allocations, limit, id: id, isOptimized: pgp_is_optimized(), asyncBits(ofKept: work),
      asyncBits(ofKept: { () async in }))
  }

  /// A call of an asynchronous closure asks for at most `limit` bytes, on all threads together.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func allocatedBytes<Result>(
    atMost limit: Int, id: String? = nil, _ work: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncCounted(
      .allocatedBytes, limit, id: id, isOptimized: pgp_is_optimized(), asyncBits(ofKept: work),
      asyncBits(ofKept: { () async in }))
  }

  /// A call of an asynchronous closure takes at most `limit` references to objects, on all threads
  /// together.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func retains<Result>(
    atMost limit: Int, id: String? = nil, _ work: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncCounted(
      .retains, limit, id: id, isOptimized: pgp_is_optimized(), asyncBits(ofKept: work),
      asyncBits(ofKept: { () async in }))
  }
}

extension TestClaim {
  /// What a claim counts. Opaque to the modules that contain the closures.
  @usableFromInline
  enum _Counted: Sendable { case allocations, allocatedBytes, retains }

  @usableFromInline
  static func _counted(
    _ what: _Counted, _ limit: Int, id: String?, isOptimized: Bool, _ body: @escaping TaskBody,
    _ empty: @escaping TaskBody
  ) -> TestClaim {
    counted(what, limit, id: id, isOptimized: isOptimized, TaskCode(body), TaskCode(empty))
  }

  @usableFromInline
  static func _asyncCounted(
    _ what: _Counted, _ limit: Int, id: String?, isOptimized: Bool, _ body: @escaping AsyncBody,
    _ empty: @escaping AsyncBody
  ) -> TestClaim {
    counted(
      what, limit, id: id, isOptimized: isOptimized, TaskCode(asynchronous: body),
      TaskCode(asynchronous: empty))
  }

  private static func counted(
    _ what: _Counted, _ limit: Int, id: String?, isOptimized: Bool, _ work: TaskCode,
    _ empty: TaskCode
  ) -> TestClaim {
    let (kind, text): (Claim.Kind, String) =
      switch what {
      case .allocations: (.allocations(variant: Self.work, atMost: limit), "allocations")
      case .allocatedBytes: (.allocatedBytes(variant: Self.work, atMost: limit), "allocated bytes")
      case .retains: (.retains(variant: Self.work, atMost: limit), "retains")
      }
    return code(
      id, text: "at most \(limit) \(text) a call", kind, workers: 1, tasksAreAlike: true,
      _ClosureCalls(ClosureCalls(empty: empty)), [(Self.work, isOptimized, work)])
  }
}
