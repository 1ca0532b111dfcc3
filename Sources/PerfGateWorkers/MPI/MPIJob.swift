#if MPI
  import CPerfGateMPI
  import CPerfGateSystem
  import PerfGateMachine
  import Synchronization

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// The job of ranks that this process belongs to.
  ///
  /// `@unchecked Sendable`: nothing changes after ``join()`` but what MPI itself keeps. The rank's thread uses
  /// that, or while rank 0 is in a round its helper, one at a time under a lock (``RankHelper``).
  package final class MPIJob: @unchecked Sendable {
    /// All ranks, in their order.
    package let members: [RankMember]
    /// This rank's number.
    package let rank: Int
    /// The name and version of the library.
    package let library: String
    /// The time from the call of the library's start until all ranks were pinned.
    package let startupSeconds: Double
    let thread: RankThread
    /// Whether other ranks share this rank's CPU.
    let sharesCPU: Bool
    private let handle: UnsafeMutablePointer<pgp_mpi_job>

    /// The job that was joined; `nil`: none.
    // Written once, before anything else runs.
    package nonisolated(unsafe) private(set) static var current: MPIJob?

    /// How long all ranks may take to find each other, in seconds.
    private static let startSeconds = 120.0
    /// How long the end of the job may take on rank 0, in seconds: where all went well, and where somebody
    /// has asked the program to stop.
    private static let endSeconds = (usual: 10.0, interrupted: 2.0)
    /// How much later other ranks give up waiting, so that rank 0 tells first.
    private static let otherSeconds = 2.0
    /// How long ending all other ranks may take, in seconds.
    private static let abortSeconds = 2.0
    /// The exit status of a job that did not end as it should.
    private static let failure: Int32 = 70
    /// How long a message may be that is no result, in bytes.
    static let mostBytes = 1 << 20

    /// The number of this rank, as Open MPI's `mpirun`, PMIx and PMI2 tell; `nil`: no launcher of ranks has
    /// started this process.
    package static func rank(_ environment: [String: String]) -> Int? {
      ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"].lazy.compactMap { environment[$0] }.first
        .flatMap { Int($0) }
    }

    /// This rank.
    package var own: RankMember { members[rank] }

    /// How many hosts the ranks are on.
    package var hosts: Int { Set(members.map(\.machine)).count }

    /// Joins the job and pins the rank's thread; ``current`` is set afterwards.
    package static func join() throws(WorkerError) {
      let thread = try RankThread()
      let start = pgp_monotonic_ns()
      var outcome: Result<MPIJob, WorkerError>?
      let hasEnded = thread.run(while: {
        seconds(since: start) < startSeconds && pgp_interrupt_signal() == 0
      }) {
        outcome = Result { () throws(WorkerError) in try MPIJob(thread, start: start) }
      }
      let signal = pgp_interrupt_signal()
      guard hasEnded || signal == 0 else { throw .interrupted(signal: signal) }
      guard hasEnded, let outcome else {
        throw .ranks("the ranks did not find each other within \(Int(startSeconds)) s")
      }
      let job = try outcome.get()
      current = job
      if job.rank == 0, let bad = job.members.first(where: { !$0.problem.isEmpty }) {
        throw .cannotPin(worker: bad.rank, reason: "\(bad.name): \(bad.problem)")
      }
    }

    private init(_ thread: RankThread, start: UInt64) throws(WorkerError) {
      self.thread = thread
      handle = .allocate(capacity: 1)
      handle.initialize(to: pgp_mpi_job())
      try Self.check(pgp_mpi_start(handle), "start")
      rank = Int(handle.pointee.rank)
      try Self.check(size: Int(handle.pointee.size))
      var own = RankMember.own(rank: rank)
      let all = try Self.share(own, size: Int(handle.pointee.size))
      do {
        own.slot = try own.seat(among: all)
        if let cpu = own.slot.cpu { try ThreadPinning.pin(to: cpu) }
      } catch { own.problem = "\(error)" }
      members = try Self.share(own, size: all.count)
      sharesCPU = members.contains { [own] in
        $0.rank != own.rank && $0.machine == own.machine
          && (own.slot.cpu == nil || $0.slot.cpu == own.slot.cpu)
      }
      var text = [CChar](repeating: 0, count: 200)
      pgp_mpi_library(&text, text.count)
      let full = String(
        decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      library = full.split(separator: ",").first.map(String.init) ?? full
      startupSeconds = Self.seconds(since: start)
    }

    /// Tells all ranks about each of them.
    private static func share(
      _ own: RankMember, size: Int
    ) throws(WorkerError) -> [RankMember] {
      let words = own.words
      let count = RankMember.wordCount
      var all = [UInt64](repeating: 0, count: size * count)
      try check(pgp_mpi_share(words, &all, 8 * count), "exchange the places of ranks")
      return (0..<size).map { RankMember(all[$0 * count..<($0 + 1) * count]) }
    }

    /// Checks that MPI has found as many ranks as the launcher started: with the library of another
    /// launcher, each program would be a job of its own.
    private static func check(size: Int) throws(WorkerError) {
      for name in ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"] {
        guard let text = getenv(name).map({ String(cString: $0) }), let started = Int(text),
          started != size
        else { continue }
        throw .ranks(
          "the launcher started \(started) ranks (\(name)), but MPI knows of \(size); use the "
            + "launcher of the MPI that this program was built with")
      }
    }

    static func check(_ code: Int32, _ what: String) throws(WorkerError) {
      guard code != 0 else { return }
      var text = [CChar](repeating: 0, count: 200)
      pgp_mpi_error_text(code, &text, text.count)
      throw .ranks(
        "MPI cannot \(what): "
          + String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    static func seconds(since start: UInt64) -> Double {
      Double(pgp_monotonic_ns() - start) * 1e-9
    }

    /// Whether several threads may call MPI, one at a time.
    var isSerialized: Bool { handle.pointee.is_serialized }

    // MARK: - The end

    /// Whether this rank runs rounds, or other ranks may still be in one that failed.
    private let state = Atomic<Int>(0)

    /// After a failure: the job ends without waiting for anybody.
    func giveUp() { state.store(1, ordering: .relaxed) }

    /// Ends the job and this process.
    ///
    /// Rank 0 lets the others go if all is well; otherwise it ends them. Ranks that do not all leave in time
    /// are a failure, which one line tells.
    package func end(_ status: Int32) -> Never {
      var status = status
      var isOver = false
      if state.load(ordering: .relaxed) == 0 {
        isOver = leave(isInterrupted: status > 128)
        if !isOver, status <= 128 { status = Self.failure }
      }
      fflush(nil)
      if !isOver {
        let start = pgp_monotonic_ns()
        let code = status == 0 ? Self.failure : status
        // Even the library's own end has a bound.
        let watchdog = try? RankThread()
        _ = watchdog?.run(while: { Self.seconds(since: start) < Self.abortSeconds }) {
          pgp_mpi_abort(code)
        }
      }
      _exit(status)
    }

    /// Leaves the job with all other ranks.
    ///
    /// - Returns: whether all have left in time; if not, a line on standard error says so.
    private func leave(isInterrupted: Bool) -> Bool {
      let start = pgp_monotonic_ns()
      let bound =
        (isInterrupted ? Self.endSeconds.interrupted : Self.endSeconds.usual)
        + (rank == 0 ? 0 : Self.otherSeconds)
      let isOver = thread.run(while: { Self.seconds(since: start) < bound }) { [self] in
        if rank == 0 { letGo() }
        _ = pgp_mpi_end(handle)
      }
      if !isOver {
        let missing = remaining.withLock { $0 }.sorted()
        let names = missing.prefix(4).map { members[$0].name }.joined(separator: ", ")
        let more = missing.count > 4 ? " and \(missing.count - 4) more" : ""
        let who = names.isEmpty ? "" : "; no answer from \(names)\(more)"
        let line = "perfgate: the ranks did not all leave the job within \(Int(bound)) s\(who)\n"
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
      }
      return isOver
    }

    /// The ranks that have not answered yet that they leave.
    private let remaining = Mutex<Set<Int>>([])

    /// Tells the other ranks to leave, and waits for the answer of each; on the rank's thread.
    private func letGo() {
      remaining.withLock { $0 = Set(members.indices.dropFirst()) }
      for other in members.dropFirst() {
        try? send(RankMessage([RankOrder.quit.rawValue]), to: other.rank, .order)
      }
      while remaining.withLock({ !$0.isEmpty }) {
        guard let envelope = try? next(nil, patience: (looks: 0.001, sleeps: 0.001)),
          (try? receive(envelope)) != nil
        else { return }
        if envelope.tag == RankTag.answer.rawValue {
          remaining.withLock { _ = $0.remove(Int(envelope.rank)) }
        }
      }
    }

    /// Ends this process and all others, without waiting for any.
    package func endAll(_ status: Int32) -> Never {
      giveUp()
      end(status)
    }

    // MARK: - Messages; on the rank's thread only

    /// Sends a message.
    func send(_ message: RankMessage, to rank: Int, _ tag: RankTag) throws(WorkerError) {
      let bytes = message.bytes
      try Self.check(
        pgp_mpi_send(bytes, bytes.count, Int32(rank), tag.rawValue), "send to rank \(rank)")
    }

    /// Sends words without anything around them.
    func send(
      _ words: UnsafeBufferPointer<UInt64>, to rank: Int, _ tag: RankTag
    ) throws(WorkerError) {
      var none: UInt64 = 0
      let code = withUnsafeMutablePointer(to: &none) { none in
        pgp_mpi_send(
          words.baseAddress ?? UnsafePointer(none), 8 * words.count, Int32(rank), tag.rawValue)
      }
      try Self.check(code, "send to rank \(rank)")
    }

    /// What waits to be received, if anything does.
    func waiting(
      from rank: Int? = nil, _ tag: RankTag? = nil
    ) throws(WorkerError) -> pgp_mpi_envelope? {
      var found = false
      var envelope = pgp_mpi_envelope()
      try Self.check(
        pgp_mpi_probe(rank.map(Int32.init) ?? -1, tag?.rawValue ?? -1, &found, &envelope),
        "look for messages")
      return found ? envelope : nil
    }

    /// Waits for a message: first it keeps looking, then it sleeps in between.
    ///
    /// - Parameters:
    ///   - patience: how long it keeps looking, in seconds, and how long it sleeps then at most.
    ///   - goesOn: asked in between.
    /// - Returns: `nil`: `goesOn` gave up.
    func next(
      from rank: Int? = nil, _ tag: RankTag? = nil, patience: (looks: Double, sleeps: Double),
      while goesOn: () -> Bool = { true }
    ) throws(WorkerError) -> pgp_mpi_envelope? {
      let start = pgp_monotonic_ns()
      var sleep = 20e-6
      while true {
        if let found = try waiting(from: rank, tag) { return found }
        if !goesOn() { return nil }
        if Self.seconds(since: start) < patience.looks {
          if sharesCPU { sched_yield() } else { pgp_relax() }
        } else {
          pgp_sleep_ns(UInt64(sleep * 1e9))
          sleep = min(2 * sleep, patience.sleeps)
        }
      }
    }

    /// Receives a message that waits.
    func receive(_ envelope: pgp_mpi_envelope) throws(WorkerError) -> RankMessage {
      let rank = Int(envelope.rank)
      guard envelope.bytes <= Self.mostBytes else {
        throw .ranks("rank \(rank) sent a message of \(envelope.bytes) bytes")
      }
      var bytes = [UInt8](repeating: 0, count: envelope.bytes)
      try Self.check(
        pgp_mpi_receive(&bytes, bytes.count, envelope.rank, envelope.tag),
        "receive from rank \(rank)")
      guard let message = RankMessage(bytes) else {
        throw .ranks("rank \(rank) sent \(bytes.count) bytes that are no message")
      }
      return message
    }

    /// Receives words that wait, without anything around them.
    func receiveWords(_ envelope: pgp_mpi_envelope) throws(WorkerError) -> [UInt64] {
      var words = [UInt64](repeating: 0, count: envelope.bytes / 8)
      try Self.check(
        pgp_mpi_receive(&words, 8 * words.count, envelope.rank, envelope.tag),
        "receive from rank \(envelope.rank)")
      return words
    }

    // MARK: - The counter; on the rank's thread only

    /// The next ticket.
    func draw() throws(WorkerError) -> Int {
      var ticket: Int64 = 0
      try Self.check(pgp_mpi_draw(handle, 1, &ticket), "draw a ticket")
      return Int(ticket)
    }

    /// Draws so many tickets and does nothing with them, while others draw theirs.
    func discard(tickets: Int) throws(WorkerError) {
      var first: Int64 = 0
      try Self.check(pgp_mpi_draw(handle, Int64(tickets), &first), "draw tickets")
    }

    /// Sets the next ticket, while nobody draws any.
    func setCounter(_ value: Int) throws(WorkerError) {
      try Self.check(pgp_mpi_set_counter(handle, Int64(value)), "set the counter")
    }
  }
#endif
