import CPerfGateSystem
import PerfGate

// Claims about what calls are counted to do that each have their own input, which is made before and
// removed after it.

extension TestClaim {
  /// A call that changes its own input allocates at most `limit` times:
  /// `.allocations(atMost: 1, setUp: { numbers }) { $0.append(1) }`.
  ///
  /// - Parameters:
  ///   - limit: a number from 0, or `.stored`.
  ///   - id: the claim's name; without one that of the test.
  ///   - setUp: makes an input, once for each call, before anything is counted. Inputs that are
  ///     collections of the standard library are copied then, as for a ratio.
  ///   - work: what is counted; the end of its input is not.
  @_alwaysEmitIntoClient @_transparent
  public static func allocations<Input: SendableMetatype, Result>(
    atMost limit: some CountLimit, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    _ work: @escaping @Sendable (inout Input) throws -> Result
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _counted(
      .allocations, limit, id: id, isOptimized: pgp_is_optimized(), store, setUp: setUp,
      callBits(ofKept: work, store), callBits(ofKept: { (_: inout Input) in }, store))
  }

  /// A call that changes its own input asks for at most `limit` bytes.
  ///
  /// - Parameters:
  ///   - limit: a number from 0, or `.stored`.
  ///   - id: the claim's name; without one that of the test.
  ///   - setUp: makes an input, once for each call, before anything is counted. Inputs that are
  ///     collections of the standard library are copied then, as for a ratio.
  ///   - work: what is counted; the end of its input is not.
  @_alwaysEmitIntoClient @_transparent
  public static func allocatedBytes<Input: SendableMetatype, Result>(
    atMost limit: some CountLimit, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    _ work: @escaping @Sendable (inout Input) throws -> Result
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _counted(
      .allocatedBytes, limit, id: id, isOptimized: pgp_is_optimized(), store, setUp: setUp,
      callBits(ofKept: work, store), callBits(ofKept: { (_: inout Input) in }, store))
  }

  /// A call that changes its own input takes at most `limit` references to objects.
  ///
  /// - Parameters:
  ///   - limit: a number from 0, or `.stored`.
  ///   - id: the claim's name; without one that of the test.
  ///   - setUp: makes an input, once for each call, before anything is counted. Inputs that are
  ///     collections of the standard library are copied then, as for a ratio.
  ///   - work: what is counted; the end of its input is not.
  @_alwaysEmitIntoClient @_transparent
  public static func retains<Input: SendableMetatype, Result>(
    atMost limit: some CountLimit, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    _ work: @escaping @Sendable (inout Input) throws -> Result
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _counted(
      .retains, limit, id: id, isOptimized: pgp_is_optimized(), store, setUp: setUp,
      callBits(ofKept: work, store), callBits(ofKept: { (_: inout Input) in }, store))
  }

  /// A call that changes its own input takes at most `limit` instructions.
  ///
  /// - Parameters:
  ///   - limit: a number from 0, or `.stored`.
  ///   - source: what counts them: the processor, which few virtual machines allow, or valgrind.
  ///   - id: the claim's name; without one that of the test.
  ///   - setUp: makes an input, once for each call, before anything is counted. Inputs that are
  ///     collections of the standard library are copied then, as for a ratio.
  ///   - work: what is counted; the end of its input is not.
  @_alwaysEmitIntoClient @_transparent
  public static func instructions<Input: SendableMetatype, Result>(
    atMost limit: some CountLimit, by source: InstructionSource = .processor, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    _ work: @escaping @Sendable (inout Input) throws -> Result
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _counted(
      .instructions(source), limit, id: id, isOptimized: pgp_is_optimized(), store, setUp: setUp,
      callBits(ofKept: work, store), callBits(ofKept: { (_: inout Input) in }, store))
  }
}

extension TestClaim {
  @usableFromInline
  static func _counted<Input: SendableMetatype>(
    _ what: _Counted, _ limit: some CountLimit, id: String?, isOptimized: Bool,
    _ store: InputStore<Input>, setUp: @escaping @Sendable () throws -> Input,
    _ body: @escaping TaskBody, _ empty: @escaping TaskBody
  ) -> TestClaim {
    counted(
      what, limit, id: id, isOptimized: isOptimized, TaskCode(body),
      ClosureCalls(store, setUp: { _ in try setUp() }, left: nil, empty: TaskCode(empty)))
  }
}
