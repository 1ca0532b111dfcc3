import CPerfGateSystem

/// Calls of code, each with what it asked of the allocator and the runtime, or with the instructions
/// that it took, on all threads.
package enum CountedCalls {
  /// What is counted: not both at once, because counting the one takes instructions.
  package enum What: Hashable, Sendable {
    /// Allocations, retains and releases.
    case requests
    /// Instructions in user mode.
    case instructions
  }

  /// Calls that come first and are not counted: they fill caches and start what is started once.
  package static let warmUps = 2

  /// Runs `body` on the calling thread, for tasks 0 to `calls + warmUps - 1`, and counts all but the
  /// first.
  ///
  /// What counting and calling themselves ask for, which is nothing in optimized code, is counted of a
  /// body that does nothing, and subtracted.
  ///
  /// - Parameters:
  ///   - what: what is counted.
  ///   - calls: how many are counted, from 1.
  ///   - empty: does nothing; made like `body`.
  /// - Returns: what each call was counted to do; `nil` if it could not be counted.
  package static func run(
    _ what: What, calls: Int, empty: TaskBody, _ body: TaskBody
  ) -> [pgp_counts]? {
    guard let own = count(what, calls: calls, empty),
      let counts = count(what, calls: calls, body)
    else { return nil }
    return counts.map { $0.without(own) }
  }

  /// The same for asynchronous code, whose calls follow one another in one task.
  ///
  /// - Parameter perform: runs a task to its end.
  package static func run<Failure: Error>(
    _ what: What, calls: Int, empty: @escaping AsynchronousTaskBody,
    asynchronous body: @escaping AsynchronousTaskBody,
    _ perform: (@escaping AsynchronousTaskBody) throws(Failure) -> Void
  ) throws(Failure) -> [pgp_counts]? {
    func count(_ body: @escaping AsynchronousTaskBody) throws(Failure) -> [pgp_counts]? {
      let readings = Readings(what, calls: calls)
      try perform { _ in await readings.count(body) }
      return readings.counts
    }
    guard let own = try count(empty), let counts = try count(body) else { return nil }
    return counts.map { $0.without(own) }
  }

  @inline(never)
  private static func count(
    _ what: What, calls: Int, _ body: TaskBody
  ) -> [pgp_counts]? {
    let readings = Readings(what, calls: calls)
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
  private let what: CountedCalls.What
  private let calls: Int
  /// Whether counting has begun as it must.
  private var hasBegun = false
  private let before: UnsafeMutablePointer<pgp_counts>
  private let after: UnsafeMutablePointer<pgp_counts>

  init(_ what: CountedCalls.What, calls: Int) {
    self.what = what
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

  private func begin() {
    switch what {
    case .requests:
      pgp_count(1)
      hasBegun = true
    case .instructions: hasBegun = pgp_count_instructions(1) == 0
    }
  }

  private func end() {
    switch what {
    case .requests: pgp_count(0)
    case .instructions: _ = pgp_count_instructions(0)
    }
  }

  private func read(_ counts: UnsafeMutablePointer<pgp_counts>) {
    switch what {
    case .requests: pgp_read_counts(counts)
    case .instructions: counts.pointee.instructions = pgp_read_instructions()
    }
  }

  // The two differ in nothing but that one waits.

  func count(_ body: TaskBody) {
    var sum: UInt64 = 0
    for task in 0..<CountedCalls.warmUps { sum ^= body(task) }
    begin()
    for call in 0..<calls {
      read(before + call)
      sum ^= body(CountedCalls.warmUps + call)
      read(after + call)
    }
    end()
    withUnsafePointer(to: sum) { pgp_sink(UnsafeRawPointer($0)) }
  }

  func count(_ body: AsynchronousTaskBody) async -> UInt64 {
    var sum: UInt64 = 0
    for task in 0..<CountedCalls.warmUps { sum ^= await body(task) }
    begin()
    for call in 0..<calls {
      read(before + call)
      sum ^= await body(CountedCalls.warmUps + call)
      read(after + call)
    }
    end()
    return sum
  }

  /// What each call was counted to do; `nil` if it could not be counted.
  var counts: [pgp_counts]? {
    let isRead = (0..<calls).allSatisfy {
      before[$0].instructions != .max && after[$0].instructions != .max
    }
    guard hasBegun, isRead else { return nil }
    return (0..<calls).map { after[$0].combined(with: before[$0]) { $0 - min($0, $1) } }
  }
}

extension pgp_counts {
  /// Both numbers of each counter, combined.
  fileprivate func combined(
    with other: pgp_counts, _ combine: (UInt64, UInt64) -> UInt64
  ) -> pgp_counts {
    pgp_counts(
      allocations: combine(allocations, other.allocations), bytes: combine(bytes, other.bytes),
      retains: combine(retains, other.retains), releases: combine(releases, other.releases),
      instructions: combine(instructions, other.instructions))
  }

  /// What is more than the least of these calls, which do nothing.
  fileprivate func without(_ empty: [pgp_counts]) -> pgp_counts {
    let own = empty.reduce(empty.first ?? pgp_counts()) { $0.combined(with: $1, min) }
    return combined(with: own) { $0 - min($0, $1) }
  }
}
