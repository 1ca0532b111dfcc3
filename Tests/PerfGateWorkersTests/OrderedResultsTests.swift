import PerfGateMachine
import PerfGateWorkers
import Testing

/// Results in the order of the tasks, read where the workers left them.
@Suite struct OrderedResultsTests {
  /// An executor with made-up blocks of results.
  private final class Blocks: Executor {
    let blocks: [(first: Int, words: [UInt64])]
    let slots: [WorkerSlot] = []
    let threadIDs: [Int32] = []
    let startupSeconds = 0.0
    private let memory: [UnsafeMutableBufferPointer<UInt64>]

    init(_ blocks: [(first: Int, words: [UInt64])]) {
      self.blocks = blocks
      memory = blocks.map {
        let copy = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: $0.words.count)
        _ = copy.initialize(from: $0.words)
        return copy
      }
    }

    deinit { for buffer in memory { buffer.deallocate() } }

    func run(_ batch: TaskBatch) throws(WorkerError) -> ExecutedRound { throw .unusable }
    func forEachResult(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {
      for (block, buffer) in zip(blocks, memory) { visit(block.first, UnsafeBufferPointer(buffer)) }
    }
    func beginObservation() throws(WorkerError) {}
    func endObservation() throws(WorkerError) -> [PlacementObservation] { [] }
  }

  @Test func blocksAreReadInTheOrderOfTasks() {
    let blocks = Blocks([(3, [13, 14]), (0, [10, 11, 12]), (7, []), (5, [15])])
    let results = OrderedResults(blocks)
    let all = (10...15).map { UInt64($0) }
    #expect(results.checksum == resultChecksum(all))
    #expect(results.misfit(tasks: 6) == nil)
    for low in 0...6 {
      for high in low...6 { #expect(results.values(low..<high) == Array(all[low..<high])) }
    }
    #expect(results.values(4..<9) == [14, 15])
  }

  /// A checksum depends on the order of the tasks, not on who ran them.
  @Test func theChecksumIsThatOfTheProtocol() {
    let empty: UInt64 = 0xcbf2_9ce4_8422_2325
    let one: UInt64 = (empty ^ 1) &* 0x100_0000_01b3
    #expect(resultChecksum([]) == empty && resultChecksum([1]) == one)
    #expect(resultChecksum([1, 2]) != resultChecksum([2, 1]))
  }

  @Test func lostAndRepeatedTasksAreFound() throws {
    func misfit(_ blocks: [(Int, Int)], tasks: Int) -> [Int]? {
      let made = blocks.map { (first: $0.0, words: [UInt64](repeating: 7, count: $0.1)) }
      return OrderedResults(Blocks(made)).misfit(tasks: tasks).map { [$0.task, $0.times] }
    }
    #expect(misfit([(0, 4), (4, 2)], tasks: 6) == nil)
    #expect(misfit([(0, 4), (5, 1)], tasks: 6) == [4, 0])
    #expect(misfit([(1, 5)], tasks: 6) == [0, 0])
    #expect(misfit([(0, 4), (3, 3)], tasks: 6) == [3, 2])
    #expect(misfit([(0, 5)], tasks: 6) == [5, 0])
    #expect(misfit([(0, 7)], tasks: 6) == [6, 2])
    #expect(misfit([], tasks: 1) == [0, 0])
  }
}
