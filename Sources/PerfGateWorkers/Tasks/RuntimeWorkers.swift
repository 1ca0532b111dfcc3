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

/// The workers of an executor whose threads belong to a runtime: Dispatch's, or those of Swift's
/// concurrency. A worker is a seat, which a thread takes for a task or for a round.
///
/// Such threads cannot be pinned one by one, because the runtime chooses which of them goes on. Each
/// that takes part is confined to the CPUs of the round's workers, and freed at its end.
///
/// It is never deallocated, only given back and used again: a thread of the runtime may still refer
/// to its seat.
///
/// `@unchecked Sendable`: seats are atomic, or written by the thread that has taken them; the rest is
/// read and written under the lock, or between rounds.
final class RuntimeWorkers: @unchecked Sendable {
  private struct Thread {
    var id: Int32
    /// Its CPU time when it took part first, in ns.
    var cpu: UInt64
    /// How long it had waited for CPUs until then, in seconds.
    var delay: Double
    /// Whether it was confined.
    var isConfined: Bool
  }

  /// A seat's words, on cache lines of its own.
  private struct Seat {
    let task: UnsafeMutablePointer<Atomic<Int>>
    let thread: UnsafeMutablePointer<Atomic<Int32>>
    let done: UnsafeMutablePointer<Int>
    let context: UnsafeMutablePointer<pgp_worker_context>

    init(_ memory: UnsafeMutableRawPointer) {
      task = memory.bindMemory(to: Atomic<Int>.self, capacity: 1)
      thread = (memory + 8).bindMemory(to: Atomic<Int32>.self, capacity: 1)
      done = (memory + 16).bindMemory(to: Int.self, capacity: 1)
      context = (memory + 24).bindMemory(to: pgp_worker_context.self, capacity: 1)
    }
  }

  private static let maskWords = 128
  private static let seatBits: Int64 = 11
  private static let rounds = Atomic<Int64>(1)
  private static let idleLock = WordLock()
  /// `nonisolated(unsafe)`: only read and written under `idleLock`.
  private nonisolated(unsafe) static var idle: [RuntimeWorkers] = []

  private let capacity: Int
  private let table: [Seat]
  private let lock = WordLock()
  private var free: [Int] = []
  private var threads: [Thread] = []
  /// How long each thread of the last round waited for its CPU; empty if there were more threads than
  /// CPUs.
  private(set) var runDelays: [RunDelay] = []
  private var workers = 0
  /// The CPUs of the round's workers; empty: none are given.
  private var cpus: [UInt64] = []
  /// The CPUs that threads may use otherwise.
  private var allowed: [UInt64] = []
  /// Which round it is, among those of all executors: a thread's mark tells whether it takes part.
  private var round: Int64 = 0

