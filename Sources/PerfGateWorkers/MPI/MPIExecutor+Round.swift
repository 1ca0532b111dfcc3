#if MPI
  import CPerfGateMPI
  import CPerfGateSystem
  import PerfGateMachine

  // What rank 0 and the others send each other in a round.

  extension MPIExecutor {
    /// The barrier of a round; returns when rank 0 has released it.
    func begin(_ round: RankRound) throws(WorkerError) -> Mark {
      let others = 1..<round.workers
      try job.setCounter(0)
      for rank in others {
        try job.send(RankMessage([RankOrder.round.rawValue] + round.words), to: rank, .order)
      }
      try part.begin(round)
      var waiting = Set(others)
      while !waiting.isEmpty {
        let envelope = try next(.arrived)
        let rank = Int(envelope.rank)
        let message = try job.receive(envelope)
        guard message.words == [RankAnswer.ready.rawValue, UInt64(round.number)] else {
          throw .ranks(
            "\(job.members[rank].name): \(String(decoding: message.text, as: UTF8.self))")
        }
        waiting.remove(rank)
      }
      let release = Mark.now()
      try RankTree(round.workers, rank: 0).passOn { _ in
      } to: { child throws(WorkerError) in
        try job.send(RankMessage([UInt64(round.number)]), to: child, .go)
      }
      return release
    }

    /// What the ranks tell of their parts, and their results.
    func collect(_ round: RankRound) throws(WorkerError) -> [RankReport] {
      var reports = [RankReport?](repeating: nil, count: round.workers)
      reports[0] = part.report
      var missing = Set(1..<round.workers)
      while !missing.isEmpty {
        let envelope = try next()
        let rank = Int(envelope.rank)
        switch RankTag(rawValue: envelope.tag) {
        case .beat: _ = try job.receive(envelope)
        case .done:
          reports[rank] = RankReport(try job.receive(envelope))
          guard reports[rank]?.number == round.number else {
            throw .ranks("\(job.members[rank].name) told of another round")
          }
        case .results:
          logs[rank] = try job.receiveWords(envelope)
          guard logs[rank].count == reports[rank]?.resultWords, Self.isLog(logs[rank]) else {
            throw .ranks("\(job.members[rank].name) sent something else than its results")
          }
          missing.remove(rank)
          watch.hear(rank, isLast: true)
        default: throw .ranks("\(job.members[rank].name) sent what nobody waits for")
        }
      }
      return reports.compactMap(\.self)
    }

    /// Whether words are blocks: a first task, a number of tasks, their results.
    private static func isLog(_ words: [UInt64]) -> Bool {
      var index = 0
      while index + 1 < words.count {
        guard words[index] < UInt64(Executors.maximumTasks),
          words[index + 1] <= UInt64(words.count - index - 2)
        else { return false }
        index += 2 + Int(words[index + 1])
      }
      return index == words.count
    }
  }
#endif
