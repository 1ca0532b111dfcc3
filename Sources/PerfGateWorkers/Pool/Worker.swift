import CPerfGateSystem
import PerfGateMachine
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the workers of a round do.
struct Job {
  var tasks: Int
  var workers: Int
  var spins: Bool
  var kind: Kind
  var label: SharedLabel
  /// Whether the first and the last moment of the round are also read on the program's CPU clock.
  var countsProgram = false
  /// The seats of the workers if others than the threads of the pool run the tasks.
  var seats: (@Sendable () -> [WorkerSeat])?
  /// How many results each thread may have to log.
  var logged: Int {
    switch kind {
    case .serve: 1
    case .tasks, .channel, .tickets, .observe: tasks
    }
  }

  enum Kind {
    /// Call the body for each task.
    case tasks(TaskBody)
    /// Observe where the thread is, at the beginning or at the end of a run.
    case observe(isEnd: Bool)
    /// Receive tasks from a channel until it is closed.
    case channel(TaskBody, TaskChannel)
    /// Call the closure with the worker's number: it tells the worker's seat what it does, and
    /// returns how many tasks that were.
    case serve(@Sendable (_ worker: Int) -> Int)
    /// Take tickets one by one and do nothing else: the cost of a shared counter.
    case tickets
  }
}

/// A posted round in one word that threads can sleep on: its number and how many workers take part.
struct Posting {
  var word: UInt32

  init(word: UInt32) { self.word = word }

  /// Only the last 20 bits of the number are kept, because a posting is only compared with the previous one.
  init(round: UInt32, workers: Int) { word = round << 12 | UInt32(workers) }

  /// Workers below this number take part.
  var workers: Int { Int(word & 0xFFF) }
}

/// A C string that lives as long as any thread may read it.
///
/// `@unchecked Sendable`: written once before it is shared.
final class SharedLabel: @unchecked Sendable {
  let text: String
  let pointer: UnsafeMutablePointer<CChar>

  init(_ text: String) {
    self.text = text
    let bytes = text.utf8CString
    pointer = .allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { pointer[index] = byte }
  }

  deinit { pointer.deallocate() }
}

/// One pinned thread of a pool.
///
/// `@unchecked Sendable`: `job` is written by the pool between rounds and read by the thread after
/// it has seen the round posted (release, acquire). Everything else is written by the thread alone
/// and read by the pool after it has seen the round ended (release, acquire).
final class Worker: @unchecked Sendable {
  let index: Int
  let slot: WorkerSlot
  let shared: SharedWords
  /// The task the thread is in, -1 between tasks; read from other threads for error messages.
  let task: UnsafeMutablePointer<Atomic<Int>>
  var job: Job?
  var log = ResultLog()
  var observation: PlacementObservation?
  private let memory: MemoryTarget
  var round = WorkerRound(
    tasks: 0, cpuSeconds: 0, wallSeconds: 0, waits: -1, cpuBefore: -1, cpuAfter: -1)
  var endTime: UInt64 = 0
  /// How many tasks have begun on the thread in this round that gave themselves to it.
  var served = 0
  var failure: WorkerError?
  var threadID: Int32 = 0
  private var seen = Posting(word: 0)
  private let context: UnsafeMutablePointer<pgp_worker_context>
  /// What is seen of the thread from outside.
  var seat: WorkerSeat {
    WorkerSeat(
      worker: index, task: task.pointee.load(ordering: .relaxed), threadID: threadID)
  }

  init(index: Int, slot: WorkerSlot, memory: MemoryTarget, shared: SharedWords) {
    self.index = index
    self.memory = memory
    self.slot = slot
    self.shared = shared
    let memory = UnsafeMutableRawPointer.allocate(byteCount: lineBytes, alignment: lineBytes)
    task = memory.bindMemory(to: Atomic<Int>.self, capacity: 1)
    task.initialize(to: Atomic(-1))
    context = .allocate(capacity: 1)
    context.initialize(
      to: pgp_worker_context(
        worker: Int64(index), task: UnsafePointer(OpaquePointer(task)), label: nil))
  }

  deinit {
    log.release()
    context.deallocate()
    UnsafeMutableRawPointer(task).deallocate()
  }

  /// The body of the thread.
  func main() {
    pgp_set_worker_context(context)
    threadID = pgp_thread_id()
    if let cpu = slot.cpu {
      do { try ThreadPinning.pin(to: cpu) } catch {
        failure = .cannotPin(
          worker: index, reason: "cannot pin worker \(index): \(error)")
      }
    }
    shared.ready.pointee.add(1, ordering: .acquiringAndReleasing)
    pgp_futex_wake_all(shared.ready)
    while true {
      waitForPost()
      if shared.stop.pointee.load(ordering: .acquiring) == Stop.threads { break }
      // A worker that does not take part must not read `job`: the pool may be writing the next one.
      guard index < seen.workers, let job else { continue }
      take(part: job)
    }
    pgp_set_worker_context(nil)
  }

  private func waitForPost() {
    var posted = shared.posted.pointee.load(ordering: .acquiring)
    while posted == seen.word {
      pgp_futex_wait(shared.posted, posted, 1_000_000_000)
      posted = shared.posted.pointee.load(ordering: .acquiring)
    }
    seen = Posting(word: posted)
  }

