import CPerfGateSystem
import Synchronization

/// A lock of one word, for a few instructions at a time: a waiting thread spins for a moment, then
/// sleeps.
final class WordLock: Sendable {
  private enum State {
    static let free: UInt32 = 0
    static let held: UInt32 = 1
    /// Held, and threads may sleep on it.
    static let awaited: UInt32 = 2
  }

  private static let spins = 200
  /// `nonisolated(unsafe)`: the pointer never changes, and what it points to is atomic.
  private nonisolated(unsafe) let word: UnsafeMutablePointer<Atomic<UInt32>>
  /// Room for 112 bytes that the lock protects, on its own cache lines: whoever gets the lock then
  /// needs no other.
  ///
  /// `nonisolated(unsafe)`: the pointer never changes, and only the holder of the lock uses it.
  nonisolated(unsafe) let protected: UnsafeMutableRawPointer

  init() {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: lineBytes, alignment: lineBytes)
    protected = memory + 16
    word = memory.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
    word.initialize(to: Atomic(State.free))
  }

  deinit { UnsafeMutableRawPointer(word).deallocate() }

  @inline(__always)
  func lock() {
    let (taken, _) = word.pointee.compareExchange(
      expected: State.free, desired: State.held, ordering: .acquiring)
    if !taken { wait() }
  }

  @inline(__always)
  func unlock() {
    if word.pointee.exchange(State.free, ordering: .releasing) == State.awaited {
      pgp_futex_wake_all(word)
    }
  }

  @inline(never)
  private func wait() {
    for _ in 0..<Self.spins {
      pgp_relax()
      guard word.pointee.load(ordering: .relaxed) == State.free else { continue }
      if word.pointee.compareExchange(
        expected: State.free, desired: State.held, ordering: .acquiring
      ).exchanged {
        return
      }
    }
    while word.pointee.exchange(State.awaited, ordering: .acquiring) != State.free {
      pgp_futex_wait(word, State.awaited, 100_000_000)
    }
  }
}
