import CPerfGateSystem
import PerfGate

// The same claims about asynchronous closures. They run on the task executor, whose threads are
// pinned, so that what a claim says about workers holds for them too; what the concurrency itself
// costs for each call (about a microsecond) is part of the time. A closure that waits for the main
// actor waits forever: the main thread waits for the claim.

/// The result of an asynchronous call as 64 bits.
@usableFromInline
typealias AsyncBody = @Sendable (_ task: Int) async -> UInt64

/// The engine's call of an asynchronous closure that takes the number of a task.
@_alwaysEmitIntoClient
func asyncBits<Result: Hashable & SendableMetatype>(
  of work: @escaping @Sendable (Int) async throws -> Result
) -> AsyncBody {
  { task in
    do { return resultBits(try await work(task)) } catch { return keepThrown(error, task: task) }
  }
}

/// The same for a closure whose results are not compared.
@_alwaysEmitIntoClient
func asyncBits<Result>(
  ofNothing work: @escaping @Sendable (Int) async throws -> Result
) -> AsyncBody {
  { task in
    do { _ = try await work(task) } catch { return keepThrown(error, task: task) }
    return 0
  }
}

/// The same for a closure whose result is made, whatever nobody does with it, and not compared.
@_alwaysEmitIntoClient
func asyncBits<Result>(
  ofKept call: @escaping @Sendable () async throws -> Result
) -> AsyncBody {
  { task in
    do { blackHole(try await call()) } catch { return keepThrown(error, task: task) }
    return 0
  }
}

extension TestClaim {
  /// From 1 to `workers` workers the same asynchronous tasks are done at least `limit` times as
  /// fast.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func speedup<Result: Hashable & SendableMetatype>(
    atLeast limit: Double, workers: Int, id: String? = nil,
    _ work: @escaping @Sendable (_ task: Int) async throws -> Result
  ) -> TestClaim {
    _asyncSpeedup(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(), asyncBits(of: work))
  }

  /// From 1 to `workers` workers the same asynchronous tasks that return nothing are done at least
  /// `limit` times as fast.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func speedup<Result>(
    atLeast limit: Double, workers: Int, id: String? = nil,
    _ work: @escaping @Sendable (_ task: Int) async throws -> Result
  ) -> TestClaim {
    _asyncSpeedup(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(), asyncBits(ofNothing: work)
    )._returning(Result.self)
  }

  /// The efficiency of asynchronous tasks is at least `limit` with all allowed workers up to
  /// `upTo`.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func efficiency<Result: Hashable & SendableMetatype>(
    atLeast limit: Double, upTo: Int, id: String? = nil,
    _ work: @escaping @Sendable (_ task: Int) async throws -> Result
  ) -> TestClaim {
    _asyncEfficiency(
      limit, upTo: upTo, id: id, isOptimized: pgp_is_optimized(), asyncBits(of: work))
  }

  /// The efficiency of asynchronous tasks that return nothing is at least `limit` with all allowed
  /// workers up to `upTo`.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func efficiency<Result>(
    atLeast limit: Double, upTo: Int, id: String? = nil,
    _ work: @escaping @Sendable (_ task: Int) async throws -> Result
  ) -> TestClaim {
    _asyncEfficiency(
      limit, upTo: upTo, id: id, isOptimized: pgp_is_optimized(), asyncBits(ofNothing: work)
    )._returning(Result.self)
  }

  /// With all allowed workers up to `upTo`, the same asynchronous tasks take at most `limit` times
  /// as long as with one.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func flat<Result: Hashable & SendableMetatype>(
    atMost limit: Double, upTo: Int, id: String? = nil,
    _ work: @escaping @Sendable (_ task: Int) async throws -> Result
  ) -> TestClaim {
    _asyncFlat(limit, upTo: upTo, id: id, isOptimized: pgp_is_optimized(), asyncBits(of: work))
  }

  /// With all allowed workers up to `upTo`, the same asynchronous tasks that return nothing take at
  /// most `limit` times as long as with one.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func flat<Result>(
    atMost limit: Double, upTo: Int, id: String? = nil,
    _ work: @escaping @Sendable (_ task: Int) async throws -> Result
  ) -> TestClaim {
    _asyncFlat(
      limit, upTo: upTo, id: id, isOptimized: pgp_is_optimized(), asyncBits(ofNothing: work)
    )._returning(Result.self)
  }

  /// One asynchronous closure takes at most `limit` times as long as another that does the same.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func ratio<Result: Hashable & SendableMetatype>(
    atMost limit: Double, workers: Int = 1, id: String? = nil,
    of subject: @escaping @Sendable () async throws -> Result,
    to reference: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncRatio(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      asyncBits(of: { (_: Int) in try await subject() }),
      asyncBits(of: { (_: Int) in try await reference() })
    )
  }

  /// One asynchronous closure is at least `limit` times as fast as another that does the same.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func faster<Result: Hashable & SendableMetatype>(
    atLeast limit: Double, workers: Int = 1, id: String? = nil,
    _ subject: @escaping @Sendable () async throws -> Result,
    than reference: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncFaster(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      asyncBits(of: { (_: Int) in try await subject() }),
      asyncBits(of: { (_: Int) in try await reference() })
    )
  }

  /// One asynchronous closure takes at most `limit` times as long as another; both return nothing.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func ratio<Result>(
    atMost limit: Double, workers: Int = 1, id: String? = nil,
    of subject: @escaping @Sendable () async throws -> Result,
    to reference: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncRatio(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      asyncBits(ofNothing: { (_: Int) in try await subject() }),
      asyncBits(ofNothing: { (_: Int) in try await reference() })
    )._returning(Result.self)
  }

  /// One asynchronous closure is at least `limit` times as fast as another; both return nothing.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func faster<Result>(
    atLeast limit: Double, workers: Int = 1, id: String? = nil,
    _ subject: @escaping @Sendable () async throws -> Result,
    than reference: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncFaster(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      asyncBits(ofNothing: { (_: Int) in try await subject() }),
      asyncBits(ofNothing: { (_: Int) in try await reference() })
    )._returning(Result.self)
  }

  /// An asynchronous closure is at most `margin` slower than in this machine's stored sessions.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func baseline<Result: Hashable & SendableMetatype>(
    worseByAtMost margin: Double, id: String? = nil,
    _ work: @escaping @Sendable () async throws -> Result
  ) -> TestClaim {
    _asyncBaseline(
      margin, id: id, isOptimized: pgp_is_optimized(),
      asyncBits(of: { (_: Int) in try await work() }))
  }
}

