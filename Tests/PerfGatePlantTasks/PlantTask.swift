import CPerfGateSystem
import CPerfGateTestPlants
import Foundation
import PerfGateMachine
import PerfGateWorkers

/// The tasks that tests of executors run: by their names, so that another process finds them too.
///
/// Each has a number of its own, from the round: its size.
package enum PlantTask: String, CaseIterable, Sendable {
  /// Counts its call, and returns a square.
  case square
  /// Returns its number plus that of the round.
  case plus
  /// Returns the number of the round.
  case constant
  /// Is inside for half a millisecond.
  case inside
  /// Computes for 2 ms.
  case busy
  /// Counts its call, and sleeps for so many microseconds.
  case nap
  /// The task of the round's number sleeps for a quarter of an hour.
  case sleeping
  /// The task of the round's number waits until the board is open.
  case waiting
  /// The task of the round's number sends SIGTERM to the process of the test; all sleep for 1 ms.
  case signalling
  /// Returns 1 if its thread may only be on CPUs of the board; the round's number is 1 if on one only.
  case placed
  /// Returns the number of its thread.
  case thread
  /// The task of the round's number ends its thread through the C library.
  case exiting
  /// The same behind its back.
  case vanishing
  /// The task of the round's number writes to nowhere.
  case crashing
  /// The task of the round's number is killed.
  case killed
  /// The task of the round's number stops its process.
  case stopped
  /// Writes a megabyte to standard error.
  case loud
  /// Starts a process that holds all open descriptors, then the task of the round's number is killed.
  case leaving
  /// Takes as many milliseconds as the round's number for getting its input ready, in another process.
  case prepared
  /// Is sent bytes, which are copied, and returns a checksum of them.
  case copied
  /// The same in shared memory.
  case mapped

  /// The work of a task.
  ///
  /// - Parameters:
  ///   - number: the number of the round.
  ///   - board: what it tells the test on.
  package func body(_ number: Int, _ board: Board) -> TaskBody {
    switch self {
    case .square:
      return { task in
        board.count(task)
        return UInt64(task) &* UInt64(task) &+ 1
      }
    case .plus: return { UInt64($0 + number) }
    case .constant: return { _ in UInt64(number) }
    case .inside:
      return { _ in
        board.enter()
        usleep(500)
        board.leave()
        return 0
      }
    case .busy:
      return { _ in
        let begin = ContinuousClock.now
        while ContinuousClock.now - begin < .milliseconds(2) {}
        return 0
      }
    case .nap:
      return { task in
        board.count(task)
        usleep(UInt32(number))
        return 0
      }
    case .sleeping: return one(number) { sleep(900) }
    case .waiting: return one(number) { while !board.isOpen { usleep(1000) } }
    case .signalling:
      return { task in
        if task == number { kill(board.owner, SIGTERM) }
        usleep(1000)
        return 0
      }
    case .placed:
      return { _ in
        guard let mask = try? ThreadPinning.currentMask() else { return 0 }
        return board.cpus.isSuperset(of: mask) && (mask.count == 1 || number == 0) ? 1 : 0
      }
    case .thread: return { _ in UInt64(ThreadPinning.currentThreadID()) }
    case .exiting: return one(number) { pgt_exit_thread() }
    case .vanishing: return one(number) { pgt_exit_thread_by_system_call() }
    case .crashing: return one(number) { pgt_write_to_null() }
    case .killed: return one(number) { kill(getpid(), SIGKILL) }
    case .stopped: return one(number) { kill(getpid(), SIGSTOP) }
    case .loud:
      return { _ in
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        var done = 0
        while done < bytes.count {
          done += max(0, bytes[done...].withUnsafeBytes { write(2, $0.baseAddress, $0.count) })
        }
        return 1
      }
    case .leaving:
      return one(number) {
        pgt_fork_sleepers(1)
        kill(getpid(), SIGKILL)
      }
    case .copied, .mapped, .prepared: return { _ in 0 }
    }
  }

  private func one(_ number: Int, _ act: @escaping @Sendable () -> Void) -> TaskBody {
    { task in
      if task == number { act() }
      return 0
    }
  }

  /// What another process does with a message.
  private var receiver: MessageReceiver? {
    switch self {
    case .copied:
      .serialized { count, fill in
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        defer { memory.deallocate() }
        fill(memory)
        return Self.sum(UnsafeRawBufferPointer(memory))
      }
    case .mapped: .shared { Self.sum($0) }
    default: nil
    }
  }

  /// A checksum that depends on each byte and its place.
  package static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  // MARK: - Rounds

  /// The tasks of a round.
  package func batch(
    _ board: Board, number: Int = 0, tasks: Int, workers: Int, label: String = "made-up",
    timeout: Double = 600, bytes: [UInt8]? = nil
  ) -> TaskBatch {
    var batch = TaskBatch(
      tasks: tasks, workers: workers, label: label, timeout: timeout, body: body(number, board))
    batch.origin = TaskOrigin(
      kernel: rawValue, variant: board.path, size: bytes?.count ?? number, seed: 0)
    if let bytes {
      batch.message = TaskMessage(self == .mapped ? .shared : .serialized, count: bytes.count) {
        body in bytes.withUnsafeBytes { body($0) }
      }
    }
    return batch
  }

  /// The code of a task in another process.
  package static func code(_ origin: TaskOrigin) throws -> WorkerCode {
    guard let task = PlantTask(rawValue: origin.kernel) else {
      throw PlantError(description: "there is no task \(origin.kernel)")
    }
    guard let board = Board(path: origin.variant) else {
      throw PlantError(description: "there is no board \(origin.variant)")
    }
    if let receiver = task.receiver {
      return WorkerCode(receiver: receiver, mostBytes: origin.size)
    }
    if task == .prepared { usleep(UInt32(origin.size) * 1000) }
    return WorkerCode(run: task.body(origin.size, board))
  }

  /// The program whose processes run these tasks.
  ///
  /// - Parameters:
  ///   - mode: what its processes do.
  ///   - mark: an argument by which a test finds them.
  package static func program(
    _ mode: String = "worker", mark: String = "-", startTimeout: Double = 30
  ) -> WorkerProgram {
    let own = URL(fileURLWithPath: OwnProgram.path ?? CommandLine.arguments[0])
    return WorkerProgram(
      path: own.deletingLastPathComponent().appendingPathComponent("PerfGateWorkerPlant").path,
      arguments: [mode, mark],
      environment: ProcessInfo.processInfo.environment, startTimeout: startTimeout)
  }
}

/// Why a plant cannot do what it is asked for.
package struct PlantError: Error, CustomStringConvertible {
  package var description: String
}
