#if MPI
  import CPerfGateMPI
  import CPerfGateSystem
  import PerfGateMachine

  // How rank 0 waits for the others: never without a bound, and never without knowing for whom.

  extension MPIExecutor {
    /// How rank 0 waits for the others: looks, then sleeps in between.
    private static let patience = (looks: 0.0002, sleeps: 50e-6)
    /// Whoever looks every 20 ms and has not for so long was stopped, in ns: a job that is suspended stands
    /// still as a whole, and nobody could be heard. More than the second that a thread of this CPU that runs
    /// first may keep this one from looking: a task that is stuck there must be found.
    private static let longestLook: UInt64 = 3_000_000_000
    /// How long tasks may take after somebody asked the program to stop, in seconds: a second later the
    /// launcher kills it.
    private static let stopSeconds = 0.5
    /// How much later than another rank this one may get a signal that was meant for all, in seconds.
    private static let signalSeconds = 0.2

    /// Runs something on the rank's thread, and ends with an error if a rank dies or is silent meanwhile.
    func onThread(
      _ label: String, atMost seconds: Double, _ body: @escaping () throws(WorkerError) -> Void
    ) throws(WorkerError) {
      if let failure { throw failure }
      watch.begin()
      looked = pgp_monotonic_ns()
      var outcome: Result<Void, WorkerError> = .success(())
      var trouble: WorkerError?
      let hasEnded = job.thread.run(while: { [self] in
        trouble = self.trouble(label, atMost: seconds)
        return trouble == nil
      }) { outcome = Result { () throws(WorkerError) in try body() } }
      do throws(WorkerError) {
        if !hasEnded { throw trouble ?? .unusable }
        try outcome.get()
      } catch {
        failure = error
        job.giveUp()
        throw error
      }
    }

    /// Why it is of no use to wait any longer.
    func trouble(_ label: String, atMost seconds: Double) -> WorkerError? {
      let gap = pgp_monotonic_ns() &- looked
      looked &+= gap
      if gap > Self.longestLook { watch.forgive(gap) }
      if let dead = watch.ended { return Self.death(of: dead, label) }
      let signal = pgp_interrupt_signal()
      if signal != 0 {
        part.stop.store(true, ordering: .relaxed)
        if stopped == 0 { stopped = pgp_monotonic_ns() }
        if MPIJob.seconds(since: stopped) > Self.stopSeconds {
          let names = watch.awaitedElsewhere.prefix(4).map(\.name)
          guard !names.isEmpty else { return .interrupted(signal: signal) }
          return .ranks(
            "stopped by signal \(signal) in \(label), where \(names.joined(separator: ", ")) had not "
              + "answered; the launcher's own message says whether a rank has died")
        }
      }
      guard let silent = watch.silent(seconds) else { return nil }
      let task = part.task.pointee.load(ordering: .relaxed)
      // What others say is heard between tasks only.
      if task >= 0 { return .stuck(worker: 0, task: task, label: label, seconds: seconds) }
      return .rankSilent(rank: silent.rank, host: silent.host, label: label, seconds: seconds)
    }

    private static func death(of rank: RankMember, _ label: String) -> WorkerError {
      .rankEnded(rank: rank.rank, host: rank.host, process: Int(rank.process), label: label)
    }

    func next(_ tag: RankTag? = nil) throws(WorkerError) -> pgp_mpi_envelope {
      // Whoever called it on the thread has the bound.
      guard let found = try job.next(from: nil, tag, patience: Self.patience) else {
        throw .unusable
      }
      watch.hear(Int(found.rank))
      return found
    }

    /// Gives an order to ranks and waits for the answer of each.
    func ask(
      _ ranks: [Int], _ order: RankMessage, label: String, atMost seconds: Double
    ) throws(WorkerError) -> [Int: RankMessage] {
      var answers: [Int: RankMessage] = [:]
      try onThread(label, atMost: seconds) { [self] () throws(WorkerError) in
        watch.expect(ranks)
        for rank in ranks { try job.send(order, to: rank, .order) }
        while answers.count < ranks.count {
          let envelope = try next(.answer)
          let rank = Int(envelope.rank)
          answers[rank] = try job.receive(envelope)
          watch.hear(rank, isLast: true)
        }
      }
      for (rank, answer) in answers.sorted(by: { $0.key < $1.key })
      where answer.words.first != RankAnswer.ready.rawValue {
        throw .cannotPrepare(
          worker: rank, label: label,
          reason: "\(job.members[rank].name): \(String(decoding: answer.text, as: UTF8.self))")
      }
      return answers
    }

    /// Why the program stops: the launcher asks it to when a rank has died, and then nobody waits for that one
    /// to leave.
    func stop(_ signal: Int32) -> WorkerError {
      guard let dead = watch.ended else { return .interrupted(signal: signal) }
      let error = Self.death(of: dead, "the run")
      failure = error
      job.giveUp()
      return error
    }

    /// Ends the round with an error if a signal has asked a rank to stop: all of them, or only one.
    func checkSignals(_ reports: [RankReport], label: String) throws(WorkerError) {
      if let rank = reports.firstIndex(where: { $0.signal != 0 }) {
        // Ctrl-C and the launcher reach all ranks, but not at the same moment.
        let start = pgp_monotonic_ns()
        while pgp_interrupt_signal() == 0, MPIJob.seconds(since: start) < Self.signalSeconds {
          pgp_sleep_ns(5_000_000)
        }
        guard pgp_interrupt_signal() != 0 else {
          let error = WorkerError.ranks(
            "\(job.members[rank].name) was stopped by signal \(reports[rank].signal) in \(label)")
          failure = error
          throw error
        }
      }
      let signal = pgp_interrupt_signal()
      guard signal == 0 else { throw stop(signal) }
    }
  }
#endif
