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

/// What a round of worker processes is about.
final class ProcessRound: Sendable {
  /// The round's name, for errors.
  let label: String
  /// How long no worker may end a task, in seconds.
  let timeout: Double
  /// How long a worker may take to get the code ready, in seconds.
  let inputTimeout: Double
  /// What each task is sent; `nil`: its number alone.
  let message: TaskMessage?
  /// Memory that each task is sent; below 0: none.
  let descriptor: Int32
  /// How many tasks all workers of the round together have answered so far.
  let answers: @Sendable () -> Int
  /// The index of the worker that failed first; -1: none has.
  private let failed = Atomic<Int>(-1)

  /// The index of the worker that failed first; `nil`: none has.
  var firstFailed: Int? {
    let index = failed.load(ordering: .acquiring)
    return index < 0 ? nil : index
  }

  /// A worker fails; returns whether it is the first one.
  func fails(_ index: Int) -> Bool {
    failed.compareExchange(expected: -1, desired: index, ordering: .acquiringAndReleasing).exchanged
  }

  init(
    _ batch: TaskBatch, descriptor: Int32, answers: @escaping @Sendable () -> Int
  ) {
    label = batch.label
    timeout = batch.processBounds?.round ?? batch.timeout
    inputTimeout = batch.processBounds?.input ?? batch.timeout
    message = batch.message
    self.descriptor = descriptor
    self.answers = answers
  }
}

/// A worker process, as seen by the executor that gives it tasks.
///
/// `@unchecked Sendable`: between rounds the executor's caller uses it, in a round the thread that
/// feeds it does; the start and the end of a round order the two. Only `answers` is read by others
/// meanwhile, and it is atomic.
final class WorkerProcess: @unchecked Sendable {
  /// The worker's number.
  let worker: Int
  /// The process.
  let child: ChildProcess
  /// What went wrong; `nil`: nothing.
  private(set) var failure: WorkerError?
  /// How many tasks it has answered.
  let answers: UnsafeMutablePointer<Atomic<Int>>
  private let socket: FrameSocket
  private let buffer: UnsafeMutableRawBufferPointer
  /// The code that it has ready; `nil`: none.
  private var ready: TaskOrigin?

  /// How long an ended process's exit status may take after its socket has closed, in seconds.
  private static let endSeconds = 2.0

  /// Starts a process of a program on the CPU of a slot.
  init(_ slot: WorkerSlot, of program: WorkerProgram) throws(WorkerError) {
    worker = slot.worker
    do {
      child = try ChildProcess(
        program: program.path, name: program.nameArgument, arguments: program.arguments,
        environment: program.environment, socket: .descriptor3, cpus: slot.cpu.map { [$0] })
    } catch {
      throw Self.cannotStart(slot, error)
    }
    socket = FrameSocket(child.socket, ticks: true)
    buffer = .allocate(byteCount: FrameHeader.bytes + FrameKind.mostText, alignment: 16)
    answers = .allocate(capacity: 1)
    answers.initialize(to: Atomic(0))
  }

  private static func cannotStart(_ slot: WorkerSlot, _ error: ChildFailure) -> WorkerError {
    let worker = slot.worker
    guard case .cannotStart(let program, let number) = error else {
      return .cannotStart(worker: worker, error: error.description, limits: "")
    }
    if let cpu = slot.cpu, number == EXDEV || number == EINVAL {
      return .cannotPin(
        worker: worker,
        reason: "cannot pin worker \(worker) to cpu \(cpu): \(SystemError.text(number))")
    }
    let limits =
      number == EMFILE
      ? "the process may have \(getdtablesize()) open files (raise ulimit -n)"
      : ThreadLimits.current().text
    return .cannotStart(
      worker: worker, error: "\(program): \(SystemError.text(number))", limits: limits)
  }

  deinit {
    child.end()
    buffer.deallocate()
    answers.deallocate()
  }

  // MARK: - Before a round

  /// Waits for its first frame.
  func waitUntilStarted(atMost seconds: Double) throws(WorkerError) {
    try waitUntilReady(nil, label: "its start", atMost: seconds)
  }

