import PerfGate

// The type of a kernel is erased in the module that writes the claim, so that its code is
// specialized there.

extension TestClaim {
  /// From 1 to `workers` workers a variant of a kernel becomes at least `limit` times as fast.
  ///
  /// - Parameters:
  ///   - kernel: the kernel's type.
  ///   - variant: the variant's name.
  ///   - workers: how many cores it needs, from 2.
  ///   - limit: above 0, and below what `tasks` equal tasks can reach.
  ///   - tasks: how many equal tasks the work is cut into.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how tasks reach the workers, such as `channel` or `task-group`.
  @inlinable
  public static func speedup<K: Kernel>(
    of kernel: K.Type, _ variant: String, workers: Int, atLeast limit: Double, tasks: Int = 50,
    id: String? = nil, executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): 1 -> \(workers) workers",
      .speedup(variant: variant, workers: workers, atLeast: limit), tasks: tasks
    )._on(executor)
  }

  /// A variant's efficiency (speedup over workers) is at least `limit`, above 0 and below 1, with
  /// all allowed workers up to `upTo`.
  @inlinable
  public static func efficiency<K: Kernel>(
    of kernel: K.Type, _ variant: String, upTo: Int, atLeast limit: Double, tasks: Int = 50,
    id: String? = nil, executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): efficiency at up to \(upTo) workers",
      .efficiency(variant: variant, upTo: upTo, atLeast: limit), tasks: tasks
    )._on(executor)
  }

  /// Weak scaling: in the same time `workers` workers do at least `limit` times as much work as one
  /// worker. The number of tasks grows with the workers.
  ///
  /// - Parameters:
  ///   - kernel: the kernel's type.
  ///   - variant: the variant's name.
  ///   - workers: how many cores it needs, from 2.
  ///   - limit: above 0 and below `workers`.
  ///   - tasks: equal tasks of all workers together, at least one for each worker.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how tasks reach the workers, such as `channel` or `task-group`.
  @inlinable
  public static func weakScaling<K: Kernel>(
    of kernel: K.Type, _ variant: String, workers: Int, atLeast limit: Double, tasks: Int = 50,
    id: String? = nil, executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): work of 1 -> \(workers) workers in the same time",
      .weakScaling(variant: variant, workers: workers, atLeast: limit), tasks: tasks
    )._on(executor)
  }

  /// A variant of a kernel takes at most `limit` times as long as another.
  ///
  /// - Parameters:
  ///   - subject: the name of the variant that is judged.
  ///   - reference: the name of the one it is compared with.
  ///   - kernel: the kernel's type.
  ///   - limit: up to 1 (the variant is the faster one), or from 1.02.
  ///   - workers: how many run it at once, from 1.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how tasks reach the workers, such as `channel` or `task-group`.
  @inlinable
  public static func ratio<K: Kernel>(
    of subject: String, to reference: String, in kernel: K.Type, atMost limit: Double,
    workers: Int = 1, id: String? = nil, executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(subject) at most \(limit) times as long as \(reference)",
      .ratio(subject: subject, reference: reference, atMost: limit, workers: workers), tasks: 50
    )._on(executor)
  }

  /// A variant of a kernel is at least `limit` times as fast as another:
  /// `.faster("swift.simd", than: "swift.stdlib", in: TextScan.self, atLeast: 10)`.
  ///
  /// - Parameters:
  ///   - subject: the name of the variant that is judged.
  ///   - reference: the name of the one it is compared with.
  ///   - kernel: the kernel's type.
  ///   - limit: how many times as fast, from 1.
  ///   - workers: how many run it at once, from 1.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how tasks reach the workers, such as `channel` or `task-group`.
  @inlinable
  public static func faster<K: Kernel>(
    _ subject: String, than reference: String, in kernel: K.Type, atLeast limit: Double,
    workers: Int = 1, id: String? = nil, executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(subject) at least \(limit) times as fast as \(reference)",
      .faster(subject: subject, reference: reference, atLeast: limit, workers: workers), tasks: 50
    )._on(executor)
  }

  /// A variant of a kernel reaches at least a share of what the machine can do at most:
  /// `.limit("swift.batch.avx2", of: "c.roots.avx2", in: Viete.self, atLeast: 0.9)`.
  ///
  /// - Parameters:
  ///   - subject: the name of the variant that is judged.
  ///   - limit: the name of a variant that is a limit, made with `asLimit(checkedBy:)`.
  ///   - kernel: the kernel's type.
  ///   - share: above 0, at most 0.98.
  ///   - workers: how many run it at once, from 1.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how tasks reach the workers, such as `channel` or `task-group`.
  @inlinable
  public static func limit<K: Kernel>(
    _ subject: String, of limit: String, in kernel: K.Type, atLeast share: Double,
    workers: Int = 1, id: String? = nil, executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(subject) reaches at least \(share) of \(limit)",
      .limit(subject: subject, limit: limit, atLeast: share, workers: workers), tasks: 50
    )._on(executor)
  }

  /// A task of size `to` of a variant takes at most `limit` times as long as one of size `from`.
  @inlinable
  public static func flat<K: Kernel>(
    of kernel: K.Type, _ variant: String, from: Int, to: Int, atMost limit: Double,
    id: String? = nil, executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): size \(from) -> \(to)",
      .flatOverSizes(variant: variant, from: from, to: to, atMost: limit), tasks: 50
    )._on(executor)
  }

  /// With all allowed workers up to `upTo`, the same tasks of a variant take at most `limit` times
  /// as long as with one worker.
  @inlinable
  public static func flat<K: Kernel>(
    of kernel: K.Type, _ variant: String, upTo: Int, atMost limit: Double, id: String? = nil,
    executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): as long on up to \(upTo) workers as on 1",
      .flatOverWorkers(variant: variant, upTo: upTo, atMost: limit), tasks: 50
    )._on(executor)
  }

  /// With all allowed workers up to `upTo`, each of them but the first adds at most `bytes` of memory to
  /// what a variant takes; over fresh starts.
  ///
  /// - Parameters:
  ///   - kernel: the kernel's type.
  ///   - variant: the variant's name.
  ///   - upTo: the most workers, from 2.
  ///   - size: the size of a task; without one the kernel's own.
  ///   - bytes: from 1.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how tasks reach the workers.
  @inlinable
  public static func memory<K: Kernel>(
    of kernel: K.Type, _ variant: String, ofWorkersUpTo upTo: Int, size: Int? = nil,
    atMost bytes: Int, id: String? = nil, executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): memory of each further worker, up to \(upTo)",
      .memoryOfWorkers(variant: variant, upTo: upTo, size: size, atMost: bytes), tasks: 50
    )._on(executor)
  }

  /// On one worker a variant takes at most `bytes` of memory, with the whole of its process; over fresh
  /// starts.
  ///
  /// - Parameters:
  ///   - kernel: the kernel's type.
  ///   - variant: the variant's name.
  ///   - size: the size of a task; without one the kernel's own.
  ///   - bytes: from 1.
  ///   - id: the claim's name; without one that of the test.
  ///   - executor: how tasks reach the workers.
  @inlinable
  public static func memory<K: Kernel>(
    of kernel: K.Type, _ variant: String, size: Int? = nil, atMost bytes: Int, id: String? = nil,
    executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant): memory on one worker",
      .memory(variant: variant, size: size, atMost: bytes), tasks: 50
    )._on(executor)
  }

  /// A variant of a kernel is at most `margin` slower than in this machine's stored sessions.
  ///
  /// `PERFGATE_UPDATE_BASELINES=new swift test` stores the first session.
  ///
  /// - Parameters:
  ///   - kernel: the kernel's type.
  ///   - variant: the variant's name.
  ///   - margin: a part of its time, 0.05 for 5 %; from 0.02.
  ///   - workers: how many run it at once, from 1.
  ///   - id: the claim's name, under which sessions are stored; without one that of the test.
  ///   - executor: how tasks reach the workers.
  @inlinable
  public static func baseline<K: Kernel>(
    of kernel: K.Type, _ variant: String, worseByAtMost margin: Double, workers: Int = 1,
    id: String? = nil, executor: String = "pool"
  ) -> TestClaim {
    _kernel(
      AnyKernel(kernel), id, "\(variant) against its baseline",
      .baseline(.time(variant: variant, workers: workers), worseByAtMost: margin), tasks: 50
    )._on(executor)
  }

  @usableFromInline
  static func _kernel(
    _ kernel: AnyKernel, _ id: String?, _ what: String, _ kind: Claim.Kind, tasks: Int
  ) -> TestClaim {
    TestClaim(id: id) { id in
      Judged(
        claim: try Claim(
          id: id, text: "\(kernel.name), \(what)", kernel: kernel.name, kind, tasks: tasks),
        catalog: try Catalog([kernel]))
    }
  }
}
