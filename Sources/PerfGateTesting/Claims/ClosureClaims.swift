import CPerfGateSystem
import PerfGate

// The functions that take closures are transparent, so they are inlined even without optimization.
// That way they record how the module that contains the closures was built (see `Variant`).

extension TestClaim {
  /// From 1 to `workers` workers the same tasks are done at least `limit` times as fast.
  ///
  /// - Parameters:
  ///   - limit: above 0, and below `workers`.
  ///   - workers: how many cores it needs, from 2.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how calls reach the workers, such as `channel` or `task-group`.
  ///   - work: one of many equal tasks, by its number from 0. It runs on many threads at once, and
  ///     returns the same for the same number each time.
  @_alwaysEmitIntoClient @_transparent
  public static func speedup<Result: Hashable & SendableMetatype>(
    atLeast limit: Double, workers: Int, id: String? = nil, executor: String = "pool",
    _ work: @escaping @Sendable (_ task: Int) throws -> Result
  ) -> TestClaim {
    _speedup(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      taskBits(of: work)
    )._on(executor)
  }

  /// From 1 to `workers` workers the same tasks, which return nothing, are done at least `limit`
  /// times as fast. Results that are not `Hashable` cannot be compared: the test then fails with a
  /// message.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func speedup<Result>(
    atLeast limit: Double, workers: Int, id: String? = nil, executor: String = "pool",
    _ work: @escaping @Sendable (_ task: Int) throws -> Result
  ) -> TestClaim {
    _speedup(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(),
      taskBits(ofNothing: work)
    )._returning(Result.self)._on(executor)
  }

  /// Efficiency (speedup over workers) is at least `limit` with all allowed workers up to `upTo`.
  ///
  /// - Parameters:
  ///   - limit: above 0 and below 1.
  ///   - upTo: the most workers, from 2; at least 2 cores are needed.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how calls reach the workers, such as `channel` or `task-group`.
  ///   - work: one of many equal tasks, by its number from 0; as for a speedup.
  @_alwaysEmitIntoClient @_transparent
  public static func efficiency<Result: Hashable & SendableMetatype>(
    atLeast limit: Double, upTo: Int, id: String? = nil, executor: String = "pool",
    _ work: @escaping @Sendable (_ task: Int) throws -> Result
  ) -> TestClaim {
    _efficiency(
      limit, upTo: upTo, id: id, isOptimized: pgp_is_optimized(),
      taskBits(of: work)
    )._on(executor)
  }

  /// The efficiency of tasks that return nothing is at least `limit` with all allowed workers up to
  /// `upTo`. Results that are not `Hashable` are refused, as for a speedup.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func efficiency<Result>(
    atLeast limit: Double, upTo: Int, id: String? = nil, executor: String = "pool",
    _ work: @escaping @Sendable (_ task: Int) throws -> Result
  ) -> TestClaim {
    _efficiency(
      limit, upTo: upTo, id: id, isOptimized: pgp_is_optimized(),
      taskBits(ofNothing: work)
    )._returning(Result.self)._on(executor)
  }

  /// With all allowed workers up to `upTo`, the same tasks take at most `limit` times as long as
  /// with one worker: for values that are handed over and not worked on.
  ///
  /// - Parameters:
  ///   - limit: from 1.02.
  ///   - upTo: the most workers, from 2; at least 2 cores are needed.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how calls reach the workers, such as `channel` or `task-group`.
  ///   - work: one of many equal tasks, by its number from 0; as for a speedup.
  @_alwaysEmitIntoClient @_transparent
  public static func flat<Result: Hashable & SendableMetatype>(
    atMost limit: Double, upTo: Int, id: String? = nil, executor: String = "pool",
    _ work: @escaping @Sendable (_ task: Int) throws -> Result
  ) -> TestClaim {
    _flat(
      limit, upTo: upTo, id: id, isOptimized: pgp_is_optimized(),
      taskBits(of: work)
    )._on(executor)
  }

  /// One closure takes at most `limit` times as long as another that does the same.
  ///
  /// - Parameters:
  ///   - limit: up to 1 (the closure is the faster one), or from 1.02.
  ///   - workers: how many call it at once, from 1; each calls the same closures.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how calls reach the workers, such as `channel` or `task-group`.
  ///   - subject: what is judged.
  ///   - reference: what it is compared with; both return the same, each time.
  @_alwaysEmitIntoClient @_transparent
  public static func ratio<Result: Hashable & SendableMetatype>(
    atMost limit: Double, workers: Int = 1, id: String? = nil,
    executor: String = "pool",
    of subject: @escaping @Sendable () throws -> Result,
    to reference: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _ratio(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(), _ClosureCalls(),
      callBits(of: subject), callBits(of: reference)
    )._on(executor)
  }

  /// One closure takes at most `limit` times as long as another. Both return nothing, so there are
  /// no results to compare. Results that are not `Hashable` are refused, as for a speedup.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func ratio<Result>(
    atMost limit: Double, workers: Int = 1, id: String? = nil,
    executor: String = "pool",
    of subject: @escaping @Sendable () throws -> Result,
    to reference: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _ratio(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(), _ClosureCalls(),
      callBits(ofNothing: subject), callBits(ofNothing: reference)
    )._returning(Result.self)._on(executor)
  }

  /// One closure is at least `limit` times as fast as another that does the same:
  /// `.faster(atLeast: 10, { new(x) }, than: { old(x) })`.
  ///
  /// - Parameters:
  ///   - limit: how many times as fast, from 1.
  ///   - workers: how many call it at once, from 1; each calls the same closures.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how calls reach the workers, such as `channel` or `task-group`.
  ///   - subject: what is judged.
  ///   - reference: what it is compared with; both return the same, each time.
  @_alwaysEmitIntoClient @_transparent
  public static func faster<Result: Hashable & SendableMetatype>(
    atLeast limit: Double, workers: Int = 1, id: String? = nil,
    executor: String = "pool",
    _ subject: @escaping @Sendable () throws -> Result,
    than reference: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _faster(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(), _ClosureCalls(),
      callBits(of: subject), callBits(of: reference)
    )._on(executor)
  }

  /// One closure is at least `limit` times as fast as another. Both return nothing, so there are no
  /// results to compare. Results that are not `Hashable` are refused, as for a speedup.
  @_alwaysEmitIntoClient @_transparent @_disfavoredOverload
  public static func faster<Result>(
    atLeast limit: Double, workers: Int = 1, id: String? = nil,
    executor: String = "pool",
    _ subject: @escaping @Sendable () throws -> Result,
    than reference: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _faster(
      limit, workers: workers, id: id, isOptimized: pgp_is_optimized(), _ClosureCalls(),
      callBits(ofNothing: subject), callBits(ofNothing: reference)
    )._returning(Result.self)._on(executor)
  }

  /// A closure is at most `margin` slower than in this machine's stored sessions.
  ///
  /// `PERFGATE_UPDATE_BASELINES=new swift test` stores the first session.
  ///
  /// - Parameters:
  ///   - margin: a part of its time, 0.05 for 5 %; from 0.02.
  ///   - id: the claim's name, under which sessions are stored; without one that of the test.
  ///   - executor: how calls reach the worker.
  ///   - work: what is timed; it returns the same each time.
  @_alwaysEmitIntoClient @_transparent
  public static func baseline<Result: Hashable & SendableMetatype>(
    worseByAtMost margin: Double, id: String? = nil, executor: String = "pool",
    _ work: @escaping @Sendable () throws -> Result
  ) -> TestClaim {
    _baseline(
      margin, id: id, isOptimized: pgp_is_optimized(), _ClosureCalls(), callBits(of: work)
    )._on(executor)
  }
}

