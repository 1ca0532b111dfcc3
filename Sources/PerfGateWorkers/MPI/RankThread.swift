#if MPI
  import CPerfGateSystem
  import Synchronization

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// The thread of a rank that runs its tasks and makes its calls of MPI, but for those of a ``RankHelper``.
  ///
  /// Not the main thread: that must not be pinned, and on rank 0 it watches the other ranks while this one
  /// is in a task. It ends with the process.
  ///
  /// `@unchecked Sendable`: `body` is written before it is posted, and read by the thread after it has seen
  /// that (release, acquire).
  final class RankThread: @unchecked Sendable {
    private let posted: UnsafeMutablePointer<Atomic<UInt32>>
    private let ended: UnsafeMutablePointer<Atomic<UInt32>>
    private var body: (() -> Void)?

    /// How long its caller sleeps at most before it looks around, in ns.
    private static let lookNanoseconds: UInt64 = 20_000_000

    /// Starts the thread.
    init() throws(WorkerError) {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: 2 * lineBytes, alignment: lineBytes)
      posted = memory.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
      ended = (memory + lineBytes).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
      posted.initialize(to: Atomic(0))
      ended.initialize(to: Atomic(0))
      let error = start()
      guard error == 0 else {
        throw .cannotStart(
          worker: 0, error: "the thread of this rank (error \(error))",
          limits: "ask for fewer ranks on each machine")
      }
    }

    private func start() -> Int32 {
      // Never released: the thread ends with the process.
      let box = Unmanaged.passRetained(self)
      #if canImport(Glibc)
        var thread = pthread_t()
      #else
        var thread: pthread_t?
      #endif
      return pthread_create(&thread, nil, rankMain, box.toOpaque())
    }

    fileprivate func main() {
      var seen: UInt32 = 0
      while true {
        let now = posted.pointee.load(ordering: .acquiring)
        guard now != seen else {
          pgp_futex_wait(posted, seen, 1_000_000_000)
          continue
        }
        seen = now
        body?()
        body = nil
        ended.pointee.store(seen, ordering: .releasing)
        pgp_futex_wake_all(ended)
      }
    }

    /// Runs the body on the thread and waits for its end.
    ///
    /// - Parameter goesOn: asked now and then whether to wait any longer.
    /// - Returns: whether the body has ended; if not, it goes on, and the thread is of no use any more.
    func run(while goesOn: () -> Bool, _ body: @escaping () -> Void) -> Bool {
      post(body)
      return wait(while: goesOn)
    }

    /// Lets the thread run the body, and returns.
    func post(_ body: @escaping () -> Void) {
      self.body = body
      posted.pointee.add(1, ordering: .releasing)
      pgp_futex_wake_all(posted)
    }

    /// Waits for the end of the body that was posted; see ``run(while:_:)``.
    func wait(while goesOn: () -> Bool) -> Bool {
      let number = posted.pointee.load(ordering: .relaxed)
      while true {
        let now = ended.pointee.load(ordering: .acquiring)
        if now == number { return true }
        pgp_futex_wait(ended, now, Self.lookNanoseconds)
        if ended.pointee.load(ordering: .acquiring) == number { return true }
        if !goesOn() { return false }
      }
    }
  }

  #if canImport(Darwin)
    private func rankMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
      Unmanaged<RankThread>.fromOpaque(argument).takeUnretainedValue().main()
      return nil
    }
  #else
    private func rankMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
      if let argument { Unmanaged<RankThread>.fromOpaque(argument).takeUnretainedValue().main() }
      return nil
    }
  #endif
#endif
