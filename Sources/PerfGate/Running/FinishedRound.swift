import CPerfGateSystem
import PerfGateWorkers

/// The last round of a runner: where its results are.
enum FinishedRound {
  /// A loop on the calling thread.
  case loop(LoopRound)
  /// The last round of an executor.
  case executor(any Executor)

  /// Compares the results with what was expected of each task.
  func check(_ expected: [UInt64]) -> ResultCheck {
    switch self {
    case .loop(let round): round.check(expected)
    case .executor(let executor): executor.check(expected)
    }
  }

  /// Reads the results where they are.
  func results<Value>(_ read: (OrderedResults) -> Value) -> Value {
    switch self {
    case .loop(let round):
      round.results.withUnsafeBufferPointer { read(OrderedResults($0)) }
    case .executor(let executor): read(OrderedResults(executor))
    }
  }
}

extension LocalRunner {
  /// The checksum of the results of the last arm, in the order of its tasks; `nil` if it has none, or
  /// if something else has run since.
  package var lastChecksum: UInt64? { lastRound?.results(\.checksum) }

  /// The results of some tasks of the last arm; `nil` as for ``lastChecksum``.
  package func lastResults(_ tasks: Range<Int>) -> [UInt64]? {
    lastRound?.results { $0.values(tasks) }
  }
}

/// The CPU time of this program, without that of the calling thread.
enum ProgramCPU {
  /// The program's clock runs ahead of the workers' own by this much at most, for each of them: they
  /// wake up and fall asleep outside of a round.
  private static let slackSeconds = 50e-6

  /// The time until now.
  static func nanoseconds() -> UInt64 {
    // Never below an earlier value by more than it takes to read both clocks.
    let all = pgp_process_cpu_ns()
    let own = pgp_thread_cpu_ns()
    return all > own ? all - own : 0
  }

  /// The time since a moment in seconds, or the workers' own if it is hardly less.
  ///
  /// - Parameter own: the CPU seconds that the workers have measured.
  static func seconds(since start: UInt64, workers: Int, own: Double) -> Double {
    let now = nanoseconds()
    let all = now > start ? Double(now - start) * 1e-9 : 0
    return all > own + slackSeconds * Double(workers) ? all : own
  }
}