/// How the closures of a claim are called. Opaque to the modules that contain the closures.
@usableFromInline
struct _ClosureCalls: Sendable {
  let value: ClosureCalls

  init(_ value: ClosureCalls) { self.value = value }

  /// Calls without inputs.
  @usableFromInline
  init() { value = ClosureCalls() }
}

extension TestClaim {
  /// The name of the variant of a single closure.
  static let work = ClosureCalls.only
  /// The names of the variants of two closures: their labels.
  static let (subject, reference) = ("of", "to")
  /// The same for a claim of being faster.
  static let (faster, than) = (ClosureCalls.first, "than")
  /// The number of tasks, so large that it limits no claim. How many are run is determined later.
  private static let tasksPerWorker = 50

  /// The claim about closures whose results are not compared. Refused unless they return nothing.
  @usableFromInline
  func _returning<Result>(_ type: Result.Type) -> TestClaim {
    if type == Void.self { return self }
    return TestClaim(id: id, isOfClosures: true) { _ in
      throw Mistake(
        description: "results of type \(type) cannot be compared, they are not Hashable: return a "
          + "Hashable part of them, such as a number, or return nothing")
    }
  }

  @usableFromInline
  static func _speedup(
    _ limit: Double, workers: Int, id: String?, isOptimized: Bool,
    _ body: @escaping TaskBody
  ) -> TestClaim {
    closures(
      id, text: "1 -> \(workers) workers",
      .speedup(variant: work, workers: workers, atLeast: limit),
      workers: workers, _ClosureCalls(), [(work, isOptimized, body)])
  }

