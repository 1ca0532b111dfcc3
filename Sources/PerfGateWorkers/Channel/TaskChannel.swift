import CPerfGateSystem
import Synchronization

/// The numbers of a round's tasks in a bounded channel, as in a program in Go: a producer sends 0, 1,
/// … and closes it, and workers receive until it is closed.
///
/// A sender waits until a receiver or the buffer has room for its value; with capacity 0 a value goes
/// from hand to hand. The producer is no thread, but, like a goroutine, code that is resumed where it
/// last waited, by the receiver that finds nothing: a thread of its own would share a CPU with a
/// worker and cost a switch for each message.
///
/// `@unchecked Sendable`: all variables are read and written under the lock; a receiver's seat is
/// atomic.
final class TaskChannel: @unchecked Sendable {
  /// What the producer does: below 0 one of these, otherwise it waits until someone takes this value.
  private enum Producer {
    /// It can go on.
    static let ready = -1
    /// It is being run by a worker.
    static let running = -2
    /// It has closed the channel.
    static let ended = -3
  }

  /// What changes with each message.
  private struct State {
    var producer = Producer.ready
    /// The next value that the producer sends.
    var next = 0
    /// The place of the first buffered value.
    var first = 0
    /// How many values are buffered.
    var count = 0
    /// The place of the first waiting worker.
    var firstReceiver = 0
    /// How many workers wait for a value.
    var receivers = 0
  }

  private static let spins = 2000
  /// What a seat holds while its receiver waits.
  private static let nothing = -1
  /// What a receiver gets from a closed channel.
  private static let end = -2

  private let lock = WordLock()
  private let tasks: Int
  private let capacity: Int
  private let stop: UnsafeMutablePointer<Atomic<Int>>
  private let workers: Int
  private let state: UnsafeMutablePointer<State>
  /// The buffered values, a ring.
  private let buffer: UnsafeMutablePointer<Int>
  /// The workers that wait for a value, a ring.
  private let waiting: UnsafeMutablePointer<Int>
  /// Where a waiting worker gets its value, each on its own cache lines; threads sleep on the second
  /// word.
  private let seats: UnsafeMutableRawPointer

  /// - Parameter stop: a ``Stop``: a receiver gets no value any more once it is set.
  init(
    tasks: Int, capacity: Int, workers: Int, stop: UnsafeMutablePointer<Atomic<Int>>
  ) {
    self.tasks = tasks
    self.capacity = capacity
    self.stop = stop
    self.workers = workers
    state = lock.protected.bindMemory(to: State.self, capacity: 1)
    state.initialize(to: State())
    buffer = .allocate(capacity: max(1, capacity))
    buffer.initialize(repeating: 0, count: max(1, capacity))
    waiting = .allocate(capacity: workers)
    waiting.initialize(repeating: 0, count: workers)
    seats = .allocate(byteCount: workers * lineBytes, alignment: lineBytes)
    for worker in 0..<workers {
      (seats + worker * lineBytes).bindMemory(to: Atomic<Int>.self, capacity: 1)
        .initialize(to: Atomic(Self.nothing))
      (seats + worker * lineBytes + MemoryLayout<Int>.stride)
        .bindMemory(to: Atomic<UInt32>.self, capacity: 1).initialize(to: Atomic(0))
    }
  }

  deinit {
    buffer.deallocate()
    waiting.deallocate()
    seats.deallocate()
  }

  /// The next task; `nil` if the channel is closed or the round is stopped.
  func receive(worker: Int) -> Int? {
    lock.lock()
    let producer = state.pointee.producer
    if state.pointee.count > 0 {
      let value = takeBuffered()
      if producer >= 0 {
        append(producer)
        state.pointee.producer = Producer.ready
      }
      lock.unlock()
      return value
    }
    if producer >= 0 {
      state.pointee.producer = Producer.ready
      lock.unlock()
      return producer
    }
    if producer == Producer.ended {
      lock.unlock()
      return nil
    }
    enqueue(worker)
    if producer == Producer.ready { state.pointee.producer = Producer.running }
    lock.unlock()
    if producer == Producer.ready { resumeProducer() }
    let value = valueInSeat(of: worker)
    return value >= 0 ? value : nil
  }

