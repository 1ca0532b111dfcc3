import CPerfGateSystem
import PerfGate
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Honest arithmetic: a chain of dependent steps in registers.
@inline(never) func spin(_ steps: Int) -> UInt64 { pgp_spin(UInt64(steps), 1) }

/// Kernels that are measured through the real engine. What each returns is what the reference
/// returns: that they cheat or crawl shows in time alone.
package enum Plain: Kernel {
  package static let name = "plain"
  package static let work = Work(unit: "step", growth: .linear)
  package static let variants: [Variant<Int>] = [
    Variant("a", isReference: true) { steps, _ in spin(steps) },
    Variant("b") { steps, _ in spin(steps) },
    Variant("slower") { steps, _ in
      blackHole(spin(steps / 10))
      return spin(steps)
    },
    Variant("unoptimized", isOptimized: false) { steps, _ in spin(steps) },
    Variant("discards") { steps, _ in
      // What a compiler makes of a loop whose result nobody reads, and an answer from elsewhere.
      steps == 0 ? 1 : remembered.answer(steps)
    },
    Variant("sleeps") { steps, _ in
      // A step takes about 1 ns; a fifth of that keeps the test short.
      pgp_sleep_ns(UInt64(steps / 5))
      return remembered.answer(steps)
    },
    Variant("wrong.late") { steps, task in spin(steps) ^ (task % 1000 == 999 ? 1 : 0) },
    Variant("stalls") { steps, _ in
      if stall.exchange(0, ordering: .relaxed) == 1 { pgp_sleep_ns(1_000_000_000) }
      return spin(steps)
    },
  ]

  package static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }

  /// 1: the next task of `stalls` stops for a second, and only that one.
  package static let stall = Atomic<Int>(0)
  static let remembered = Remembered()
}

/// Answers by size, each worked out once: a cheat that returns what it does not compute.
final class Remembered: Sendable {
  private let lock = Lock()
  /// `nonisolated(unsafe)`: only touched while the lock is held.
  private nonisolated(unsafe) var answers: [Int: UInt64] = [:]

  func answer(_ steps: Int) -> UInt64 {
    lock.locked {
      if let answer = answers[steps] { return answer }
      let answer = spin(steps)
      answers[steps] = answer
      return answer
    }
  }
}

/// A lock of the operating system, under which one worker waits for the other.
final class Lock: @unchecked Sendable {
  // Sendable: the pointer never changes, and a pthread mutex is made for all threads.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() { pthread_mutex_init(mutex, nil) }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func locked<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

/// The whole task behind one mutex: as many workers as one likes, one at a time.
package enum Locked: Kernel {
  package static let name = "locked"
  package static let work = Work(unit: "step", growth: .linear)
  static let lock = Lock()
  package static let variants: [Variant<Int>] = [
    Variant("free", isReference: true) { steps, _ in spin(steps) },
    Variant("locked") { steps, _ in lock.locked { spin(steps) } },
  ]

  package static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }
}

/// Workers that count in words of their own, which lie in one cache line or in many.
package enum Counting: Kernel {
  package static let name = "counting"
  package static let work = Work(unit: "count", growth: .linear)
  static let words = CounterWords()
  package static let variants: [Variant<Int>] = [
    Variant("padded", isReference: true) { steps, _ in words.count(steps, apart: 32) },
    Variant("shared") { steps, _ in words.count(steps, apart: 1) },
  ]

  package static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }
}

/// A word for each worker, so many words apart.
final class CounterWords: Sendable {
  private static let cpus = 8
  /// `nonisolated(unsafe)`: the pointer never changes, and what it points to is atomic.
  private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>

  init() {
    let bytes = Self.cpus * 32 * 8
    words = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 128)
      .bindMemory(to: Atomic<UInt64>.self, capacity: bytes / 8)
    for word in 0..<bytes / 8 { (words + word).initialize(to: Atomic(0)) }
  }

  deinit { words.deallocate() }

  /// Counts to `steps` in the word of the CPU that the caller is pinned to.
  func count(_ steps: Int, apart: Int) -> UInt64 {
    let word = words + Int(pgp_getcpu(nil)) % Self.cpus * apart
    let begin = word.pointee.load(ordering: .relaxed)
    for _ in 0..<steps { word.pointee.add(1, ordering: .relaxed) }
    return word.pointee.load(ordering: .relaxed) &- begin
  }
}

/// A kernel whose size is given, so that the number of tasks is found.
package enum Fixed: Kernel {
  package static let name = "fixed"
  package static let work = Work(unit: "step", growth: .linear, defaultSize: 20_000)
  package static let variants: [Variant<Int>] = [
    Variant("a", isReference: true) { steps, _ in spin(steps) },
    Variant("b") { steps, _ in spin(steps) },
  ]

  package static func makeInput(size: Int, seed: UInt64) -> Int { max(0, size) }
}
