import CPerfGateSystem
import PerfGate

// Claims of calls that each have an input of their own: made before the time begins, changed by the
// call, gone after it. Transparent as all functions that take closures are (see ClosureClaims.swift).

extension TestClaim {
  /// One closure takes at most `limit` times as long as another; each call changes an input of its own:
  /// `.ratio(atMost: 1.05, setUp: { numbers }, of: { $0.sort() }, to: { $0.oldSort() })`.
  ///
  /// - Parameters:
  ///   - limit: up to 1 (the closure is the faster one), or from 1.02.
  ///   - workers: how many call it at once, from 1.
  ///   - id: the claim's name; without one that of the test.
  ///   - setUp: makes an input; called once for each call, before the time begins. The standard
  ///     library's collections are copied then, so that no call copies what it shares with others; what
  ///     contains them in a type of your own has to be copied by you.
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

  /// The same for closures that return nothing: what they leave in their inputs is compared, outside of
  /// the time.
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

  /// The same for closures that return nothing and change an input that is not `Hashable`: nothing of
  /// them can be compared. Results that are not `Hashable` are a mistake, as for a speedup.
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

  /// One closure is at least `limit` times as fast as another; each call changes an input of its own, as
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

  /// The same for closures that return nothing: what they leave in their inputs is compared.
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

  /// The same for closures that return nothing and change an input that is not `Hashable`.
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

  /// A closure that changes an input of its own in each call is not slower than in this machine's stored
  /// sessions by more than `margin`.
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

  /// The same for a closure that returns nothing: what it leaves in its input is the same each time.
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
  /// Calls that each have an input of their own.
  @usableFromInline
  static func _calls<Input: SendableMetatype>(
    _ store: InputStore<Input>,
    setUp: @escaping @Sendable () throws -> Input, left: TaskBody? = nil
  ) -> _ClosureCalls {
    _ClosureCalls(ClosureCalls(store, setUp: { _ in try setUp() }, left: left))
  }
}
