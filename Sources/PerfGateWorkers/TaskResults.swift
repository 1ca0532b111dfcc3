import CPerfGateSystem

// What is done for each task besides running it. It is in a target that is optimized in every
// configuration, because a kernel of short tasks runs millions of them.

/// A task that does nothing: its time is that of the call.
package let emptyTask: TaskBody = { _ in 0 }

/// A task whose result is not the expected one.
package struct WrongTask: Hashable, Sendable {
  /// The task's number.
  package var task: Int
  /// What it returned.
  package var found: UInt64
  /// What it should have returned.
  package var expected: UInt64

  /// A wrong task.
  package init(task: Int, found: UInt64, expected: UInt64) {
    self.task = task
    self.found = found
    self.expected = expected
  }
}

/// The outcome of comparing the results of a round.
package struct ResultCheck: Hashable, Sendable {
  /// How many results there were.
  package var count = 0
  /// The first wrong result, in the order in which they were compared.
  package var wrong: WrongTask?

  init() {}

  /// Compares results with what was expected of each task.
  package init(of results: UnsafeBufferPointer<UInt64>, against expected: [UInt64]) {
    expected.withUnsafeBufferPointer { add(results, from: 0, $0) }
  }

  mutating func add(
    _ results: UnsafeBufferPointer<UInt64>, from first: Int, _ expected: UnsafeBufferPointer<UInt64>
  ) {
    count += results.count
    guard wrong == nil else { return }
    for index in results.indices {
      let task = first + index
      let right = task < expected.count ? expected[task] : nil
      guard results[index] != right else { continue }
      wrong = WrongTask(task: task, found: results[index], expected: right ?? 0)
      return
    }
  }
}

extension Executor {
  /// Compares the results of the last round with what was expected of each task.
  package func check(_ expected: [UInt64]) -> ResultCheck {
    expected.withUnsafeBufferPointer { expected in
      var check = ResultCheck()
      forEachResult { first, results in check.add(results, from: first, expected) }
      return check
    }
  }

  /// The results of the last round by task.
  ///
  /// - Parameter tasks: how many tasks it had.
  package func results(tasks: Int) -> [UInt64] {
    var all = [UInt64](repeating: 0, count: tasks)
    all.withUnsafeMutableBufferPointer { all in
      forEachResult { first, results in
        for index in results.indices where first + index < all.count {
          all[first + index] = results[index]
        }
      }
    }
    return all
  }
}

/// A checksum over all results, in the order of the tasks.
package func resultChecksum(_ results: [UInt64]) -> UInt64 {
  results.withUnsafeBufferPointer { resultChecksum($0, after: emptyChecksum) }
}

/// The checksum of no results.
let emptyChecksum: UInt64 = 0xcbf2_9ce4_8422_2325

/// Continues a checksum with the results of the next tasks.
func resultChecksum(_ results: UnsafeBufferPointer<UInt64>, after before: UInt64) -> UInt64 {
  var hash = before
  for word in results { hash = (hash ^ word) &* 0x100_0000_01b3 }
  return hash
}

/// The time and results of a plain loop on the calling thread, without workers.
package struct LoopRound: Hashable, Sendable {
  /// From the first task's start to the last one's end.
  package var seconds: Double
  /// CPU time of the thread.
  package var cpuSeconds: Double
  /// The result of each task.
  package var results: [UInt64]

  /// Runs tasks 0 to `tasks - 1` one after another.
  package init(tasks: Int, _ body: TaskBody) {
    var results = [UInt64](repeating: 0, count: tasks)
    let cpu = pgp_thread_cpu_ns()
    let start = pgp_monotonic_ns()
    for task in 0..<tasks { results[task] = body(task) }
    let end = pgp_monotonic_ns()
    cpuSeconds = Double(pgp_thread_cpu_ns() - cpu) * 1e-9
    seconds = Double(end - start) * 1e-9
    self.results = results
  }

  /// Compares the results with what was expected of each task.
  package func check(_ expected: [UInt64]) -> ResultCheck {
    results.withUnsafeBufferPointer { ResultCheck(of: $0, against: expected) }
  }
}
