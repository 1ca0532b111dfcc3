import PerfGateWorkers
import Testing

/// What ranks tell each other, as far as that needs no ranks; Tests/Scripts/mpi.sh runs the rest on some.
@Suite struct RankTests {
  /// Each rank finds the same blocks, whichever tickets it draws, and they are those of the pool.
  @Test(arguments: [1, 2, 3, 8, 1024])
  func blocksHaveEveryTaskOnceAndShrinkAsThePools(workers: Int) {
    for tasks in [1, 2, 7, 50, 999, 4096, 100_000] {
      var all = BlockSequence(tasks: tasks, workers: workers)
      var next = 0
      var ticket = 0
      var blocks: [Range<Int>] = []
      while let block = all.tasks(of: ticket) {
        #expect(block.lowerBound == next)
        #expect(block.count == max(1, (tasks - next) / (4 * workers)))
        next = block.upperBound
        blocks.append(block)
        ticket += 1
      }
      #expect(next == tasks)
      #expect(all.tasks(of: ticket + 5) == nil)
      for step in [2, 3, 7] {
        var some = BlockSequence(tasks: tasks, workers: workers)
        for ticket in stride(from: 1, to: blocks.count, by: step) {
          #expect(some.tasks(of: ticket) == blocks[ticket])
        }
        #expect(some.tasks(of: blocks.count) == nil)
      }
    }
  }

  @Test func messagesComeBackAsTheyWere() {
    for words in [[], [1], [0, .max, 42]] as [[UInt64]] {
      for text in ["", "a", "rank 1: größer\n"] {
        let message = RankMessage(words, text: Array(text.utf8))
        #expect(RankMessage(message.bytes) == message)
      }
    }
  }

  @Test func whatIsNoMessageIsRefused() {
    #expect(RankMessage([UInt8]()) == nil)
    #expect(RankMessage([UInt8](repeating: 0, count: 7)) == nil)
    // More words than there are bytes.
    #expect(RankMessage([2, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 15)) == nil)
    #expect(RankMessage([UInt8](repeating: 255, count: 64)) == nil)
    #expect(RankMessage([UInt8](repeating: 0, count: 8))?.words == [])
  }

  @Test func withoutALauncherThereIsNoExecutorOfRanks() {
    #expect(Executors.named("mpi") == nil)
    #expect(Ranks.count == nil)
    #expect(Ranks.refusal != nil)
  }

  @Test func slurmWithoutPMIxIsTold() {
    #expect(Ranks.slurmRefusal([:]) == nil)
    #expect(Ranks.slurmRefusal(["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"]) == nil)
    for name in ["SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"] {
      let text = Ranks.slurmRefusal(["SLURM_PROCID": "1", name: "4"])
      #expect(text?.contains("srun --mpi=pmix -n 4") == true)
    }
  }
}
