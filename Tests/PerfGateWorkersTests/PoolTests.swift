import PerfGateMachine
import PerfGateWorkers
import Testing

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