  private func take(part job: Job) {
    context.pointee.label = UnsafePointer(job.label.pointer)
    if case .observe(let isEnd) = job.kind { observe(isEnd: isEnd) }
    if !log.prepare(tasks: job.logged, workers: job.workers, target: memory) {
      failure = .noMemory(worker: index, tasks: job.tasks)
    }
    round.cpuBefore = ThreadPinning.currentCPU() ?? -1
    var mark = Mark.now()
    arrive(job, mark: &mark)
    switch job.kind {
    case .tasks(let body): round.tasks = run(body, of: job)
    case .channel(let body, let channel): round.tasks = run(body, from: channel)
    case .serve(let serve):
      served = 0
      round.tasks = serve(index) + served
    case .tickets: round.tasks = drawTickets()
    case .observe: round.tasks = 0
    }
    let end = Mark.now()
    endTime = end.wall
    round.wallSeconds = Double(end.wall - mark.wall) * 1e-9
    round.cpuSeconds = Double(end.cpu - mark.cpu) * 1e-9
    round.waits = mark.waits < 0 ? -1 : Int(end.waits - mark.waits)
    round.cpuAfter = ThreadPinning.currentCPU() ?? -1
    context.pointee.label = nil
    self.job = nil
    if shared.running.pointee.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
      if job.countsProgram {
        shared.programAtEnd.pointee.store(pgp_process_cpu_ns(), ordering: .relaxed)
      }
      shared.ended.pointee.store(seen.word, ordering: .releasing)
      pgp_futex_wake_all(shared.ended)
    }
  }

  /// Where the thread was from the beginning of a run to its end.
  private func observe(isEnd: Bool) {
    if isEnd {
      observation?.end(buffer: log.buffer)
    } else {
      observation = .begin(worker: index)
    }
  }

  /// The start barrier. The last worker to arrive reads the clock and releases all.
  private func arrive(_ job: Job, mark: inout Mark) {
    let arrived = shared.arrived.pointee.add(1, ordering: .acquiringAndReleasing).newValue
    if arrived == job.workers {
      if job.countsProgram {
        shared.programAtRelease.pointee.store(pgp_process_cpu_ns(), ordering: .relaxed)
      }
      shared.releaseTime.pointee.store(pgp_monotonic_ns(), ordering: .relaxed)
      shared.released.pointee.store(seen.word, ordering: .releasing)
      pgp_futex_wake_all(shared.released)
      return
    }
    // A few ms at most: a worker that is later than that has no CPU.
    var spins = job.spins ? 20_000 : 0
    while shared.released.pointee.load(ordering: .acquiring) != seen.word {
      if spins > 0 {
        spins -= 1
        pgp_relax()
      } else {
        // A worker that died before it arrived would block the others here forever.
        if shared.stop.pointee.load(ordering: .relaxed) == Stop.threads { return }
        let before = shared.released.pointee.load(ordering: .acquiring)
        if before != seen.word { pgp_futex_wait(shared.released, before, 100_000_000) }
        mark = .now()
      }
    }
  }

  /// Takes blocks of tasks until none is left. Blocks shrink; the last ones are single tasks.
  private func run(_ body: TaskBody, of job: Job) -> Int {
    guard let words = log.words else { return 0 }
    let left = shared.left
    let share = 4 * job.workers
    var count = 0
    var done = 0
    var remaining = left.pointee.load(ordering: .relaxed)
    while remaining > 0 {
      let block = max(1, remaining / share)
      let (taken, now) = left.pointee.weakCompareExchange(
        expected: remaining, desired: remaining - block, ordering: .relaxed)
      guard taken else {
        remaining = now
        continue
      }
      let first = job.tasks - remaining
      let header = count
      words[header] = UInt64(first)
      count += 2
      for index in first..<(first + block) {
        if shared.stop.pointee.load(ordering: .relaxed) != Stop.never { break }
        task.pointee.store(index, ordering: .relaxed)
        words[count] = body(index)
        count += 1
      }
      words[header + 1] = UInt64(count - header - 2)
      done += count - header - 2
      remaining = left.pointee.load(ordering: .relaxed)
    }
    task.pointee.store(-1, ordering: .relaxed)
    log.count = count
    return done
  }

  /// Receives tasks until the channel is closed. Tasks in a row share a block.
  private func run(_ body: TaskBody, from channel: TaskChannel) -> Int {
    guard let words = log.words else { return 0 }
    var count = 0
    var header = -1
    var done = 0
    while let next = channel.receive(worker: index) {
      if shared.stop.pointee.load(ordering: .relaxed) != Stop.never { break }
      if header < 0 || Int(words[header] &+ words[header + 1]) != next {
        header = count
        words[header] = UInt64(next)
        words[header + 1] = 0
        count += 2
      }
      task.pointee.store(next, ordering: .relaxed)
      words[count] = body(next)
      count += 1
      words[header + 1] &+= 1
      done += 1
    }
    task.pointee.store(-1, ordering: .relaxed)
    log.count = count
    return done
  }

  private func drawTickets() -> Int {
    let left = shared.left
    var drawn = 0
    while left.pointee.subtract(1, ordering: .relaxed).oldValue > 0 { drawn += 1 }
    return drawn
  }
}

/// A moment of the calling thread: wall time and CPU time in ns, and how often it has waited.
struct Mark {
  var wall: UInt64
  var cpu: UInt64
  var waits: Int64

  /// The wall clock is read first, so that nothing else is timed at the end of a round.
  static func now() -> Mark {
    let wall = pgp_monotonic_ns()
    return Mark(wall: wall, cpu: pgp_thread_cpu_ns(), waits: pgp_thread_waits())
  }
}

/// The place of one worker, for whoever watches it from outside.
struct WorkerSeat {
  /// The worker's number.
  var worker: Int
  /// The task it is in; below 0 between tasks.
  var task: Int
  /// The thread that does it; 0: none.
  var threadID: Int32
}
