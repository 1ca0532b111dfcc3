import PerfGateMachine
import Synchronization

/// Two neighboring cache lines, which the prefetcher of common CPUs fetches as one.
let lineBytes = 128

/// Atomic words that many threads share, each on its own cache lines.
///
/// `@unchecked Sendable`: the pointers never change, and what they point to is atomic.
final class SharedWords: @unchecked Sendable {
  private let memory: UnsafeMutableRawPointer
  /// The number of rounds that were posted; workers sleep on it.
  let posted: UnsafeMutablePointer<Atomic<UInt32>>
  /// How many workers have arrived at the start barrier.
  let arrived: UnsafeMutablePointer<Atomic<Int>>
  /// The last round whose barrier was released; workers spin or sleep on it.
  let released: UnsafeMutablePointer<Atomic<UInt32>>
  /// When the barrier was released, in ns of the monotonic clock.
  let releaseTime: UnsafeMutablePointer<Atomic<UInt64>>
  /// How many tasks are not handed out yet.
  let left: UnsafeMutablePointer<Atomic<Int>>
  /// How many workers have not ended the round yet.
  let running: UnsafeMutablePointer<Atomic<Int>>
  /// The last round that ended; the caller sleeps on it.
  let ended: UnsafeMutablePointer<Atomic<UInt32>>
  /// A ``Stop``, as a number.
  let stop: UnsafeMutablePointer<Atomic<Int>>
  /// How many threads are ready or have failed to start.
  let ready: UnsafeMutablePointer<Atomic<UInt32>>
  /// The CPU time of the program when the barrier was released, in ns, where that is asked for.
  let programAtRelease: UnsafeMutablePointer<Atomic<UInt64>>
  /// The same when the last worker has ended the round.
  let programAtEnd: UnsafeMutablePointer<Atomic<UInt64>>

  init() {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: 11 * lineBytes, alignment: lineBytes)
    func word<Value>(
      _ line: Int, _ value: consuming Atomic<Value>
    ) -> UnsafeMutablePointer<Atomic<Value>> {
      let pointer = (memory + line * lineBytes).bindMemory(to: Atomic<Value>.self, capacity: 1)
      pointer.initialize(to: value)
      return pointer
    }
    self.memory = memory
    posted = word(0, Atomic(0))
    arrived = word(1, Atomic(0))
    released = word(2, Atomic(0))
    releaseTime = word(3, Atomic(0))
    left = word(4, Atomic(0))
    running = word(5, Atomic(0))
    ended = word(6, Atomic(0))
    stop = word(7, Atomic(0))
    ready = word(8, Atomic(0))
    programAtRelease = word(9, Atomic(0))
    programAtEnd = word(10, Atomic(0))
  }

  deinit { memory.deallocate() }
}

/// Whether workers run or stop.
enum Stop {
  /// Workers run.
  static let never = 0
  /// Workers begin no further task of this round.
  static let tasks = 1
  /// Threads end at the next posted round.
  static let threads = 2
}

/// The results of one worker's tasks in the last round, in the worker's own pages.
///
/// It is a sequence of blocks: first task, number of tasks, then a word for each result. Only its worker
/// writes it, during a round; only the pool's caller reads it, between rounds.
struct ResultLog {
  private(set) var buffer: NodeBuffer?
  private(set) var words: UnsafeMutablePointer<UInt64>?
  private var capacity = 0
  var count = 0

  /// Makes room for the worst case of a round: this worker does every task, in blocks of one.
  ///
  /// The calling thread, which is the pinned worker, touches the pages that it is likely to need.
  ///
  /// - Returns: `false` when there is no memory.
  mutating func prepare(tasks: Int, workers: Int, target: MemoryTarget) -> Bool {
    count = 0
    let needed = 3 * tasks
    if needed > capacity {
      release()
      let bytes = needed * MemoryLayout<UInt64>.stride
      // If the node is refused, the first touch of the pinned worker decides.
      guard
        let buffer = (try? NodeBuffer(byteCount: bytes, target: target))
          ?? (try? NodeBuffer(byteCount: bytes, target: .firstTouch))
      else { return false }
      let words = buffer.base.bindMemory(to: UInt64.self, capacity: needed)
      (self.buffer, self.words, capacity) = (buffer, words, needed)
      let likely = min(needed, 2 * tasks / workers + 4096)
      for index in stride(from: 0, to: likely, by: 512) { words[index] = 0 }
    }
    return true
  }

  mutating func release() {
    buffer = nil
    words = nil
    capacity = 0
  }

  func forEachBlock(_ visit: (Int, UnsafeBufferPointer<UInt64>) -> Void) {
    guard let words else { return }
    var index = 0
    while index < count {
      let first = Int(words[index])
      let tasks = Int(words[index + 1])
      visit(first, UnsafeBufferPointer(start: words + index + 2, count: tasks))
      index += 2 + tasks
    }
  }
}