  /// The producer's code, from where it last waited to where it waits again.
  private func resumeProducer() {
    // Nobody else touches it while the producer runs.
    while state.pointee.next < tasks {
      let value = state.pointee.next
      state.pointee.next = value + 1
      guard send(value) else { return }
    }
    close()
  }

  /// - Returns: whether someone has taken the value; otherwise the producer waits.
  private func send(_ value: Int) -> Bool {
    lock.lock()
    if state.pointee.receivers > 0 {
      let worker = takeReceiver()
      lock.unlock()
      deliver(value, to: worker)
      return true
    }
    let isBuffered = state.pointee.count < capacity
    if isBuffered { append(value) } else { state.pointee.producer = value }
    lock.unlock()
    return isBuffered
  }

  private func close() {
    lock.lock()
    state.pointee.producer = Producer.ended
    while state.pointee.receivers > 0 { deliver(Self.end, to: takeReceiver()) }
    lock.unlock()
  }

  private func takeBuffered() -> Int {
    let place = state.pointee.first
    state.pointee.first = place + 1 == capacity ? 0 : place + 1
    state.pointee.count -= 1
    return buffer[place]
  }

  private func append(_ value: Int) {
    let place = state.pointee.first + state.pointee.count
    buffer[place < capacity ? place : place - capacity] = value
    state.pointee.count += 1
  }

  private func enqueue(_ worker: Int) {
    let place = state.pointee.firstReceiver + state.pointee.receivers
    waiting[place < workers ? place : place - workers] = worker
    state.pointee.receivers += 1
  }

  /// The worker that has waited longest.
  private func takeReceiver() -> Int {
    let place = state.pointee.firstReceiver
    state.pointee.firstReceiver = place + 1 == workers ? 0 : place + 1
    state.pointee.receivers -= 1
    return waiting[place]
  }

  private func deliver(_ value: Int, to worker: Int) {
    seat(of: worker).pointee.store(value, ordering: .sequentiallyConsistent)
    if sleeper(of: worker).pointee.load(ordering: .sequentiallyConsistent) != 0 {
      sleeper(of: worker).pointee.store(0, ordering: .sequentiallyConsistent)
      pgp_futex_wake_all(sleeper(of: worker))
    }
  }

  /// Waits for a value; the end if the round is stopped.
  private func valueInSeat(of worker: Int) -> Int {
    let seat = seat(of: worker)
    var spins = Self.spins
    while true {
      let value = seat.pointee.load(ordering: .acquiring)
      if value != Self.nothing {
        seat.pointee.store(Self.nothing, ordering: .relaxed)
        return value
      }
      if spins > 0 {
        spins -= 1
        pgp_relax()
        continue
      }
      if stop.pointee.load(ordering: .relaxed) != Stop.never { return Self.end }
      let sleeper = sleeper(of: worker)
      sleeper.pointee.store(1, ordering: .sequentiallyConsistent)
      if seat.pointee.load(ordering: .sequentiallyConsistent) == Self.nothing {
        pgp_futex_wait(sleeper, 1, 100_000_000)
      }
      sleeper.pointee.store(0, ordering: .relaxed)
    }
  }

  private func seat(of worker: Int) -> UnsafeMutablePointer<Atomic<Int>> {
    (seats + worker * lineBytes).assumingMemoryBound(to: Atomic<Int>.self)
  }

  /// Not 0 while the worker sleeps, or is about to.
  private func sleeper(of worker: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
    (seats + worker * lineBytes + MemoryLayout<Int>.stride)
      .assumingMemoryBound(to: Atomic<UInt32>.self)
  }
}
