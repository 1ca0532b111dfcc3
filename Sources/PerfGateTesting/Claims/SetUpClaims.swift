import CPerfGateSystem
import PerfGate

// Claims about calls that each have their own input, which is made before the timing, changed by
// the call, and removed after it. Transparent like all functions that take closures (see
// ClosureClaims.swift).

extension TestClaim {
  /// One closure takes at most `limit` times as long as another. Each call changes its own input:
  /// `.ratio(atMost: 1.05, setUp: { numbers }, of: { $0.sort() }, to: { $0.oldSort() })`.
  ///
  /// - Parameters:
  ///   - limit: up to 1 (the closure is the faster one), or from 1.02.
  ///   - workers: how many call it at once, from 1.
  ///   - id: the claim's name; without one that of the test.
  ///   - setUp: makes an input; called once for each call, before the timing. Inputs that are
  ///     collections of the standard library are copied then, so that no call has to copy shared
  ///     storage. If your own type contains collections, `setUp` must copy them.
  ///   - subject: what is judged.
  ///   - reference: what it is compared with; both return the same for the same input, each time.
  @_alwaysEmitIntoClient @_transparent
  public static func ratio<Input: SendableMetatype, Result: Hashable & SendableMetatype>(
    atMost limit: Double, workers: Int = 1, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    of subject: @escaping @Sendable (inout Input) throws -> Result,
    to reference: @escaping @Sendable (inout Input) throws -> Result
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _ratio(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      _calls(store, setUp: setUp), callBits(of: subject, store),
      callBits(of: reference, store))
  }

  /// The same for closures that return nothing. The final contents of their inputs are compared,
  /// outside of the timing.
  @_alwaysEmitIntoClient @_transparent
  public static func ratio<Input: Hashable & SendableMetatype>(
    atMost limit: Double, workers: Int = 1, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    of subject: @escaping @Sendable (inout Input) throws -> Void,
    to reference: @escaping @Sendable (inout Input) throws -> Void
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _ratio(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      _calls(store, setUp: setUp, left: leftBits(in: store)),
      callBits(ofNothing: subject, store), callBits(ofNothing: reference, store))
  }

  /// The same for closures that return nothing and change an input that is not `Hashable`: there is
  /// nothing to compare. Results that are not `Hashable` are refused, as for a speedup.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func ratio<Input: SendableMetatype, Result>(
    atMost limit: Double, workers: Int = 1, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    of subject: @escaping @Sendable (inout Input) throws -> Result,
    to reference: @escaping @Sendable (inout Input) throws -> Result
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _ratio(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      _calls(store, setUp: setUp), callBits(ofNothing: subject, store),
      callBits(ofNothing: reference, store)
    )._returning(Result.self)
  }

  /// One closure is at least `limit` times as fast as another. Each call changes its own input, as
  /// for a ratio.
  @_alwaysEmitIntoClient @_transparent
  public static func faster<Input: SendableMetatype, Result: Hashable & SendableMetatype>(
    atLeast limit: Double, workers: Int = 1, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    _ subject: @escaping @Sendable (inout Input) throws -> Result,
    than reference: @escaping @Sendable (inout Input) throws -> Result
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _faster(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      _calls(store, setUp: setUp), callBits(of: subject, store),
      callBits(of: reference, store))
  }

  /// The same for closures that return nothing. The final contents of their inputs are compared.
  @_alwaysEmitIntoClient @_transparent
  public static func faster<Input: Hashable & SendableMetatype>(
    atLeast limit: Double, workers: Int = 1, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    _ subject: @escaping @Sendable (inout Input) throws -> Void,
    than reference: @escaping @Sendable (inout Input) throws -> Void
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _faster(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      _calls(store, setUp: setUp, left: leftBits(in: store)),
      callBits(ofNothing: subject, store), callBits(ofNothing: reference, store))
  }

  /// The same for closures that return nothing and change an input that is not `Hashable`. There is
  /// nothing to compare.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func faster<Input: SendableMetatype, Result>(
    atLeast limit: Double, workers: Int = 1, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    _ subject: @escaping @Sendable (inout Input) throws -> Result,
    than reference: @escaping @Sendable (inout Input) throws -> Result
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _faster(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      _calls(store, setUp: setUp), callBits(ofNothing: subject, store),
      callBits(ofNothing: reference, store)
    )._returning(Result.self)
  }

  /// A closure is at most `margin` slower than in this machine's stored sessions. Each call changes
  /// its own input.
  ///
  /// - Parameters:
  ///   - margin: a part of its time, 0.05 for 5 %; from 0.02.
  ///   - id: the claim's name, under which sessions are stored; without one that of the test.
  ///   - setUp: makes an input, as for a ratio.
  ///   - work: what is timed; it returns the same each time.
  @_alwaysEmitIntoClient @_transparent
  public static func baseline<Input: SendableMetatype, Result: Hashable & SendableMetatype>(
    worseByAtMost margin: Double, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    _ work: @escaping @Sendable (inout Input) throws -> Result
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _baseline(
      margin, id: id, isOptimized: pgp_is_optimized(), _calls(store, setUp: setUp),
      callBits(of: work, store))
  }

  /// The same for a closure that returns nothing. The final contents of its input must be the same
  /// each time.
  @_alwaysEmitIntoClient @_transparent
  public static func baseline<Input: Hashable & SendableMetatype>(
    worseByAtMost margin: Double, id: String? = nil,
    setUp: @escaping @Sendable () throws -> Input,
    _ work: @escaping @Sendable (inout Input) throws -> Void
  ) -> TestClaim {
    let store = InputStore<Input>()
    return _baseline(
      margin, id: id, isOptimized: pgp_is_optimized(),
      _calls(store, setUp: setUp, left: leftBits(in: store)),
      callBits(ofNothing: work, store))
  }
}

extension TestClaim {
  /// How to make calls that each have their own input.
  @usableFromInline
  static func _calls<Input: SendableMetatype>(
    _ store: InputStore<Input>,
    setUp: @escaping @Sendable () throws -> Input, left: TaskBody? = nil
  ) -> _ClosureCalls {
    _ClosureCalls(ClosureCalls(store, setUp: { _ in try setUp() }, left: left))
  }
}
