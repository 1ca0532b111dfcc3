import Foundation
import PerfGate
import PerfGateReport
import PerfGateWorkers

/// Reads records for a fleet, several at a time. Of each only its verdicts are kept.
///
/// The fleet is the same however the threads take turns: records are added in their order, after
/// each batch.
enum FleetReader {
  /// How many records are read between two looks at signals.
  private static let batch = 128
  /// The most threads: each holds a record.
  private static let mostThreads = 8
  /// Records above this size in bytes are read one at a time: the largest takes 400 MiB of memory.
  private static let largeBytes = 1 << 20

  /// Reads records, and adds what they say to the fleet.
  ///
  /// - Parameter refuse: gets each record that cannot be read, in their order.
  /// - Throws: the signal that asks the program to stop.
  static func read(
    _ paths: [String], into fleet: inout Fleet, refuse: (FleetResult.Unreadable) -> Void
  ) throws(CommandError) {
    for start in stride(from: 0, to: paths.count, by: batch) {
      let some = Array(paths[start..<min(start + batch, paths.count)])
      let found = Found(some)
      let threads = min(some.count, mostThreads, ProcessInfo.processInfo.activeProcessorCount)
      DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
        while let next = found.next() { found.add(run(some[next], found), at: next) }
      }
      for (path, result) in zip(some, found.results) {
        switch result {
        case .success(let run): fleet.add(run, named: path == "-" ? "standard input" : path)
        case .failure(let error):
          if error.code != .badData { throw error }
          refuse(.init(name: path, problem: error.description))
        case nil: throw CommandError(.software, "record \(path) was not read")
        }
      }
      if let signal = ProcessSignals.interruptSignal {
        throw CommandError(ExitCode(signal: signal), "interrupted by signal \(signal)")
      }
    }
  }

  private static func run(_ path: String, _ found: Found) -> Result<FleetRun, CommandError> {
    var status = stat()
    let isSmall = path != "-" && stat(path, &status) == 0 && status.st_size <= largeBytes
    do throws(CommandError) {
      let read = { () throws(CommandError) in
        FleetRun(
          try RecordInput.read(path, content: .verdicts), sentence: ReasonText.sentence)
      }
      return .success(isSmall ? try read() : try found.alone(read))
    } catch { return .failure(error) }
  }
}

/// What the threads share.
private final class Found: Sendable {
  private let count: Int
  /// `nonisolated(unsafe)`, both: only touched while the lock is held.
  private nonisolated(unsafe) var taken = 0
  private nonisolated(unsafe) var all: [Result<FleetRun, CommandError>?]
  private let lock = NSLock()
  private let large = NSLock()

  init(_ paths: [String]) {
    count = paths.count
    all = paths.map { _ in nil }
  }

  /// The number of the next record; `nil`: there is none.
  func next() -> Int? {
    lock.withLock {
      taken += 1
      return taken <= count ? taken - 1 : nil
    }
  }

  func add(_ result: Result<FleetRun, CommandError>, at index: Int) {
    lock.withLock { all[index] = result }
  }

  var results: [Result<FleetRun, CommandError>?] { lock.withLock { all } }

  /// Does what no two threads may do at once.
  func alone(
    _ body: () throws(CommandError) -> FleetRun
  ) throws(CommandError) -> FleetRun {
    large.lock()
    defer { large.unlock() }
    return try body()
  }
}
