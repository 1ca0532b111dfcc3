import CPerfGateSystem

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The side of a worker process: runs the tasks that it is sent, one after another, until its socket
/// is closed.
///
/// It believes nothing that it reads: what is not a frame that it expects ends it, with a frame that says
/// why.
package final class WorkerServer {
  private let socket: FrameSocket
  private let find: (TaskOrigin) throws -> WorkerCode
  private var code = WorkerCode()
  private var label: SharedLabel?
  private let task: UnsafeMutablePointer<Int64>
  private let context: UnsafeMutablePointer<pgp_worker_context>
  private let buffer: UnsafeMutableRawBufferPointer
  /// Whether the other end closed the socket in the middle of a message.
  private var isCut = false

  /// Prepares to serve.
  ///
  /// - Parameters:
  ///   - socket: a stream socket.
  ///   - find: finds the code of a task and makes its input.
  package init(socket: Int32, find: @escaping (TaskOrigin) throws -> WorkerCode) {
    self.socket = FrameSocket(socket, ticks: false)
    self.find = find
    buffer = .allocate(byteCount: FrameHeader.bytes + FrameKind.mostText, alignment: 16)
    task = .allocate(capacity: 1)
    task.initialize(to: -1)
    context = .allocate(capacity: 1)
    context.initialize(to: pgp_worker_context(worker: 0, task: UnsafePointer(task), label: nil))
  }

  deinit {
    buffer.deallocate()
    context.deallocate()
    task.deallocate()
  }

  /// Says that it is ready, then serves until it is told to quit, the socket is closed, or something arrives that is no frame.
  ///
  /// - Returns: whether nothing was wrong.
  package func serve() -> Bool {
    pgp_set_worker_context(context)
    defer { pgp_set_worker_context(nil) }
    do {
      try send(FrameHeader(.ready, value: 0))
      while try next() {}
      return true
    } catch let error as FrameError {
      try? fail("was sent \(error)")
      return false
    } catch { return true }
  }

  /// Answers the next frame; `false`: it was the last one.
  private func next() throws -> Bool {
    let head = UnsafeMutableRawBufferPointer(rebasing: buffer[..<FrameHeader.bytes])
    let descriptor = try socket.receiveDescriptor(head) { true }
    defer { if descriptor >= 0 { close(descriptor) } }
    let header = try FrameHeader(
      UnsafeRawBufferPointer(head), mostMessage: UInt64(max(0, code.mostBytes)))
    guard descriptor < 0 || header.kind == .shared else {
      throw FrameError.unexpected(header.kind, expected: "no memory with it")
    }
    switch header.kind {
    case .work: try prepare(header)
    case .task:
      guard let run = code.run else { throw FrameError.unexpected(.task, expected: "a message") }
      task.pointee = Int64(truncatingIfNeeded: header.value)
      let result = run(Int(truncatingIfNeeded: header.value))
      task.pointee = -1
      try answer(header.value, result)
    case .message: try receive(header)
    case .shared: try map(header, descriptor)
    case .quit: return false
    case .ready, .result, .failed:
      throw FrameError.unexpected(header.kind, expected: "one for a worker")
    }
    return true
  }

  private func prepare(_ header: FrameHeader) throws {
    let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(header.length)])
    try socket.receive(bytes) { true }
    let work = try WorkText(UnsafeRawBufferPointer(bytes))
    let label = SharedLabel(work.label)
    context.pointee.worker = Int64(truncatingIfNeeded: header.value)
    context.pointee.label = UnsafePointer(label.pointer)
    self.label = label
    code = WorkerCode()
    let start = pgp_monotonic_ns()
    do { code = try find(work.origin) } catch { return try fail("\(error)") }
    try send(FrameHeader(.ready, value: pgp_monotonic_ns() - start))
  }

  private func receive(_ header: FrameHeader) throws {
    guard case .serialized(let make) = code.receiver else {
      throw FrameError.unexpected(.message, expected: "another kind")
    }
    task.pointee = Int64(truncatingIfNeeded: header.value)
    var isTaken = false
    let result = make(Int(header.length)) { memory in
      isTaken = true
      do { try socket.receive(memory) { true } } catch { isCut = true }
    }
    task.pointee = -1
    guard isTaken else { throw FrameError.notTaken(header.length) }
    if isCut { throw FrameSocket.Failure.closed }
    try answer(header.value, result)
  }

  private func map(_ header: FrameHeader, _ descriptor: Int32) throws {
    guard case .shared(let look) = code.receiver else {
      throw FrameError.unexpected(.shared, expected: "another kind")
    }
    let size = UnsafeMutableRawBufferPointer(rebasing: buffer[..<8])
    try socket.receive(size) { true }
    let count = size.loadUnaligned(as: UInt64.self)
    guard count <= UInt64(max(0, code.mostBytes)) else {
      throw FrameError.length(count, of: .shared, allowed: 0...UInt64(max(0, code.mostBytes)))
    }
    var bytes: UnsafeRawPointer?
    let error = pgp_map_sealed(descriptor, Int(count), false, &bytes)
    guard error == 0 else { throw FrameError.memory(errorNumber: error) }
    defer { pgp_unmap_sealed(bytes, Int(count)) }
    task.pointee = Int64(truncatingIfNeeded: header.value)
    let result = look(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    task.pointee = -1
    try answer(header.value, result)
  }

  private func answer(_ task: UInt64, _ result: UInt64) throws {
    let header = FrameHeader(.result, length: 8, value: task)
    header.write(to: buffer)
    buffer.storeBytes(of: result, toByteOffset: FrameHeader.bytes, as: UInt64.self)
    try socket.send(UnsafeRawBufferPointer(rebasing: buffer[..<(FrameHeader.bytes + 8)])) { true }
  }

  private func send(_ header: FrameHeader) throws {
    header.write(to: buffer)
    try socket.send(UnsafeRawBufferPointer(rebasing: buffer[..<FrameHeader.bytes])) { true }
  }

  /// Says why the last frame could not be answered.
  private func fail(_ text: String) throws {
    let bytes = Array(text.utf8.prefix(FrameKind.mostText))
    FrameHeader(.failed, length: UInt64(bytes.count), value: 0).write(to: buffer)
    UnsafeMutableRawBufferPointer(rebasing: buffer[FrameHeader.bytes...]).copyBytes(from: bytes)
    let end = FrameHeader.bytes + bytes.count
    try socket.send(UnsafeRawBufferPointer(rebasing: buffer[..<end])) { true }
  }
}