  @usableFromInline
  static func _efficiency(
    _ limit: Double, upTo: Int, id: String?, isOptimized: Bool,
    _ body: @escaping TaskBody
  ) -> TestClaim {
    closures(
      id, text: "efficiency at up to \(upTo) workers",
      .efficiency(variant: work, upTo: upTo, atLeast: limit), workers: upTo,
      _ClosureCalls(), [(work, isOptimized, body)])
  }

  @usableFromInline
  static func _flat(
    _ limit: Double, upTo: Int, id: String?, isOptimized: Bool,
    _ body: @escaping TaskBody
  ) -> TestClaim {
    closures(
      id, text: "as long on up to \(upTo) workers as on 1",
      .flatOverWorkers(variant: work, upTo: upTo, atMost: limit), workers: upTo,
      _ClosureCalls(), [(work, isOptimized, body)])
  }

  @usableFromInline
  static func _ratio(
    _ limit: Double, workers: Int, id: String?, isOptimized: Bool, _ calls: _ClosureCalls,
    _ subject: @escaping TaskBody, _ reference: @escaping TaskBody
  ) -> TestClaim {
    closures(
      id, text: "at most \(limit) times as long",
      .ratio(subject: Self.subject, reference: Self.reference, atMost: limit, workers: workers),
      workers: workers, tasksAreAlike: true, calls,
      [(Self.subject, isOptimized, subject), (Self.reference, isOptimized, reference)])
  }

  @usableFromInline
  static func _faster(
    _ limit: Double, workers: Int, id: String?, isOptimized: Bool, _ calls: _ClosureCalls,
    _ subject: @escaping TaskBody, _ reference: @escaping TaskBody
  ) -> TestClaim {
    closures(
      id, text: "at least \(limit) times as fast",
      .faster(subject: faster, reference: than, atLeast: limit, workers: workers),
      workers: workers, tasksAreAlike: true, calls,
      [(faster, isOptimized, subject), (than, isOptimized, reference)])
  }

  @usableFromInline
  static func _baseline(
    _ margin: Double, id: String?, isOptimized: Bool, _ calls: _ClosureCalls,
    _ body: @escaping TaskBody
  ) -> TestClaim {
    closures(
      id, text: "against its baseline", .baseline(.time(variant: work), worseByAtMost: margin),
      workers: 1, tasksAreAlike: true, calls, [(work, isOptimized, body)])
  }

  private static func closures(
    _ id: String?, text: String, _ kind: Claim.Kind, workers: Int,
    tasksAreAlike: Bool = false, _ calls: _ClosureCalls,
    _ closures: [(name: String, isOptimized: Bool, body: TaskBody)]
  ) -> TestClaim {
    code(
      id, text: text, kind, workers: workers, tasksAreAlike: tasksAreAlike, calls,
      closures.map { ($0.name, $0.isOptimized, TaskCode($0.body)) })
  }

  /// The claim about code that may be asynchronous.
  static func code(
    _ id: String?, text: String, _ kind: Claim.Kind, workers: Int,
    tasksAreAlike: Bool = false, _ calls: _ClosureCalls,
    _ code: [(name: String, isOptimized: Bool, code: TaskCode)]
  ) -> TestClaim {
    TestClaim(id: id, isOfClosures: true) { id in
      // Handing a value over may take almost no time, and what is counted any.
      let mayTakeNone = kind.form == .flat || kind.form.counter != nil
      let kernel = AnyKernel(
        name: id, code: code, tasksAreAlike: tasksAreAlike, mustTakeTime: !mayTakeNone,
        calls: calls.value)
      // The claim itself refuses a wrong number of workers.
      let tasks = tasksPerWorker * min(max(1, workers), 10_000)
      return Judged(
        claim: try Claim(id: id, text: text, kernel: id, kind, tasks: tasks),
        catalog: try Catalog(closures: kernel))
    }
  }
}
