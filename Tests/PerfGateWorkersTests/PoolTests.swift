import PerfGateMachine
import PerfGateWorkers
import Testing

@Suite struct PoolTests {
  private static func square(_ task: Int) -> UInt64 { UInt64(task) &* UInt64(task) &+ 1 }

  /// One pool, reused over all rounds, with every number of workers in turn.
  @Test(arguments: [true, false])
  func everyTaskRunsOnceOnAnyNumberOfWorkers(isPinned: Bool) throws {
    let pool = try WorkerPool(slots: isPinned ? pinnedSlots(8) : freeSlots(8))
    for tasks in [1, 2, 3, 7, 8, 50, 1000] {
      for workers in 1...8 {
        let counts = CallCounts(tasks: tasks)
        let round = try pool.run(tasks: tasks, workers: workers, label: "square") { task in
          counts.add(task)
          return Self.square(task)
        }
        #expect(counts.values.allSatisfy { $0 == 1 }, "\(tasks) tasks, \(workers) workers")
        #expect(
          results(of: pool, tasks: tasks) == (0..<tasks).map { [Self.square($0)] },
          "\(tasks) tasks, \(workers) workers")
        #expect(round.workers.count == workers)
        #expect(round.workers.reduce(0) { $0 + $1.tasks } == tasks)
      }
    }
  }

  @Test func workerCountsMayChangeFromRoundToRound() throws {
    let pool = try WorkerPool(slots: pinnedSlots(5))
    var total: UInt64 = 0
    for round in 0..<600 {
      let tasks = 1 + round % 23
      let workers = 1 + round * 7 % 5
      _ = try pool.run(tasks: tasks, workers: workers, label: "turns") { UInt64($0 + round) }
      let found = results(of: pool, tasks: tasks)
      #expect(found == (0..<tasks).map { [UInt64($0 + round)] }, "round \(round)")
      total += UInt64(found.joined().count)
    }
    #expect(total == (0..<600).reduce(0) { $0 + UInt64(1 + $1 % 23) })
  }

  @Test func blocksCoverTheTasksAndShrink() throws {
    let pool = try WorkerPool(slots: freeSlots(2))
    let tasks = 10_000
    _ = try pool.run(tasks: tasks, workers: 2, label: "blocks") { UInt64($0) }
    var blocks: [(first: Int, count: Int)] = []
    pool.forEachResult { blocks.append((first: $0, count: $1.count)) }
    blocks.sort { $0.first < $1.first }
    var next = 0
    for block in blocks {
      #expect(block.first == next)
      #expect(block.count == max(1, (tasks - next) / 8))
      next += block.count
    }
    #expect(next == tasks)
  }

  @Test func resultsAreThoseOfTheLastRoundOnly() throws {
    let pool = try WorkerPool(slots: freeSlots(3))
    _ = try pool.run(tasks: 100, workers: 3, label: "first") { _ in 1 }
    _ = try pool.run(tasks: 2, workers: 1, label: "second") { _ in 2 }
    #expect(results(of: pool, tasks: 2) == [[2], [2]])
  }

  @Test func onlyTheFirstSlotsTakePart() throws {
    let pool = try WorkerPool(slots: freeSlots(4))
    let ids = pool.threadIDs
    #expect(Set(ids).count == 4)
    var seen: Set<UInt64> = []
    for _ in 0..<20 {
      _ = try pool.run(tasks: 40, workers: 2, label: "who") { _ in
        UInt64(ThreadPinning.currentThreadID())
      }
      seen.formUnion(results(of: pool, tasks: 40).joined())
    }
    #expect(!seen.isEmpty && seen.isSubset(of: ids.prefix(2).map(UInt64.init)))
  }

  @Test func aRoundTellsTimesThatFitTogether() throws {
    let pool = try WorkerPool(slots: pinnedSlots(2))
    let round = try pool.run(tasks: 4, workers: 2, label: "busy") { _ in
      let begin = ContinuousClock.now
      while ContinuousClock.now - begin < .milliseconds(2) {}
      return 0
    }
    #expect(round.seconds >= 0.004)
    for worker in round.workers {
      #expect(worker.wallSeconds >= 0 && worker.cpuSeconds >= 0)
      #expect(worker.wallSeconds < round.seconds + 1)
    }
    #expect(pool.startupSeconds > 0)
  }

  @Test func ticketsAreDrawnOnceEach() throws {
    let pool = try WorkerPool(slots: pinnedSlots(2))
    for workers in 1...2 {
      let round = try pool.runTickets(10_000, workers: workers)
      #expect(round.workers.reduce(0) { $0 + $1.tasks } == 10_000)
    }
  }

  @Test func wrongCountsAreRefusedInOneLine() throws {
    #expect(throws: WorkerError.workerCount(0, allowed: 1...1024)) { try WorkerPool(slots: []) }
    #expect(throws: WorkerError.workerCount(1025, allowed: 1...1024)) {
      try WorkerPool(slots: freeSlots(1025))
    }
    let pool = try WorkerPool(slots: freeSlots(2))
    func run(tasks: Int, workers: Int) throws(WorkerError) {
      _ = try pool.run(tasks: tasks, workers: workers, label: "none") { _ in
        Issue.record("a task ran")
        return 0
      }
    }
    for workers in [0, -1, 3, Int.max, Int.min] {
      #expect(throws: WorkerError.workerCount(workers, allowed: 1...2)) {
        try run(tasks: 1, workers: workers)
      }
    }
    for tasks in [0, -1, Executors.maximumTasks + 1, Int.max] {
      #expect(throws: WorkerError.taskCount(tasks)) { try run(tasks: tasks, workers: 1) }
    }
    #expect(
      WorkerError.workerCount(3, allowed: 1...2).description
        == "cannot run 3 workers: the executor has 2; ask for 1 to 2")
    #expect(
      WorkerError.taskCount(0).description == "cannot run 0 tasks: need 1 to 10000000")
    // What is refused breaks nothing.
    _ = try pool.run(tasks: 1, workers: 2, label: "after") { _ in 5 }
    #expect(results(of: pool, tasks: 1) == [[5]])
  }
}
