import CPerfGateSystem

/// Calls of code, each with what it asked of the allocator and the runtime, on all threads.
package enum CountedCalls {
  /// Calls that come first and are not counted: they fill caches and start what is started once.
  package static let warmUps = 2

  /// Runs `body` on the calling thread, for tasks 0 to `calls + warmUps - 1`, and counts all but the
  /// first.
  ///
  /// What counting itself asks for, which is nothing, is measured with a body that does nothing, and
  /// subtracted.
  ///
  /// - Parameters:
  ///   - counters: those of this program.
  ///   - calls: how many are counted, from 1.
  package static func run(
    _ counters: UnsafePointer<pgp_counter_functions>, calls: Int, _ body: TaskBody
  ) -> [pgp_counts] {
    let empty = count(counters, calls: calls) { UInt64(truncatingIfNeeded: $0) }
    let own = empty.reduce(empty[0]) { $0.combined(with: $1, min) }
    return count(counters, calls: calls, body).map { $0.combined(with: own) { $0 - min($0, $1) } }
  }

  @inline(never)
  private static func count(
    _ counters: UnsafePointer<pgp_counter_functions>, calls: Int, _ body: TaskBody
  ) -> [pgp_counts] {
    let read = counters.pointee.read
    var before = [pgp_counts](repeating: pgp_counts(), count: calls)
    var after = before
    var sum: UInt64 = 0
    for task in 0..<warmUps { sum ^= body(task) }
    before.withUnsafeMutableBufferPointer { before in
      after.withUnsafeMutableBufferPointer { after in
        guard let before = before.baseAddress, let after = after.baseAddress else { return }
        counters.pointee.count(1)
        for call in 0..<calls {
          read(before + call)
          sum ^= body(warmUps + call)
          read(after + call)
        }
        counters.pointee.count(0)
      }
    }
    withUnsafePointer(to: sum) { pgp_sink(UnsafeRawPointer($0)) }
    return zip(after, before).map { $0.combined(with: $1) { $0 - $1 } }
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
}