extension TestClaim {
  @usableFromInline
  static func _asyncSpeedup(
    _ limit: Double, workers: Int, id: String?, isOptimized: Bool, _ body: @escaping AsyncBody
  ) -> TestClaim {
    tasks(
      id, "1 -> \(workers) workers", .speedup(variant: work, workers: workers, atLeast: limit),
      workers: workers, isOptimized, body)
  }

  @usableFromInline
  static func _asyncEfficiency(
    _ limit: Double, upTo: Int, id: String?, isOptimized: Bool, _ body: @escaping AsyncBody
  ) -> TestClaim {
    tasks(
      id, "efficiency at up to \(upTo) workers",
      .efficiency(variant: work, upTo: upTo, atLeast: limit), workers: upTo, isOptimized, body)
  }

  @usableFromInline
  static func _asyncFlat(
    _ limit: Double, upTo: Int, id: String?, isOptimized: Bool, _ body: @escaping AsyncBody
  ) -> TestClaim {
    tasks(
      id, "as long on up to \(upTo) workers as on 1",
      .flatOverWorkers(variant: work, upTo: upTo, atMost: limit), workers: upTo, isOptimized, body)
  }

  private static func tasks(
    _ id: String?, _ text: String, _ kind: Claim.Kind, workers: Int, _ isOptimized: Bool,
    _ body: @escaping AsyncBody
  ) -> TestClaim {
    code(
      id, text: text, kind, workers: workers, _ClosureCalls(),
      [(work, isOptimized, TaskCode(asynchronous: body))])
  }

  @usableFromInline
  static func _asyncRatio(
    _ limit: Double, workers: Int, id: String?, isOptimized: Bool,
    _ subject: @escaping AsyncBody, _ reference: @escaping AsyncBody
  ) -> TestClaim {
    code(
      id, text: "at most \(limit) times as long",
      .ratio(subject: Self.subject, reference: Self.reference, atMost: limit, workers: workers),
      workers: workers, tasksAreAlike: true, _ClosureCalls(),
      [
        (Self.subject, isOptimized, TaskCode(asynchronous: subject)),
        (Self.reference, isOptimized, TaskCode(asynchronous: reference)),
      ])
  }

  @usableFromInline
  static func _asyncFaster(
    _ limit: Double, workers: Int, id: String?, isOptimized: Bool,
    _ subject: @escaping AsyncBody, _ reference: @escaping AsyncBody
  ) -> TestClaim {
    code(
      id, text: "at least \(limit) times as fast",
      .faster(subject: faster, reference: than, atLeast: limit, workers: workers),
      workers: workers, tasksAreAlike: true, _ClosureCalls(),
      [
        (faster, isOptimized, TaskCode(asynchronous: subject)),
        (than, isOptimized, TaskCode(asynchronous: reference)),
      ])
  }

  @usableFromInline
  static func _asyncBaseline(
    _ margin: Double, id: String?, isOptimized: Bool, _ body: @escaping AsyncBody
  ) -> TestClaim {
    code(
      id, text: "against its baseline", .baseline(.time(variant: work), worseByAtMost: margin),
      workers: 1, tasksAreAlike: true, _ClosureCalls(),
      [(work, isOptimized, TaskCode(asynchronous: body))])
  }
}
