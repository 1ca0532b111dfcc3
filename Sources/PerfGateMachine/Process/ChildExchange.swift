import CPerfGateSystem

/// Lines to a child and back. While this waits it reads the child's standard error, so that a
/// child that writes much never blocks, and it looks at least every 100 ms whether the program was
/// asked to stop, and whether the child has ended or uses too much memory.
extension ChildProcess {
  /// How often to look at the child while waiting.
  private static let lookSeconds = 0.1
  /// How long an ended child's exit status may take after its socket has closed.
  private static let endSeconds = 2.0
  /// A pause that takes this much longer than it should means that this process was stopped, as by
  /// Ctrl-Z.
  private static let stopSeconds = 1.0

  /// The monotonic clock without the time in which this process was stopped.
  private var clock: UInt64 { pgp_monotonic_ns() - stoppedNanoseconds }

  /// The beginning of what the child has sent although nothing waits for it; `nil`: nothing.
  package func unasked() throws(ChildFailure) -> String? {
    if let ending { throw .ended(ending) }
    if buffer.isEmpty {
      guard pgp_poll_child(socket, false, -1, 0) & Int32(PGP_SOCKET_READY) != 0,
        buffer.fill(from: socket) == .bytes
      else { return nil }
    }
    return try buffer.next().map { String(decoding: $0, as: UTF8.self) } ?? "..."
  }

  /// Sends a line, to which this adds the newline. Blocks only while the child does not read,
  /// `seconds` at most.
  package func send(
    _ line: String, atMost seconds: Double = 10, interruptSignal: () -> Int32? = { nil }
  ) throws(ChildFailure) {
    var bytes = Array(line.utf8)
    guard bytes.count <= LineBuffer.maximum, pgp_printable_prefix(bytes, bytes.count) == bytes.count
    else { throw .notOneLine(line) }
    if let ending { throw .ended(ending) }
    bytes.append(10)
    let start = clock
    var sent = 0
    while sent < bytes.count {
      let result = bytes[sent...].withUnsafeBytes { rest in
        rest.baseAddress.map { pgp_send(socket, $0, rest.count) } ?? 0
      }
      if result == -Int64(ErrorNumber.again) {
        try wait(toWrite: true, since: start, atMost: seconds, interruptSignal)
      } else if result < 0 {
        throw closed()
      } else {
        sent += Int(result)
      }
    }
  }

  /// The child's next line, without its newline.
  ///
  /// - Parameters:
  ///   - seconds: the longest to block.
  ///   - interruptSignal: the signal that asked the program to stop; `nil` for none.
  package func receive(
    atMost seconds: Double, interruptSignal: () -> Int32? = { nil }
  ) throws(ChildFailure) -> String {
    var text = ""
    try receiveLines(1, atMost: seconds, interruptSignal: interruptSignal) { line in
      text = String(decoding: line, as: UTF8.self)
    }
    return text
  }

  /// The child's next lines, each as its bytes without the newline; they are valid during the call
  /// only. All of them are printable ASCII.
  ///
  /// - Parameters:
  ///   - count: the number of lines.
  ///   - seconds: the longest to block for one line.
  ///   - interruptSignal: the signal that asked the program to stop; `nil` for none.
  ///   - body: called with each line.
  package func receiveLines(
    _ count: Int, atMost seconds: Double, interruptSignal: () -> Int32? = { nil },
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) throws(ChildFailure) {
    if let ending { throw .ended(ending) }
    var start = clock
    var (received, expected) = (0, 0)
    while received < count {
      if let line = try buffer.next() {
        body(line)
        received += 1
        continue
      }
      // Each line has the whole time, from when it is waited for.
      if received > expected { (start, expected) = (clock, received) }
      try wait(toWrite: false, since: start, atMost: seconds, interruptSignal)
      if buffer.fill(from: socket) == .end { throw closed() }
    }
  }

  /// Blocks until the socket has something to read, its end included, or has room to write.
  private func wait(
    toWrite: Bool, since start: UInt64, atMost seconds: Double, _ interruptSignal: () -> Int32?
  ) throws(ChildFailure) {
    while true {
      if let signal = interruptSignal() { throw .interrupted(signal: signal) }
      try lookAtMemory()
      let left = seconds - Double(clock - start) * 1e-9
      let pause = max(0, min(left, Self.lookSeconds))
      let before = pgp_monotonic_ns()
      let ready = pgp_poll_child(socket, toWrite, output, Int32((pause * 1000).rounded(.up)))
      let waited = pgp_monotonic_ns() - before
      if Double(waited) * 1e-9 > pause + Self.stopSeconds { stoppedNanoseconds += waited }
      if ready & Int32(PGP_OUTPUT_READY) != 0 { drain() }
      if ready & Int32(PGP_SOCKET_READY) != 0 { return }
      // A process that the child started may keep the socket open beyond the child's end.
      if let end = look(seconds: 0) {
        drain()
        // It may have answered just before its end.
        if pgp_poll_child(socket, toWrite, -1, 0) != 0 { return }
        throw .ended(end)
      }
      if left <= 0 { throw .silent(seconds: seconds, state: state) }
    }
  }

  private func lookAtMemory() throws(ChildFailure) {
    guard let memoryLimit else { return }
    let now = pgp_monotonic_ns()
    guard Double(now - lookedAt) * 1e-9 >= Self.lookSeconds else { return }
    lookedAt = now
    let used = limitsTree ? ProcessTree(root: pid).bytes : residentBytes
    guard let bytes = used, bytes > memoryLimit else { return }
    throw .tooMuchMemory(bytes: bytes, limit: memoryLimit)
  }

  /// The socket is closed at the child's end: it has ended, or is about to, or closed it itself.
  private func closed() -> ChildFailure {
    waitForEnd(atMost: Self.endSeconds).map { .ended($0) } ?? .hungUp
  }
}
