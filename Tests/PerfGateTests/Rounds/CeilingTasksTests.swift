import Testing

import PerfGate
import PerfGateModel

/// The ceiling's tasks are shared out evenly at every worker count that is claimed.
@Suite struct CeilingTasksTests {
  @Test(arguments: [
    ([2], 50), ([5], 50), ([2, 5], 50), ([4], 52), ([8], 56), ([3, 4, 5], 60),
    ([2, 3, 4, 6, 8], 72),
    ([64], 64), ([5, 6, 7, 8], 800), ([], 50), ([61, 64, 67], 6700),
  ])
  func evenly(workers: [Int], tasks: Int) throws {
    #expect(Ceiling.tasks(workers: workers) == tasks)
    for count in workers {
      let reached = Double(tasks) / Double((tasks + count - 1) / count)
      #expect(reached > 0.985 * Double(count))
    }
  }

  @Test func granularityIsTheQuotientOfTheBounds() {
    #expect(CeilingTasks.granularity(of: 50, to: 52, workers: 4) == 50.0 / 13 / 4)
    #expect(CeilingTasks.granularity(of: 50, to: 50, workers: 5) == 1)
    #expect(CeilingTasks.granularity(of: 3, to: 50, workers: 5) == 0.6)
  }
}
