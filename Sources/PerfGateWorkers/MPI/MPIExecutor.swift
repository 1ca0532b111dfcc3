#if MPI
  import CPerfGateMPI
  import CPerfGateSystem
  import PerfGateMachine

  extension ExecutorKind {
    /// The ranks of the job that this program belongs to.
    static let mpi = ExecutorKind(
      "mpi", "ranks that mpirun or srun has started, and a counter of rank 0", placement: .ranks
    ) { setup throws(WorkerError) in try MPIExecutor(setup) }
  }

  /// Ranks of a job are the workers: rank 0, which runs the engine, is one of them.
  ///
  /// Tasks are handed out in blocks by a counter of rank 0 (`MPI_Fetch_and_op`). A round's time runs from
  /// the release of the barrier, by rank 0's clock, to the last rank's end, by its own clock, whose offset
  /// is measured. Results come to rank 0 after that.
  package final class MPIExecutor: Executor {
    package let slots: [WorkerSlot]
    package let threadIDs: [Int32] = []
    package let startupSeconds: Double
    package private(set) var runDelays: [RunDelay] = []
    package private(set) var disturbances: [WorkerDisturbance] = []
    /// What a ticket took when all ranks drew them, in seconds.
    package private(set) var ticketSeconds = 0.0
    let job: MPIJob
    let part: RankPart
    let watch: RankWatch
    var clocks: [RankClock]
    var clocksMeasured: UInt64 = 0
    private var rounds = 0
    /// The code that each rank has ready.
    private var ready: [TaskOrigin?]
    /// The results of other ranks, as they have logged them.
    var logs: [[UInt64]]
    private var participants = 0
    /// Why no round can begin any more. Whoever comes next is told too: what only asks whether ranks have
    /// priority may be the first to see that one has died, and tells nobody.
    var failure: WorkerError?
    /// Whether others get no tickets while rank 0 is in a task, and nothing helps.
    private(set) var isDeaf = false
    /// When it was first seen that the program is to stop; 0: it is not.
    var stopped: UInt64 = 0
    /// When this process last looked for trouble, in ns.
    var looked: UInt64 = 0

    /// How often a clock is read, at the start and later, and after how many seconds again.
    private static let exchanges = (first: 200, later: 8, after: 1.0)
    /// How many tickets tell their price, and how often.
    private static let tickets = 5_000
    private static let ticketRounds = 5
    /// How many tickets tell whether others get some while rank 0 calls nothing of MPI, how often that is
    /// tried at most, and how long it is.
    private static let fewTickets = 200
    private static let pauses = 5
    private static let pauseNanoseconds: UInt64 = 20_000_000
    /// How long ranks may take to answer something that they do at once, in seconds.
    static let answerSeconds = 30.0

    package init(_ setup: ExecutorSetup) throws(WorkerError) {
      guard let job = MPIJob.current, job.rank == 0 else { throw .noRanks }
      guard 1...Executors.maximumWorkers ~= job.members.count else {
        throw .ranks(
          "cannot run on \(job.members.count) ranks: start at most \(Executors.maximumWorkers)")
      }
      self.job = job
      slots = job.members.map(\.slot)
      startupSeconds = job.startupSeconds
      watch = RankWatch(job)
      clocks = job.members.map { _ in RankClock() }
      ready = job.members.map { _ in nil }
      logs = job.members.map { _ in [] }
      var part: RankPart?
      _ = job.thread.run(while: { true }) { part = RankPart(job) }
      guard let part else { throw .unusable }
      self.part = part
      try measureClocks(exchanges: Self.exchanges.first)
      // The least of a few: whatever else runs makes it longer.
      ticketSeconds = .infinity
      for _ in 0..<Self.ticketRounds {
        let round = try runTickets(Self.tickets, workers: slots.count)
        ticketSeconds = min(ticketSeconds, round.seconds / Double(Self.tickets))
      }
      let needsHelper = try needsHelper()
      if needsHelper, job.isSerialized { part.helper = try RankHelper(job) }
      isDeaf = needsHelper && part.helper == nil
    }

    // MARK: - Rounds

    package func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound {
      try check(tasks: batch.tasks, workers: batch.workers)
      guard batch.message == nil else {
        throw .cannotPrepare(
          worker: 0, label: batch.label, reason: "ranks are not sent messages; choose process")
      }
      if batch.workers > 1 {
        guard let origin = batch.origin else { throw .noOrigin(label: batch.label) }
        try prepare(batch, origin)
      }
      return try run(
        batch.body, tasks: batch.tasks, workers: batch.workers, label: batch.label,
        timeout: batch.processBounds?.round ?? batch.timeout)
    }

    /// Lets ranks draw tickets one by one and do nothing with them: the price of the counter.
    package func runTickets(_ tickets: Int, workers: Int) throws(WorkerError) -> ExecutedRound {
      try check(tasks: tickets, workers: workers)
      return try run(
        nil, tasks: tickets, workers: workers, label: "tickets", timeout: Self.answerSeconds)
    }

    /// Whether others get no tickets while rank 0 calls nothing of MPI.
    private func needsHelper() throws(WorkerError) -> Bool {
      guard slots.count > 1 else { return false }
      for _ in 0..<Self.pauses {
        let round = try run(
          nil, tasks: Self.fewTickets, workers: slots.count, label: "tickets",
          timeout: Self.answerSeconds, pause: Self.pauseNanoseconds)
        // They have drawn all meanwhile; otherwise something else may have kept their CPU.
        if round.workers[0].tasks == 0 { return false }
      }
      return true
    }

    private func check(tasks: Int, workers: Int) throws(WorkerError) {
      if let failure { throw failure }
      guard 1...slots.count ~= workers else {
        throw .workerCount(workers, allowed: 1...slots.count)
      }
      guard 1...Executors.maximumTasks ~= tasks else { throw .taskCount(tasks) }
      let signal = pgp_interrupt_signal()
      guard signal == 0 else { throw stop(signal) }
    }

    private func prepare(_ batch: TaskBatch, _ origin: TaskOrigin) throws(WorkerError) {
      let ranks = (1..<batch.workers).filter { ready[$0] != origin }
      guard !ranks.isEmpty else { return }
      guard let text = WorkText(origin, label: batch.label).bytes else {
        throw .cannotPrepare(worker: 1, label: batch.label, reason: "its names are too long")
      }
      for rank in ranks { ready[rank] = nil }
      _ = try ask(
        ranks, RankMessage([RankOrder.work.rawValue], text: text), label: batch.label,
        atMost: batch.processBounds?.input ?? batch.timeout)
      for rank in ranks { ready[rank] = origin }
    }

    private func run(
      _ body: TaskBody?, tasks: Int, workers: Int, label: String, timeout: Double,
      pause: UInt64 = 0
    ) throws(WorkerError) -> ExecutedRound {
      if job.hosts > 1, MPIJob.seconds(since: clocksMeasured) > Self.exchanges.after {
        try measureClocks(exchanges: Self.exchanges.later)
      }
      participants = 0
      rounds += 1
      let round = RankRound(
        number: rounds, tasks: tasks, workers: workers, drawsOnly: body == nil, pause: pause)
      var release: UInt64 = 0
      var reports: [RankReport] = []
      pgp_set_activity(Int32(PGP_RUNS_TASK))
      defer { pgp_set_activity(Int32(PGP_RUNS_NOTHING)) }
      try onThread(label, atMost: timeout) { [self] () throws(WorkerError) in
        watch.expect(0..<workers)
        part.name(label)
        let mark = try begin(round)
        release = mark.wall
        let helper = round.drawsOnly || round.workers == 1 ? nil : part.helper
        helper?.begin()
        // Also when a task of this rank ends the round; to end it twice is nothing.
        defer { helper?.end() }
        try part.run(round, body, mark: mark) { _ throws(WorkerError) in
          watch.hear(0)
          while let envelope = try job.waiting(from: nil, .beat) {
            watch.hear(Int(envelope.rank))
            _ = try job.receive(envelope)
          }
        }
        // From here on this thread calls MPI all the time itself.
        helper?.end()
        watch.hear(0, isLast: true)
        reports = try collect(round)
      }
      try checkSignals(reports, label: label)
      return try executed(reports, release: release, workers: workers)
    }

    private func executed(
      _ reports: [RankReport], release: UInt64, workers: Int
    ) throws(WorkerError) -> ExecutedRound {
      participants = workers
      disturbances = reports.flatMap(\.disturbances)
      runDelays = reports.enumerated().map {
        RunDelay(thread: Int32($0.offset), seconds: $0.element.delay)
      }
      let ends = reports.enumerated().map { rank, report in
        Double(Int64(bitPattern: report.end &- release)) - clocks[rank].correction
      }
      return ExecutedRound(
        seconds: max(0, (ends.max() ?? 0) * 1e-9), workers: reports.map(\.round))
    }

    package func forEachResult(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {
      guard participants > 0, failure == nil else { return }
      part.log.forEachBlock(visit)
      for words in logs[..<participants].dropFirst() {
        words.withUnsafeBufferPointer { words in
          var index = 0
          while index + 1 < words.count {
            let count = Int(words[index + 1])
            visit(
              Int(words[index]),
              UnsafeBufferPointer(rebasing: words[(index + 2)..<(index + 2 + count)]))
            index += 2 + count
          }
        }
      }
    }

    /// Not where ranks share a CPU, or where a thread of ordinary priority answers the others: each waits for
    /// messages of the other.
    package func runFirst() -> Bool {
      guard !sharesCPUs, part.helper == nil else { return false }
      var isFirst = false
      do throws(WorkerError) {
        let answers = try observe(.priority) { isFirst = $0.runFirst() }
        return isFirst && answers.values.allSatisfy { $0.words.last == 1 }
      } catch { return false }
    }

    /// Whether ranks of a machine share a CPU.
    var sharesCPUs: Bool {
      job.members.contains { one in
        job.members.contains {
          $0.rank != one.rank && $0.machine == one.machine && $0.slot.cpu == one.slot.cpu
        }
      }
    }
  }
#endif
