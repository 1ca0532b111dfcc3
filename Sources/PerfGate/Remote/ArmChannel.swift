#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension ArmServer {
  /// Answers the requests that come in until one asks for the end, the input ends, or nobody reads the
  /// answers.
  ///
  /// Blocks while there is no request. A last line without an end is no request.
  ///
  /// - Parameters:
  ///   - input: the descriptor of the requests.
  ///   - output: the descriptor of the answers; it may be the same. Where it is a pipe, SIGPIPE should
  ///     be ignored.
  package func serve(input: Int32, output: Int32) {
    var reader = RequestReader(descriptor: input)
    while !isEnded, let request = reader.next() {
      let lines =
        switch request {
        case .line(let line): answer(line)
        case .tooLong:
          [WireError.other("a request has at most \(ArmProtocol.longestLine) bytes").line]
        }
      guard Self.send(lines, to: output) else { return }
    }
  }

  /// Writes whole lines; `false` if nobody reads them any more.
  private static func send(_ lines: [String], to descriptor: Int32) -> Bool {
    let bytes = lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(to: descriptor, $0) }
      if written >= 0 {
        rest = rest.dropFirst(written)
        continue
      }
      switch errno {
      case EINTR: break
      case EAGAIN: wait(for: descriptor, POLLOUT)
      default: return false
      }
    }
    return true
  }

  private static func write(to descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if os(Linux)
      // Without the signal that ends a process whose socket nobody reads.
      let sent = sendQuietly(descriptor, bytes)
      if sent >= 0 || errno != ENOTSOCK { return sent }
    #endif
    return systemWrite(descriptor, bytes)
  }
}

/// Blocks until the descriptor is ready.
private func wait(for descriptor: Int32, _ events: some BinaryInteger) {
  var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
  poll(&request, 1, -1)
}

#if os(Linux)
  private func sendQuietly(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
  }
#endif

/// The system's `write`, which the method of that name hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

/// Reads requests line by line, with bounded memory.
private struct RequestReader {
  enum Request {
    /// A line without its end; bytes that are no text are replaced, which no request contains.
    case line(String)
    /// A line that is too long, and was skipped.
    case tooLong
  }

  let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 8192)
  /// The part of the buffer that is read and not used.
  private var unused = 0..<0
  private var line: [UInt8] = []
  private var isTooLong = false

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// The next request; `nil` at the end of the input.
  mutating func next() -> Request? {
    while true {
      if let end = buffer[unused].firstIndex(of: UInt8(ascii: "\n")) {
        take(unused.lowerBound..<end)
        unused = (end + 1)..<unused.upperBound
        defer {
          line.removeAll(keepingCapacity: true)
          isTooLong = false
        }
        return isTooLong ? .tooLong : .line(String(decoding: line, as: UTF8.self))
      }
      take(unused)
      unused = 0..<0
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      switch count {
      case 1...: unused = 0..<count
      case ..<0 where errno == EINTR: break
      case ..<0 where errno == EAGAIN: wait(for: descriptor, POLLIN)
      default: return nil
      }
    }
  }

  private mutating func take(_ range: Range<Int>) {
    guard !isTooLong, line.count + range.count <= ArmProtocol.longestLine else {
      isTooLong = true
      return
    }
    line += buffer[range]
  }
}
