#if MPI
  import CPerfGateSystem
  import Synchronization

  /// Lets MPI answer other ranks while rank 0 is in a task, where the network cannot do that alone: a
  /// thread of its own looks for messages now and then.
  ///
  /// `@unchecked Sendable`: the two threads that call MPI do so one at a time, under the lock.
  final class RankHelper: @unchecked Sendable {
    private let job: MPIJob
    private let thread: RankThread
    private let lock = WordLock()
    private let isOn = Atomic<Bool>(false)

    /// How often it looks: each time takes the CPU for some microseconds.
    private static let lookNanoseconds: UInt64 = 200_000
    /// How much of the time it may take, as other threads of the process may.
    static let share = 0.05

    init(_ job: MPIJob) throws(WorkerError) {
      self.job = job
      thread = try RankThread()
    }

    /// Begins to look.
    func begin() {
      isOn.store(true, ordering: .relaxed)
      thread.post { [self] in
        while isOn.load(ordering: .relaxed) {
          lock.lock()
          _ = try? job.waiting(from: nil, .beat)
          lock.unlock()
          pgp_sleep_ns(Self.lookNanoseconds)
        }
      }
    }

    /// Ends that; the helper makes no call of MPI any more.
    func end() {
      isOn.store(false, ordering: .relaxed)
      _ = thread.wait { true }
    }

    /// Calls MPI while the helper does not.
    func alone<Value>(_ body: () throws(WorkerError) -> Value) throws(WorkerError) -> Value {
      lock.lock()
      defer { lock.unlock() }
      return try body()
    }
  }
#endif