  private init(capacity: Int) {
    self.capacity = capacity
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * lineBytes, alignment: lineBytes)
    table = (0..<capacity).map { Seat(memory + $0 * lineBytes) }
    for seat in table {
      seat.task.initialize(to: Atomic(-1))
      seat.thread.initialize(to: Atomic(0))
      seat.done.initialize(to: 0)
      seat.context.initialize(
        to: pgp_worker_context(
          worker: -1, task: UnsafePointer(OpaquePointer(seat.task)), label: nil))
    }
  }

  /// Workers for one executor; unused ones if there are any.
  static func take(_ count: Int) -> RuntimeWorkers {
    idleLock.lock()
    defer { idleLock.unlock() }
    if let index = idle.firstIndex(where: { $0.capacity >= count }) {
      return idle.remove(at: index)
    }
    return RuntimeWorkers(capacity: max(count, 16))
  }

  /// Lets other executors use it. Not after a failed round, whose threads may still run.
  func giveBack() {
    Self.idleLock.lock()
    Self.idle.append(self)
    Self.idleLock.unlock()
  }

  /// Prepares a round.
  func begin(slots: ArraySlice<WorkerSlot>, label: SharedLabel) {
    workers = slots.count
    threads = []
    runDelays = []
    free = Array((0..<workers).reversed())
    round = Self.rounds.add(1, ordering: .relaxed).newValue
    cpus = []
    let numbers = slots.compactMap(\.cpu)
    if numbers.count == workers {
      // What the main thread may use, every new thread may.
      allowed = Array(repeating: 0, count: Self.maskWords)
      let words = Int(pgp_get_affinity(pgp_process_id(), &allowed, allowed.count))
      allowed.removeLast(allowed.count - max(0, words))
      cpus = Array(repeating: 0, count: allowed.count)
      for cpu in numbers where cpu / 64 < cpus.count { cpus[cpu / 64] |= 1 << UInt64(cpu % 64) }
    }
    for worker in 0..<workers {
      let seat = table[worker]
      seat.done.pointee = 0
      seat.context.pointee.worker = Int64(worker)
      seat.context.pointee.label = UnsafePointer(label.pointer)
    }
  }

  /// Ends a round whose tasks have all ended.
  ///
  /// - Parameter seconds: how long it took.
  /// - Returns: one entry for each seat that was taken; each has an equal share of the CPU time.
  func end(seconds: Double) -> [WorkerRound] {
    lock.lock()
    defer { lock.unlock() }
    var cpu: UInt64 = 0
    // More threads than CPUs wait for each other, which is the runtime's own cost.
    let haveCPUs = cpus.isEmpty || threads.count <= cpus.reduce(0) { $0 + $1.nonzeroBitCount }
    for thread in threads {
      if haveCPUs {
        let delay = runDelay(thread.id) - thread.delay
        runDelays.append(RunDelay(thread: thread.id, seconds: max(0, delay)))
      }
      let now = pgp_cpu_ns_of_thread(thread.id)
      if now > thread.cpu { cpu += now - thread.cpu }
      if thread.isConfined { _ = pgp_set_affinity(thread.id, allowed, allowed.count) }
    }
    let active = (0..<workers).filter { table[$0].done.pointee > 0 }
    let share = Double(cpu) * 1e-9 / Double(max(1, active.count))
    let rounds = active.map { worker in
      WorkerRound(
        tasks: table[worker].done.pointee, cpuSeconds: share, wallSeconds: seconds, waits: -1,
        cpuBefore: -1, cpuAfter: -1)
    }
    for worker in 0..<workers {
      table[worker].context.pointee.worker = -1
      table[worker].context.pointee.label = nil
      table[worker].thread.pointee.store(0, ordering: .relaxed)
    }
    return rounds
  }

  /// What the workers do. Between tasks a thread is the runtime's, which may end it: Dispatch does after
  /// five seconds without work.
  var seats: [WorkerSeat] {
    (0..<workers).map { worker in
      let task = table[worker].task.pointee.load(ordering: .relaxed)
      let thread = table[worker].thread.pointee.load(ordering: .relaxed)
      return WorkerSeat(worker: worker, task: task, threadID: task >= 0 ? thread : 0)
    }
  }

  /// Runs a task in a seat that the calling thread keeps for the round.
  func run(_ task: Int, in body: TaskBody) -> UInt64 {
    let seat = ownSeat()
    seat.task.pointee.store(task, ordering: .relaxed)
    let result = body(task)
    seat.task.pointee.store(-1, ordering: .relaxed)
    seat.done.pointee += 1
    return result
  }

  /// Runs a task in any free seat.
  func run(
    _ task: Int, in body: @Sendable (_ task: Int) async -> UInt64
  ) async -> UInt64 {
    let worker = takeSeat(task)
    let result = await body(task)
    leaveSeat(worker)
    return result
  }

  /// Takes a seat for one task.
  func takeSeat(_ task: Int) -> Int {
    if pgp_thread_mark() >> Self.seatBits != round { join(nil) }
    lock.lock()
    // More tasks at a time than workers cannot be: the executor bounds them.
    let worker = free.removeLast()
    lock.unlock()
    let seat = table[worker]
    seat.thread.pointee.store(pgp_known_thread_id(), ordering: .relaxed)
    seat.task.pointee.store(task, ordering: .relaxed)
    pgp_switch_worker_context(seat.context)
    return worker
  }

  /// Leaves the seat after its task.
  func leaveSeat(_ worker: Int) {
    let seat = table[worker]
    seat.task.pointee.store(-1, ordering: .relaxed)
    seat.thread.pointee.store(0, ordering: .relaxed)
    seat.done.pointee += 1
    pgp_switch_worker_context(nil)
    lock.lock()
    free.append(worker)
    lock.unlock()
  }

  private func ownSeat() -> Seat {
    let mark = pgp_thread_mark()
    if mark >> Self.seatBits == round { return table[Int(mark & (1 << Self.seatBits - 1)) - 1] }
    lock.lock()
    let worker = free.removeLast()
    lock.unlock()
    join(worker)
    let seat = table[worker]
    seat.thread.pointee.store(pgp_known_thread_id(), ordering: .relaxed)
    return seat
  }

  /// The calling thread takes part in the round from now on.
  private func join(_ worker: Int?) {
    pgp_set_thread_mark(round << Self.seatBits | Int64((worker ?? -1) + 1))
    // Also gives the thread a signal stack where it has none.
    pgp_set_worker_context(table[worker ?? 0].context)
    let id = pgp_known_thread_id()
    var thread = Thread(
      id: id, cpu: pgp_thread_cpu_ns(), delay: runDelay(id), isConfined: false)
    if !cpus.isEmpty { thread.isConfined = pgp_set_own_affinity(cpus, cpus.count) == 0 }
    lock.lock()
    threads.append(thread)
    lock.unlock()
  }
}
