import CPerfGateSystem

/// Calls of code, each with what it asked of the allocator and the runtime, on all threads.
package enum CountedCalls {
  /// Calls that come first and are not counted: they fill caches and start what is started once.
  package static let warmUps = 2

  /// Runs `body` on the calling thread, for tasks 0 to `calls + warmUps - 1`, and counts all but the
  /// first.
  ///
  /// What counting and calling themselves ask for, which is nothing in optimized code, is counted of a
  /// body that does nothing, and subtracted.
  ///
  /// - Parameters:
  ///   - calls: how many are counted, from 1.
  ///   - empty: does nothing; made like `body`.
  package static func run(calls: Int, empty: TaskBody, _ body: TaskBody) -> [pgp_counts] {
    let own = count(calls: calls, empty)
    return count(calls: calls, body).map { $0.without(own) }
  }

  /// The same for asynchronous code, whose calls follow one another in one task.
  ///
  /// - Parameter perform: runs a task to its end.
  package static func run<Failure: Error>(
    calls: Int, empty: @escaping AsynchronousTaskBody,
    asynchronous body: @escaping AsynchronousTaskBody,
    _ perform: (@escaping AsynchronousTaskBody) throws(Failure) -> Void
  ) throws(Failure) -> [pgp_counts] {
    func count(_ body: @escaping AsynchronousTaskBody) throws(Failure) -> [pgp_counts] {
      let readings = Readings(calls: calls)
      try perform { _ in await readings.count(body) }
      return readings.counts
    }
    let own = try count(empty)
    return try count(body).map { $0.without(own) }
  }

  @inline(never)
  private static func count(
    calls: Int, _ body: TaskBody
  ) -> [pgp_counts] {
    let readings = Readings(calls: calls)
    readings.count(body)
    return readings.counts
  }
}

/// The code of a task that may wait.
package typealias AsynchronousTaskBody = @Sendable (_ task: Int) async -> UInt64

/// What the counters said before and after each call.
///
/// Sendable, because only the one task that counts uses it until that has ended.
private final class Readings: @unchecked Sendable {
  private let calls: Int
  private let before: UnsafeMutablePointer<pgp_counts>
  private let after: UnsafeMutablePointer<pgp_counts>

  init(calls: Int) {
    self.calls = calls
    before = .allocate(capacity: calls)
    after = .allocate(capacity: calls)
    before.initialize(repeating: pgp_counts(), count: calls)
    after.initialize(repeating: pgp_counts(), count: calls)
  }

  deinit {
    before.deallocate()
    after.deallocate()
  }

  // The two differ in nothing but that one waits.

  func count(_ body: TaskBody) {
    var sum: UInt64 = 0
    for task in 0..<CountedCalls.warmUps { sum ^= body(task) }
    pgp_count(1)
    for call in 0..<calls {
      pgp_read_counts(before + call)
      sum ^= body(CountedCalls.warmUps + call)
      pgp_read_counts(after + call)
    }
    pgp_count(0)
    withUnsafePointer(to: sum) { pgp_sink(UnsafeRawPointer($0)) }
  }

  func count(_ body: AsynchronousTaskBody) async -> UInt64 {
    var sum: UInt64 = 0
    for task in 0..<CountedCalls.warmUps { sum ^= await body(task) }
    pgp_count(1)
    for call in 0..<calls {
      pgp_read_counts(before + call)
      sum ^= await body(CountedCalls.warmUps + call)
      pgp_read_counts(after + call)
    }
    pgp_count(0)
    return sum
  }

  /// What each call was counted to do.
  var counts: [pgp_counts] {
    (0..<calls).map { after[$0].combined(with: before[$0]) { $0 - $1 } }
  }
}

extension pgp_counts {
  /// Both numbers of each counter, combined.
  fileprivate func combined(
    with other: pgp_counts, _ combine: (UInt64, UInt64) -> UInt64
  ) -> pgp_counts {
    pgp_counts(
      allocations: combine(allocations, other.allocations), bytes: combine(bytes, other.bytes),
      retains: combine(retains, other.retains), releases: combine(releases, other.releases))
  }

  /// What is more than the least of these calls, which do nothing.
  fileprivate func without(_ empty: [pgp_counts]) -> pgp_counts {
    let own = empty.reduce(empty.first ?? pgp_counts()) { $0.combined(with: $1, min) }
    return combined(with: own) { $0 - min($0, $1) }
  }
}