  /// Asks it to get the code of a round ready.
  ///
  /// - Returns: whether ``waitUntilReady(_:label:atMost:)`` has something to wait for.
  func prepare(_ origin: TaskOrigin, label: String) throws(WorkerError) -> Bool {
    guard ready != origin else { return false }
    ready = nil
    guard let text = WorkText(origin, label: label).bytes else {
      throw .cannotPrepare(worker: worker, label: label, reason: "its names are too long")
    }
    write(FrameHeader(.work, length: UInt64(text.count), value: UInt64(worker)), text)
    do { try socket.send(prefix(FrameHeader.bytes + text.count)) { false } } catch {
      throw ended(task: nil, label)
    }
    return true
  }

  /// Waits until the code of a round is ready.
  func waitUntilReady(
    _ origin: TaskOrigin?, label: String, atMost seconds: Double
  ) throws(WorkerError) {
    let start = pgp_monotonic_ns()
    var signal: Int32 = 0
    let header = try answer(task: nil, label, payload: 0) { [child] in
      child.drain()
      signal = pgp_interrupt_signal()
      return signal == 0 && child.hasEnded == nil && Self.seconds(since: start) < seconds
    }
    guard let header else {
      if signal != 0 { throw .interrupted(signal: signal) }
      throw silent(task: nil, label, seconds: Self.seconds(since: start))
    }
    guard header.kind == .ready else {
      throw strange(task: nil, label, .unexpected(header.kind, expected: "ready"))
    }
    ready = origin
  }

  // MARK: - In a round

  /// Lets it run a task and returns the result; 0 once something has gone wrong.
  func run(_ task: Int, _ round: ProcessRound) -> UInt64 {
    guard failure == nil else { return 0 }
    do throws(WorkerError) {
      try send(task, round)
      return try result(of: task, round)
    } catch {
      failure = error
      return 0
    }
  }

  private func send(_ task: Int, _ round: ProcessRound) throws(WorkerError) {
    var patience = Patience(round)
    do throws(FrameSocket.Failure) {
      let value = UInt64(task)
      guard let message = round.message else {
        write(FrameHeader(.task, value: value))
        return try socket.send(prefix(FrameHeader.bytes)) { patience.goesOn(child) }
      }
      switch message.way {
      case .serialized:
        write(FrameHeader(.message, length: UInt64(message.count), value: value))
        try socket.send(prefix(FrameHeader.bytes)) { patience.goesOn(child) }
        var failure: FrameSocket.Failure?
        message.withBytes { bytes in
          do throws(FrameSocket.Failure) {
            try socket.send(bytes) { patience.goesOn(child) }
          } catch { failure = error }
        }
        if let failure { throw failure }
      case .shared:
        write(FrameHeader(.shared, length: 8, value: value))
        buffer.storeBytes(
          of: UInt64(message.count), toByteOffset: FrameHeader.bytes, as: UInt64.self)
        try socket.send(prefix(FrameHeader.bytes + 8), descriptor: round.descriptor) {
          patience.goesOn(child)
        }
      }
    } catch {
      // One that refuses what it was sent says why before it closes its end.
      if error == .closed { _ = try answer(task: task, round.label, payload: 8) { false } }
      throw error == .closed || child.hasEnded != nil
        ? ended(task: task, round.label)
        : silent(task: task, round.label, seconds: patience.seconds)
    }
  }

  private func result(of task: Int, _ round: ProcessRound) throws(WorkerError) -> UInt64 {
    var patience = Patience(round)
    let header = try answer(task: task, round.label, payload: 8) { patience.goesOn(child) }
    guard let header else {
      throw silent(task: task, round.label, seconds: patience.seconds)
    }
    guard header.kind == .result else {
      throw strange(task: task, round.label, .unexpected(header.kind, expected: "a result"))
    }
    guard header.value == UInt64(task) else {
      throw strange(task: task, round.label, .otherTask(header.value, expected: UInt64(task)))
    }
    // Nobody else writes it.
    answers.pointee.store(answers.pointee.load(ordering: .relaxed) + 1, ordering: .relaxed)
    return buffer.load(fromByteOffset: FrameHeader.bytes, as: UInt64.self)
  }

