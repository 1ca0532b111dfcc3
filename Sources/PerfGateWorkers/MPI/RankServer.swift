#if MPI
  import CPerfGateMPI
  import CPerfGateSystem
  import PerfGateMachine

  /// The side of ranks 1 and above: they do what rank 0 tells them until it lets them go.
  package final class RankServer {
    private let job: MPIJob
    private let find: (TaskOrigin) throws -> WorkerCode
    /// The other ranks whose processes can be seen from here.
    private let neighbors: [RankMember]
    /// Why orders may not come any more, and since when; on the main thread.
    private var doubt: (problem: WorkerError, since: UInt64)?

    /// How long rank 0 may tell it nothing, in seconds: its kernels may take long to prepare.
    private static let idleSeconds = 6.0 * 3600
    /// How long it goes on when no orders may come any more, in seconds: usually rank 0 has had the same signal
    /// and lets it go, or the launcher ends all ranks.
    private static let orderSeconds = 5.0
    /// How it waits for an order, and for the begin of a round: looks, then sleeps in between.
    private static let idle = (looks: 0.001, sleeps: 0.002)
    private static let ready = (looks: 0.005, sleeps: 50e-6)
    /// How often it tells that it is alive while its tasks take long, in ns.
    static let beatNanoseconds: UInt64 = 200_000_000

    /// Prepares to serve.
    ///
    /// - Parameter find: finds the code of a task and makes its input.
    package init(_ job: MPIJob, find: @escaping (TaskOrigin) throws -> WorkerCode) {
      self.job = job
      self.find = find
      neighbors = job.visible
    }

    /// Serves until rank 0 says that it is over.
    ///
    /// The main thread looks meanwhile whether that can still be, so that this also ends where the rank is in a
    /// task or in a call of MPI.
    ///
    /// - Returns: why it cannot go on; `nil`: all is well.
    package func serve() -> WorkerError? {
      var problem: WorkerError?
      let hasEnded = job.thread.run(while: isHopeful) { [self] in
        let part = RankPart(job)
        do throws(WorkerError) {
          var code = WorkerCode()
          while try next(part, &code) {}
        } catch { problem = error }
      }
      let found = hasEnded ? problem : doubt?.problem
      if found != nil { job.giveUp() }
      return found
    }

    private func isHopeful() -> Bool {
      if doubt == nil { doubt = problem().map { ($0, pgp_monotonic_ns()) } }
      return doubt.map { MPIJob.seconds(since: $0.since) < Self.orderSeconds } ?? true
    }

    private func wait(
      _ tag: RankTag, from rank: Int, _ patience: (looks: Double, sleeps: Double)
    ) throws(WorkerError) -> RankMessage {
      let start = pgp_monotonic_ns()
      let found = try job.next(from: rank, tag, patience: patience) {
        MPIJob.seconds(since: start) < Self.idleSeconds
      }
      guard let found else {
        throw .rankSilent(
          rank: rank, host: job.members[rank].host, label: "its orders", seconds: Self.idleSeconds)
      }
      return try job.receive(found)
    }

    /// Why orders may not come any more: a signal that asks this rank to stop, or the end of another one, where
    /// its process can be seen.
    private func problem() -> WorkerError? {
      let signal = pgp_interrupt_signal()
      if signal != 0 {
        return .ranks(
          "stopped by signal \(signal), and not let go by rank 0 within \(Int(Self.orderSeconds)) s"
        )
      }
      return MPIJob.ended(neighbors).map {
        .rankEnded(
          rank: $0.rank, host: $0.host, process: Int($0.process),
          label: "the run, which nobody has ended for \(Int(Self.orderSeconds)) s since")
      }
    }

    private func answer(
      _ answer: RankAnswer, _ words: [UInt64] = [], text: String = ""
    ) throws(WorkerError) {
      try job.send(
        RankMessage([answer.rawValue] + words, text: Array(text.utf8.prefix(FrameKind.mostText))),
        to: 0, .answer)
    }

    /// Does what rank 0 tells next; `false`: that was the last order.
    private func next(_ part: RankPart, _ code: inout WorkerCode) throws(WorkerError) -> Bool {
      let message = try wait(.order, from: 0, Self.idle)
      guard let word = message.words.first, let order = RankOrder(rawValue: word) else {
        throw .ranks("\(job.own.name) was told something that is no order")
      }
      switch order {
      case .quit:
        try answer(.ready)
        return false
      case .work:
        code = WorkerCode()
        do {
          let work = try message.text.withUnsafeBytes { try WorkText($0) }
          part.name(work.label)
          code = try find(work.origin)
        } catch {
          try answer(.failed, text: "\(error)")
          return true
        }
        try answer(.ready)
      case .round:
        guard let round = RankRound(message.words[1...]) else {
          throw .ranks("\(job.own.name) was told a round that cannot be")
        }
        try run(round, part, code)
      case .beginObservation:
        part.beginObservation()
        try answer(.ready)
      case .endObservation: try answer(.ready, part.endObservation()?.rankWords ?? [])
      case .priority:
        try answer(.ready, [part.runFirst() ? 1 : 0])
      case .clock:
        for _ in 0..<(message.words.count > 1 ? message.words[1] : 0) {
          _ = try wait(.clock, from: 0, Self.ready)
          try job.send(RankMessage([pgp_monotonic_ns()]), to: 0, .clock)
        }
      }
      return true
    }

    private func run(
      _ round: RankRound, _ part: RankPart, _ code: WorkerCode
    ) throws(WorkerError) {
      let body = round.drawsOnly ? nil : code.run
      var problem = round.drawsOnly || body != nil ? "" : "it was not told which code to run"
      do throws(WorkerError) { try part.begin(round) } catch { problem = "\(error)" }
      let isReady: RankAnswer = problem.isEmpty ? .ready : .failed
      try job.send(
        RankMessage([isReady.rawValue, UInt64(round.number)], text: Array(problem.utf8)), to: 0,
        .arrived)
      guard problem.isEmpty else { return }
      try RankTree(round.workers, rank: job.rank).passOn { parent throws(WorkerError) in
        _ = try wait(.go, from: parent, Self.ready)
      } to: { child throws(WorkerError) in
        try job.send(RankMessage([UInt64(round.number)]), to: child, .go)
      }
      let mark = Mark.now()
      var told = mark.wall
      try part.run(round, body, mark: mark) { done throws(WorkerError) in
        let now = pgp_monotonic_ns()
        guard now - told >= Self.beatNanoseconds else { return }
        told = now
        try job.send(RankMessage([UInt64(round.number), UInt64(done)]), to: 0, .beat)
      }
      try job.send(part.report.message, to: 0, .done)
      try job.send(
        UnsafeBufferPointer(start: part.log.words, count: part.log.count), to: 0, .results)
    }
  }

  /// The way of a word from rank 0 to all ranks of a round in as few steps as there are bits in their
  /// number.
  struct RankTree {
    private let workers: Int
    private let rank: Int

    init(_ workers: Int, rank: Int) {
      self.workers = workers
      self.rank = rank
    }

    /// Gets the word from one rank, unless this is rank 0, and passes it on to others.
    func passOn(
      from get: (_ parent: Int) throws(WorkerError) -> Void,
      to give: (_ child: Int) throws(WorkerError) -> Void
    ) throws(WorkerError) {
      var bit = 1
      while bit < workers, rank & bit == 0 { bit <<= 1 }
      if rank > 0 { try get(rank - bit) }
      bit >>= 1
      while bit > 0 {
        if rank + bit < workers { try give(rank + bit) }
        bit >>= 1
      }
    }
  }
#endif
