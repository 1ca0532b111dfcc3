/// A round as structured concurrency: as many child tasks at a time as there are workers, each for
/// one task. This is what a Swift programmer writes first.
struct TaskGroupRound: Sendable {
  let tasks: Int
  let workers: Int
  let results: ResultTable
  /// Whether no further task is to begin.
  let isStopped: @Sendable () -> Bool
  let body: @Sendable (_ task: Int) async -> UInt64

  /// Runs the round.
  ///
  /// - Returns: how many tasks have ended.
  func run() async -> Int {
    await withTaskGroup(of: (task: Int, result: UInt64).self) { group in
      var next = 0
      var done = 0
      func add() {
        let task = next
        next += 1
        group.addTask { (task, await body(task)) }
      }
      while next < min(workers, tasks) { add() }
      while let ended = await group.next() {
        results.words[ended.task] = ended.result
        done += 1
        if next < tasks, !isStopped() { add() }
      }
      return done
    }
  }
}
