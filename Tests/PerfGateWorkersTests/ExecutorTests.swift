import CPerfGateSystem
import Foundation
import PerfGateMachine
import PerfGatePlantTasks
import PerfGateWorkers
import Testing

/// What every executor promises; the tests run over the list of them. What goes wrong in a round is
/// in `FailureTests`.
@Suite struct ExecutorTests {
  private static let names = Executors.all.map(\.name)

  private static func square(_ task: Int) -> UInt64 { UInt64(task) &* UInt64(task) &+ 1 }

  @Test func namesAreUniqueAndFitIntoIds() {
    #expect(Set(Self.names).count == Self.names.count)
    for name in Self.names {
      #expect(name.wholeMatch(of: /[a-z0-9.-]+/) != nil, "\(name)")
      #expect(Executors.named(name)?.name == name)
    }
    #expect(Self.names.contains("pool") && Executors.named("poo") == nil)
  }

  /// One executor, reused over all rounds, with every number of workers in turn; fewer tasks than
  /// workers too.
  @Test(arguments: names, [true, false])
  func everyTaskRunsOnceOnAnyNumberOfWorkers(kind: String, isPinned: Bool) async throws {
    try await onThread {
      let executor = try started(kind, isPinned ? pinnedSlots(8) : freeSlots(8))
      let board = Board()
      for tasks in [1, 2, 3, 7, 8, 50, 1000] {
        for workers in 1...8 {
          board.clear(tasks)
          let round = try executor.run(.square, board, tasks: tasks, workers: workers)
          let what: Comment = "\(tasks) tasks, \(workers) workers"
          #expect(board.counts(tasks).allSatisfy { $0 == 1 }, what)
          #expect(
            results(of: executor, tasks: tasks) == (0..<tasks).map { [Self.square($0)] }, what)
          #expect(executor.check((0..<tasks).map(Self.square)).wrong == nil, what)
          #expect((1...workers).contains(round.workers.count), what)
          #expect(round.workers.reduce(0) { $0 + $1.tasks } == tasks, what)
        }
      }
    }
  }

  @Test(arguments: names)
  func aThousandRoundsLeaveNoThreadAndNoDescriptor(kind: String) async {
    await #expect(processExitsWith: .success) { [kind] in
      try await onThread {
        let board = Board()
        // Whatever the first use of something opens for good is open afterwards.
        do {
          let first = try started(kind, pinnedSlots(5))
          _ = try first.run(.constant, board, tasks: 9, workers: 5)
        }
        let before = OpenThings()
        do {
          let executor = try started(kind, pinnedSlots(5))
          var total: UInt64 = 0
          for round in 0..<1000 {
            let tasks = 1 + round % 23
            let workers = 1 + round * 7 % 5
            _ = try executor.run(.plus, board, number: round, tasks: tasks, workers: workers)
            let found: [[UInt64]] = results(of: executor, tasks: tasks)
            let right: [[UInt64]] = (0..<tasks).map { [UInt64($0 + round)] }
            #expect(found == right, "round \(round)")
            total += UInt64(found.joined().count)
          }
          let expected: UInt64 = (0..<1000).reduce(0) { sum, round in sum + UInt64(1 + round % 23) }
          #expect(total == expected)
        }
        let isClean = eventually { OpenThings().isNoMore(than: before) }
        #expect(isClean, "\(OpenThings()) after \(before)")
        // Not even one that has ended is left.
        #expect(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD)
      }
    }
  }

  @Test(arguments: names)
  func noMoreThanTheWorkersRunAtATime(kind: String) async throws {
    try await onThread {
      let executor = try started(kind, freeSlots(6))
      let board = Board()
      for workers in [1, 2, 5] {
        _ = try executor.run(.inside, board, tasks: 60, workers: workers)
        let most = board.takeMost()
        #expect((1...workers).contains(most), "\(most) of \(workers)")
      }
    }
  }

  @Test(arguments: names)
  func resultsAreThoseOfTheLastRoundOnly(kind: String) async throws {
    try await onThread {
      let executor = try started(kind, freeSlots(3))
      let board = Board()
      _ = try executor.run(.constant, board, number: 1, tasks: 100, workers: 3)
      _ = try executor.run(.constant, board, number: 2, tasks: 2, workers: 1)
      #expect(results(of: executor, tasks: 2) == [[2], [2]])
      #expect(executor.results(tasks: 2) == [2, 2])
    }
  }

  @Test(arguments: names)
  func aRoundTellsTimesThatFitTogether(kind: String) async throws {
    try await onThread {
      let executor = try started(kind, pinnedSlots(2))
      let round = try executor.run(.busy, Board(), tasks: 4, workers: 2)
      #expect(round.seconds >= 0.004)
      for worker in round.workers {
        #expect(worker.wallSeconds >= 0 && worker.cpuSeconds >= 0)
        #expect(worker.wallSeconds < round.seconds + 1)
      }
      #expect(executor.startupSeconds > 0)
    }
  }

  @Test(arguments: names)
  func wrongCountsAreRefusedInOneLine(kind: String) async throws {
    try await onThread {
      #expect(throws: WorkerError.workerCount(0, allowed: 1...1024)) { try started(kind, []) }
      #expect(throws: WorkerError.workerCount(1025, allowed: 1...1024)) {
        try started(kind, freeSlots(1025))
      }
      let executor = try started(kind, freeSlots(2))
      let board = Board()
      func run(tasks: Int, workers: Int) throws(WorkerError) {
        _ = try executor.run(.square, board, tasks: tasks, workers: workers)
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
      #expect(board.counts(100).allSatisfy { $0 == 0 })
      // What is refused breaks nothing.
      _ = try executor.run(.constant, board, number: 5, tasks: 1, workers: 2)
      #expect(results(of: executor, tasks: 1) == [[5]])
    }
  }

  #if os(Linux)
    /// Threads of a runtime are as free after a round as before.
    @Test(arguments: names)
    func threadsOfARuntimeAreFreedAfterARound(kind: String) async {
      // Others would confine the same threads meanwhile.
      await #expect(processExitsWith: .success) { [kind] in
        try await onThread {
          guard Executors.named(kind)?.placement == .confined else { return }
          let slots = Array(try pinnedSlots(2).prefix(1))
          let executor = try started(kind, slots)
          _ = try executor.run(.thread, Board(), tasks: 4, workers: 1)
          let before = try ThreadPinning.mainThreadMask()
          for thread in Set(executor.results(tasks: 4)) {
            var words = [UInt64](repeating: 0, count: 128)
            let count = Int(pgp_get_affinity(Int32(thread), &words, words.count))
            let bits = words.prefix(max(0, count)).reduce(0) { $0 + $1.nonzeroBitCount }
            #expect(bits == before.count, "thread \(thread)")
          }
        }
      }
    }

    /// Every worker tells where it is, and that is where its slot is.
    @Test(arguments: names)
    func workersAreObservedWhereTheirSlotsAre(kind: String) async {
      // Others would confine the same threads meanwhile.
      await #expect(processExitsWith: .success) { [kind] in
        try await onThread {
          let slots = try pinnedSlots(3)
          let executor = try started(kind, slots)
          #expect(executor.slots == slots)
          let isPinned = Executors.named(kind)?.placement != .confined
          let board = Board()
          try executor.beginObservation()
          for workers in 1...3 {
            let allowed = Set(slots.prefix(workers).compactMap(\.cpu))
            board.cpus = allowed
            let round = try executor.run(
              .placed, board, number: isPinned ? 1 : 0, tasks: 30, workers: workers)
            #expect(executor.results(tasks: 30).allSatisfy { $0 == 1 })
            for worker in round.workers where isPinned {
              #expect(allowed.contains(worker.cpuBefore), "\(worker)")
              #expect(worker.cpuAfter == worker.cpuBefore, "\(worker)")
            }
          }
          guard isPinned else { return }
          let seen = try executor.endObservation()
          #expect(seen.map(\.worker) == [0, 1, 2])
          for (observation, slot) in zip(seen, slots) {
            let cpu = try #require(slot.cpu)
            #expect(observation.mask == [cpu])
            #expect(observation.cpuBefore == cpu && observation.cpuAfter == cpu)
          }
          if !executor.threadIDs.isEmpty {
            #expect(seen.map(\.thread) == executor.threadIDs.map(Int.init))
          }
        }
      }
    }

    @Test(arguments: names)
    func aCPUThatDoesNotExistIsAnError(kind: String) async throws {
      try await onThread {
        var slots = try pinnedSlots(3)
        slots[1].cpu = 60_000
        let error = #expect(throws: WorkerError.self) { try started(kind, slots) }
        guard case .cannotPin(worker: 1, _) = error else {
          Issue.record("found \(String(describing: error))")
          return
        }
      }
    }

    @Test(arguments: names)
    func theMainThreadKeepsItsMask(kind: String) async throws {
      try await onThread {
        let before = try ThreadPinning.mainThreadMask()
        let executor = try started(kind, pinnedSlots(3))
        _ = try executor.run(.constant, Board(), tasks: 30, workers: 3)
        #expect(try ThreadPinning.mainThreadMask() == before)
      }
    }
  #endif
}

/// How many threads and open descriptors this process has; both -1 where `/proc` does not tell.
private struct OpenThings {
  var threads = entries(of: "/proc/self/task")
  var descriptors = entries(of: "/proc/self/fd")

  func isNoMore(than other: OpenThings) -> Bool {
    threads <= other.threads && descriptors <= other.descriptors
  }

  private static func entries(of folder: String) -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? -1
  }
}