  /// How long a task is waited for: as long as tasks of the round end, on any worker, it may take longer
  /// than the timeout.
  private struct Patience {
    let round: ProcessRound
    private var since = pgp_monotonic_ns()
    private var known = -1
    /// When the program was first seen to be asked to stop; 0: it was not.
    private var stopped: UInt64 = 0
    /// How long a task may still take then, in seconds.
    private static let stopSeconds = 2.0

    init(_ round: ProcessRound) { self.round = round }

    var seconds: Double { WorkerProcess.seconds(since: since) }

    mutating func goesOn(_ child: ChildProcess) -> Bool {
      // One that writes much must not wait for whoever reads it.
      child.drain()
      guard child.hasEnded == nil else { return false }
      if pgp_interrupt_signal() != 0 {
        if stopped == 0 { stopped = pgp_monotonic_ns() }
        if WorkerProcess.seconds(since: stopped) > Self.stopSeconds { return false }
      }
      let answers = round.answers()
      if answers != known {
        if known >= 0 { since = pgp_monotonic_ns() }
        known = answers
      }
      return seconds < round.timeout
    }
  }

  // MARK: - Answers

  /// The header of the next frame, whose payload, of at most `payload` bytes, follows it in the buffer;
  /// `nil`: none came, and `goesOn` gave up.
  ///
  /// - Throws: what the frame says if the worker failed, and why there is none if it has ended.
  private func answer(
    task: Int?, _ label: String, payload: Int, _ goesOn: () -> Bool
  ) throws(WorkerError) -> FrameHeader? {
    var problem: FrameError
    do {
      let most = FrameHeader.bytes + payload
      let got = try socket.receive(
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<most]), atLeast: FrameHeader.bytes, goesOn
      )
      let header = try FrameHeader(prefix(FrameHeader.bytes), mostMessage: 0)
      let end = FrameHeader.bytes + Int(header.length)
      if end > got {
        try socket.receive(UnsafeMutableRawBufferPointer(rebasing: buffer[got..<end]), goesOn)
      }
      guard header.kind == .failed else { return header }
      let text = buffer[FrameHeader.bytes..<end].map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }
      throw WorkerError.cannotPrepare(
        worker: worker, label: label, reason: String(decoding: text, as: UTF8.self))
    } catch let error as WorkerError {
      throw error
    } catch let error as FrameError {
      problem = error
    } catch {
      if (error as? FrameSocket.Failure) == .closed || child.hasEnded != nil {
        throw ended(task: task, label)
      }
      return nil
    }
    throw strange(task: task, label, problem)
  }

  private func ended(task: Int?, _ label: String) -> WorkerError {
    let end = child.waitForEnd(atMost: Self.endSeconds)
    return .processEnded(
      worker: worker, task: task, label: label,
      how: end.map { "its process \($0)" } ?? "its process closed its connection and goes on")
  }

  private func silent(task: Int?, _ label: String, seconds: Double) -> WorkerError {
    let signal = pgp_interrupt_signal()
    if signal != 0, child.hasEnded == nil { return .interrupted(signal: signal) }
    return child.hasEnded != nil
      ? ended(task: task, label)
      : .stuck(worker: worker, task: task, label: label, seconds: seconds)
  }

  private func strange(task: Int?, _ label: String, _ error: FrameError) -> WorkerError {
    .strangeAnswer(worker: worker, task: task, label: label, finding: error.description)
  }

  private func write(_ header: FrameHeader, _ payload: [UInt8] = []) {
    header.write(to: buffer)
    guard !payload.isEmpty else { return }
    UnsafeMutableRawBufferPointer(rebasing: buffer[FrameHeader.bytes...]).copyBytes(from: payload)
  }

  private func prefix(_ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: buffer[..<count])
  }

  private static func seconds(since start: UInt64) -> Double {
    Double(pgp_monotonic_ns() - start) * 1e-9
  }
}
