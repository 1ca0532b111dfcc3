import PerfGateMachine
import PerfGatePlantTasks
import PerfGateWorkers
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the pool promises beside what every executor does.
@Suite struct PoolTests {
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

  @Test func ticketsAreDrawnOnceEach() throws {
    let pool = try WorkerPool(slots: pinnedSlots(2))
    for workers in 1...2 {
      let round = try pool.runTickets(10_000, workers: workers)
      #expect(round.workers.reduce(0) { $0 + $1.tasks } == 10_000)
    }
  }
}

/// What channels promise beside what every executor does.
@Suite struct ChannelTests {
  /// A message is received once, in the order of sending by each worker, whatever the channel holds.
  @Test(arguments: ["channel", "channel:1", "channel:3", "channel:1000"])
  func everyMessageIsReceivedOnceAndInOrder(kind: String) throws {
    let executor = try started(kind, freeSlots(4))
    for (tasks, workers) in [(1, 4), (2, 1), (3, 2), (5000, 1), (5000, 4), (50_000, 3)] {
      _ = try executor.run(tasks: tasks, workers: workers, label: "in order") { UInt64($0) }
      var blocks: [(first: Int, count: Int)] = []
      executor.forEachResult { blocks.append(($0, $1.count)) }
      #expect(blocks.reduce(0) { $0 + $1.count } == tasks)
      #expect(executor.check((0..<tasks).map(UInt64.init)).wrong == nil)
    }
  }

  /// Long tasks leave the channel to whoever is free.
  @Test func aWorkerInALongTaskHoldsUpNobody() throws {
    let executor = try started("channel", freeSlots(2))
    let others = Board()
    let round = try executor.run(tasks: 100, workers: 2, label: "long", timeout: 10) { task in
      // The first task ends only when all others have.
      while task == 0, others.counts(1)[0] < 99 { usleep(100) }
      others.count(0)
      return 0
    }
    #expect(round.workers.map(\.tasks).sorted() == [1, 99])
  }

  @Test func capacitiesAreNumbersFromOne() {
    #expect(Executors.named("channel:16")?.name == "channel:16")
    for name in [
      "channel:", "channel:0", "channel:-1", "channel:01", "channel:x", "pool:2", "channel:1:2",
    ] {
      #expect(Executors.named(name) == nil, "\(name)")
    }
  }
}
