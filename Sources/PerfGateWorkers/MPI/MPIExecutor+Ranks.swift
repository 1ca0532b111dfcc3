#if MPI
  import CPerfGateMPI
  import CPerfGateSystem
  import PerfGateMachine

  // What rank 0 asks the others besides rounds: their clocks, and where they are.

  extension MPIExecutor {
    // MARK: - Clocks

    func measureClocks(exchanges: Int) throws(WorkerError) {
      try onThread("reading clocks", atMost: Self.answerSeconds) { [self] () throws(WorkerError) in
        for rank in job.members.indices.dropFirst() {
          watch.expect([rank])
          try job.send(
            RankMessage([RankOrder.clock.rawValue, UInt64(exchanges)]), to: rank, .order)
          var best = RankClock()
          for _ in 0..<exchanges {
            let before = pgp_monotonic_ns()
            try job.send(RankMessage([]), to: rank, .clock)
            let envelope = try next(.clock)
            let answer = try job.receive(envelope)
            guard let theirs = answer.words.first else {
              throw .ranks("\(job.members[rank].name) did not tell its clock")
            }
            best.take(theirs, between: before, and: pgp_monotonic_ns())
          }
          clocks[rank] = best
          watch.hear(rank, isLast: true)
        }
      }
      clocksMeasured = pgp_monotonic_ns()
    }

    // MARK: - Placement and notes

    package func beginObservation() throws(WorkerError) {
      try observe(.beginObservation) { $0.beginObservation() }
    }

    package func endObservation() throws(WorkerError) -> [PlacementObservation] {
      var own: PlacementObservation?
      let answers = try observe(.endObservation) { own = $0.endObservation() }
      var all = [own].compactMap(\.self)
      for (rank, answer) in answers.sorted(by: { $0.key < $1.key }) {
        if let seen = PlacementObservation(rank: rank, answer.words.dropFirst()) {
          all.append(seen)
        }
      }
      return all
    }

    @discardableResult
    func observe(
      _ order: RankOrder, _ body: @escaping (RankPart) -> Void
    ) throws(WorkerError) -> [Int: RankMessage] {
      try onThread("observing", atMost: Self.answerSeconds) { [part] () throws(WorkerError) in
        body(part)
      }
      return try ask(
        Array(1..<slots.count), RankMessage([order.rawValue]), label: "observing",
        atMost: Self.answerSeconds)
    }

    package var notes: [String] {
      let shown = job.members.prefix(8).map { member in
        "\(member.name) \(member.slot.cpu.map { "cpu \($0)" } ?? "not pinned")"
      }
      let more = job.members.count > 8 ? " and \(job.members.count - 8) more" : ""
      let hosts = job.hosts == 1 ? "1 host" : "\(job.hosts) hosts"
      var notes = [
        "mpi: \(job.members.count) ranks on \(hosts), \(job.library): "
          + shown.joined(separator: ", ") + more
      ]
      if let far = clocks.dropFirst().max(by: { abs($0.offset) < abs($1.offset) }) {
        let exact = clocks.dropFirst().map(\.uncertainty).max() ?? 0
        notes.append(
          "mpi: clocks differ from rank 0's by at most \(Self.microseconds(abs(far.offset))), known "
            + "to \(Self.microseconds(exact))")
      }
      notes.append(
        "mpi: a ticket of rank 0's counter takes \(Int((ticketSeconds * 1e9).rounded())) ns where "
          + "\(slots.count) ranks draw tickets and do nothing else")
      if part.helper != nil {
        notes.append(
          "mpi: the network gives no tickets while rank 0 is in a task, so a thread there looks for "
            + "requests every 0.2 ms")
      }
      if isDeaf {
        notes.append(
          "mpi: others get no tickets while rank 0 is in a task, and this MPI lets one thread only call it: "
            + "expect idle ranks, and choose another MPI")
      }
      if sharesCPUs { notes.append("mpi: ranks share CPUs") }
      return notes
    }

    private static func microseconds(_ nanoseconds: Double) -> String {
      "\((nanoseconds / 100).rounded() / 10) µs"
    }
  }

  /// How far a rank's clock is from rank 0's.
  struct RankClock {
    /// How much later it is, in ns.
    private(set) var offset = 0.0
    /// How much the offset may be wrong, in ns.
    private(set) var uncertainty = Double.infinity

    /// Its reading came between two of rank 0's; the closest pair tells most.
    mutating func take(_ theirs: UInt64, between before: UInt64, and after: UInt64) {
      let half = Double(after - before) / 2
      guard half < uncertainty else { return }
      uncertainty = half
      offset = Double(Int64(bitPattern: theirs &- before)) - half
    }

    /// What is subtracted from its readings, in ns: nothing that may be a mistake of the measurement.
    var correction: Double { abs(offset) <= uncertainty ? 0 : offset }
  }
#endif
