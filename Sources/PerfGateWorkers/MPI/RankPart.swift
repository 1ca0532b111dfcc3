#if MPI
  import CPerfGateMPI
  import CPerfGateSystem
  import PerfGateMachine
  import Synchronization

  /// A round as every rank knows it.
  struct RankRound: Hashable {
    /// The round's number, so that late messages are told apart.
    var number: Int
    var tasks: Int
    var workers: Int
    /// Whether tickets are drawn one by one, for nothing: the price of the counter.
    var drawsOnly = false
    /// How long rank 0 calls nothing of MPI before it draws tickets, in ns; others need not know.
    var pause: UInt64 = 0

    var words: [UInt64] {
      [UInt64(number), UInt64(tasks), UInt64(workers), drawsOnly ? 1 : 0]
    }

    init(number: Int, tasks: Int, workers: Int, drawsOnly: Bool = false, pause: UInt64 = 0) {
      self.pause = pause
      self.number = number
      self.tasks = tasks
      self.workers = workers
      self.drawsOnly = drawsOnly
    }

    /// Reads the words; `nil`: they are something else.
    init?(_ words: ArraySlice<UInt64>) {
      let words = Array(words)
      guard words.count == 4, words[0] < 1 << 62, 1...UInt64(Executors.maximumTasks) ~= words[1],
        1...UInt64(Executors.maximumWorkers) ~= words[2], words[3] <= 1
      else { return nil }
      self.init(
        number: Int(words[0]), tasks: Int(words[1]), workers: Int(words[2]),
        drawsOnly: words[3] == 1)
    }
  }

  /// What a rank tells about its part of a round.
  struct RankReport {
    var number = 0
    var round = WorkerRound(
      tasks: 0, cpuSeconds: 0, wallSeconds: 0, waits: -1, cpuBefore: -1, cpuAfter: -1)
    /// Its end, in ns of its own monotonic clock.
    var end: UInt64 = 0
    /// How long it was ready to run but waited for its CPU, in seconds.
    var delay = 0.0
    /// How many words its results are.
    var resultWords = 0
    /// The signal that asked it to stop; 0: none.
    var signal: Int32 = 0
    /// What disturbed it: kind and text.
    var disturbances: [WorkerDisturbance] = []

    var message: RankMessage {
      let lines = disturbances.map { "\($0.kind)\t\($0.text)" }.joined(separator: "\n")
      return RankMessage(
        [
          UInt64(number), UInt64(round.tasks), round.cpuSeconds.bitPattern,
          round.wallSeconds.bitPattern, UInt64(bitPattern: Int64(round.waits)),
          UInt64(bitPattern: Int64(round.cpuBefore)), UInt64(bitPattern: Int64(round.cpuAfter)),
          end, delay.bitPattern, UInt64(resultWords),
          UInt64(max(0, signal)),
        ], text: Array(lines.utf8.prefix(4000)))
    }

    init() {}

    /// Reads a report; `nil`: it is something else.
    init?(_ message: RankMessage) {
      let words = message.words
      guard words.count == 11, words[0] < 1 << 62, words[1] <= UInt64(Executors.maximumTasks),
        words[9] <= 3 * UInt64(Executors.maximumTasks), words[10] < 128
      else { return nil }
      func signed(_ word: UInt64) -> Int { Int(Int64(bitPattern: word)) }
      number = Int(words[0])
      round = WorkerRound(
        tasks: Int(words[1]), cpuSeconds: Double(bitPattern: words[2]),
        wallSeconds: Double(bitPattern: words[3]), waits: signed(words[4]),
        cpuBefore: signed(words[5]), cpuAfter: signed(words[6]))
      end = words[7]
      delay = Double(bitPattern: words[8])
      resultWords = Int(words[9])
      signal = Int32(words[10])
      disturbances = String(decoding: message.text, as: UTF8.self).split(separator: "\n").compactMap
      {
        let parts = $0.split(separator: "\t", maxSplits: 1)
        return parts.count == 2
          ? WorkerDisturbance(kind: String(parts[0]), text: String(parts[1])) : nil
      }
    }
  }

  /// A rank's part of the rounds; on the rank's thread.
  final class RankPart {
    let job: MPIJob
    private(set) var log = ResultLog()
    private(set) var report = RankReport()
    /// The task it is in; below 0: none.
    let task: UnsafeMutablePointer<Atomic<Int>>
    /// Whether no further task is to begin; another thread may ask for that.
    let stop = Atomic<Bool>(false)
    private let context: UnsafeMutablePointer<pgp_worker_context>
    private var label: SharedLabel?
    private let probe: Interference
    private var limits: DisturbanceLimits
    /// Lets MPI work while this rank is in a task; `nil`: it does so alone.
    var helper: RankHelper? {
      didSet { if helper != nil { limits.otherThreads = RankHelper.share } }
    }
    private var before: InterferenceSnapshot?
    private var delayBefore = 0.0
    private let threadID: Int32
    private var observation: PlacementObservation?

    /// Tasks are timed so that it looks for messages as often as this, in ns.
    private static let lookNanoseconds: UInt64 = 200_000
    private static let mostStride = 1024
    /// More tickets than a round has tasks.
    private static let allTickets = 1 << 40

    /// Prepares the rank's thread, which calls this.
    init(_ job: MPIJob) {
      self.job = job
      let memory = UnsafeMutableRawPointer.allocate(byteCount: lineBytes, alignment: lineBytes)
      task = memory.bindMemory(to: Atomic<Int>.self, capacity: 1)
      task.initialize(to: Atomic(-1))
      context = .allocate(capacity: 1)
      context.initialize(
        to: pgp_worker_context(
          worker: Int64(job.rank), task: UnsafePointer(OpaquePointer(task)), label: nil))
      pgp_set_worker_context(context)
      threadID = pgp_thread_id()
      let cpus = CPUSet([job.own.slot.cpu].compactMap(\.self))
      let machine = try? Machine.current()
      // What other ranks of the machine do is no disturbance, as with other workers of a pool.
      let beside = job.members.filter { $0.machine == job.own.machine }
      let ranks = CPUSet(beside.compactMap(\.slot.cpu))
      probe = Interference(
        cpus: cpus,
        siblings: cpus.reduce(into: CPUSet()) {
          $0.formUnion(machine?.topology.siblings(of: $1) ?? CPUSet())
        }.subtracting(ranks), throttleFiles: machine?.allowed.throttleFiles ?? [],
        threads: [Int(threadID)])
      var limits = DisturbanceLimits()
      // Ranks that share a CPU wait for each other, as requested.
      if job.sharesCPU { limits.runDelay = .infinity }
      self.limits = limits
    }

    /// Whether a signal, or somebody in this process, has asked it to begin no further task.
    private var isStopped: Bool {
      stop.load(ordering: .relaxed) || pgp_interrupt_signal() != 0
    }

    /// The name of the round, for the line that tells a crash.
    func name(_ text: String) {
      let label = SharedLabel(text)
      context.pointee.label = UnsafePointer(label.pointer)
      self.label = label
    }

    /// Before the barrier of a round.
    func begin(_ round: RankRound) throws(WorkerError) {
      report = RankReport()
      report.number = round.number
      let logged = round.drawsOnly ? 1 : round.tasks
      guard log.prepare(tasks: logged, workers: round.workers, target: .firstTouch) else {
        throw .noMemory(worker: job.rank, tasks: round.tasks)
      }
      delayBefore = runDelay(threadID)
      before = probe.snapshot()
      report.round.cpuBefore = ThreadPinning.currentCPU() ?? -1
    }

    /// Runs tasks until none is left.
    ///
    /// - Parameters:
    ///   - mark: when the barrier was released.
    ///   - look: called now and then between tasks, with the number of those done.
    func run(
      _ round: RankRound, _ body: TaskBody?, mark: Mark,
      look: (_ done: Int) throws(WorkerError) -> Void
    ) throws(WorkerError) {
      let done: Int
      if let body {
        done = try tasks(of: round, body, look)
      } else {
        done = try tickets(of: round)
      }
      let end = Mark.now()
      report.end = end.wall
      report.round.tasks = done
      report.round.wallSeconds = Double(end.wall - mark.wall) * 1e-9
      report.round.cpuSeconds = Double(end.cpu - mark.cpu) * 1e-9
      report.round.waits = mark.waits < 0 ? -1 : Int(end.waits - mark.waits)
      report.round.cpuAfter = ThreadPinning.currentCPU() ?? -1
      report.resultWords = log.count
      report.signal = pgp_interrupt_signal()
      report.delay = runDelay(threadID) - delayBefore
      if let before {
        report.disturbances = probe.disturbance(from: before, to: probe.snapshot(), limits: limits)
          .map { WorkerDisturbance(kind: $0.name, text: "\(job.own.name): \($0)") }
      }
    }

    private func tasks(
      of round: RankRound, _ body: TaskBody, _ look: (_ done: Int) throws(WorkerError) -> Void
    ) throws(WorkerError) -> Int {
      guard let words = log.words else { return 0 }
      var blocks = BlockSequence(tasks: round.tasks, workers: round.workers)
      var count = 0
      var done = 0
      // How many tasks pass between two readings of the clock: short tasks are not to pay for it.
      var stride = 1
      var untilLook = 1
      var looked = pgp_monotonic_ns()
      while !isStopped, let block = blocks.tasks(of: try draw()) {
        let header = count
        words[header] = UInt64(block.lowerBound)
        count += 2
        for index in block {
          if isStopped { break }
          task.pointee.store(index, ordering: .relaxed)
          words[count] = body(index)
          count += 1
          untilLook -= 1
          guard untilLook == 0 else { continue }
          let now = pgp_monotonic_ns()
          if now - looked >= Self.lookNanoseconds {
            stride = max(1, stride / 2)
            looked = now
            let all = done + count - header - 2
            try alone { () throws(WorkerError) in try look(all) }
          } else {
            stride = min(2 * stride, Self.mostStride)
          }
          untilLook = stride
        }
        words[header + 1] = UInt64(count - header - 2)
        done += count - header - 2
      }
      task.pointee.store(-1, ordering: .relaxed)
      log.count = count
      // The others get no ticket with tasks any more.
      if isStopped, job.rank == 0 {
        try alone { () throws(WorkerError) in try job.discard(tickets: Self.allTickets) }
      }
      return done
    }

    private func draw() throws(WorkerError) -> Int {
      guard helper != nil else { return try job.draw() }
      return try alone { () throws(WorkerError) in try job.draw() }
    }

    /// Calls MPI while no helper does.
    private func alone<Value>(
      _ body: () throws(WorkerError) -> Value
    ) throws(WorkerError) -> Value {
      guard let helper else { return try body() }
      return try helper.alone(body)
    }

    private func tickets(of round: RankRound) throws(WorkerError) -> Int {
      if round.pause > 0 { pgp_sleep_ns(round.pause) }
      var drawn = 0
      while try job.draw() < round.tasks { drawn += 1 }
      return drawn
    }

    /// Lets the thread run before all threads of ordinary priority; `false`: that is not allowed.
    func runFirst() -> Bool { pgp_run_first(threadID) == 0 }

    // MARK: - Placement

    /// Looks where the thread is.
    func beginObservation() { observation = .begin(worker: job.rank) }

    /// Looks again.
    func endObservation() -> PlacementObservation? {
      observation?.end(buffer: log.buffer)
      return observation
    }
  }

  extension PlacementObservation {
    /// What other ranks are told of it: pages are not, because a rank's memory is its own.
    var rankWords: [UInt64] {
      let list = mask.map { $0.map { UInt64($0) + 1 } }
      return [
        UInt64(thread), RankMember.word(cpuBefore), RankMember.word(cpuAfter),
        RankMember.word(migrations), RankMember.word(list?.count),
      ] + (list ?? []).prefix(1024)
    }

    /// Reads what a rank tells; `nil`: it is something else.
    init?(rank: Int, _ words: ArraySlice<UInt64>) {
      let words = Array(words)
      guard words.count >= 5, words.allSatisfy({ $0 < 1 << 40 }) else { return nil }
      self.init(
        worker: rank, thread: Int(words[0]),
        mask: words[4] == 0 ? nil : CPUSet(words[5...].map { Int($0) - 1 }),
        cpuBefore: RankMember.number(words[1]), cpuAfter: RankMember.number(words[2]),
        migrations: RankMember.number(words[3]))
    }
  }
#endif
