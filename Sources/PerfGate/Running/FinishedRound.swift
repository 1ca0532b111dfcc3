import CPerfGateSystem
import PerfGateWorkers

/// The last round of a runner: where its results are.
enum FinishedRound {
  /// A loop on the calling thread.
  case loop(LoopRound)
  /// The last round of an executor.
  case executor(any Executor)
  /// Tasks that were done in groups.
  case groups(GroupedResults)

  /// Compares the results with what was expected of each task.
  func check(_ expected: [UInt64]) -> ResultCheck {
    switch self {
    case .loop(let round): round.check(expected)
    case .executor(let executor): executor.check(expected)
    case .groups(let grouped): ResultCheck(of: grouped.results, against: expected)
    }
  }

  /// Reads the results where they are.
  func results<Value>(_ read: (OrderedResults) -> Value) -> Value {
    switch self {
    case .loop(let round):
      round.results.withUnsafeBufferPointer { read(OrderedResults($0)) }
    case .executor(let executor): read(OrderedResults(executor))
    case .groups(let grouped): read(OrderedResults(grouped.results))
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

/// The CPU time of the whole program during a round.
enum ProgramCPU {
  /// The program's clock runs ahead of the workers' own by this much at most, for each of them: they
  /// wake up and fall asleep around a round.
  private static let slackSeconds = 50e-6

  /// The program's time in seconds, or the workers' own if that is hardly less.
  ///
  /// - Parameters:
  ///   - program: what the program's clock shows, without the caller's time; `nil` if unknown.
  ///   - own: what the workers have measured themselves, all together.
  static func seconds(program: Double?, own: Double, workers: Int) -> Double {
    guard let program, program > own + slackSeconds * Double(workers) else { return own }
    return program
  }

  /// The program's CPU time until now without that of the calling thread, in seconds.
  static func othersSeconds() -> Double {
    // Another thread may run between the two reads, but none hides.
    let own = pgp_thread_cpu_ns()
    return Double(pgp_process_cpu_ns() - own) * 1e-9
  }
}
