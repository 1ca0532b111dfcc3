import CPerfGateSystem

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One end of a socket that carries frames; its calls block, with ticks for 100 ms at a time.
///
/// Used by one thread at a time.
package struct FrameSocket: Sendable {
  /// The socket.
  let descriptor: Int32
  /// How long a call waits until it looks around; below 0: it never does.
  private let tickMilliseconds: Int32

  /// Why bytes did not pass.
  enum Failure: Error {
    /// The other end is closed.
    case closed
    /// Whoever waited has given up.
    case givenUp
  }

  /// - Parameter ticks: whether those who wait look around.
  init(_ descriptor: Int32, ticks: Bool) {
    self.descriptor = descriptor
    tickMilliseconds = ticks ? 100 : -1
  }

  /// Receives bytes until the buffer is full.
  ///
  /// - Parameter goesOn: asked at each tick whether to wait on.
  func receive(
    _ buffer: UnsafeMutableRawBufferPointer, _ goesOn: () -> Bool
  ) throws(Failure) {
    _ = try receive(buffer, atLeast: buffer.count, goesOn)
  }

  /// Receives bytes until there are this many of them, or more if they have arrived already.
  ///
  /// - Returns: how many.
  func receive(
    _ buffer: UnsafeMutableRawBufferPointer, atLeast least: Int, _ goesOn: () -> Bool
  ) throws(Failure) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < least {
      let count = pgp_receive_within(
        descriptor, base + done, buffer.count - done, tickMilliseconds)
      done += try Self.passed(count, goesOn)
    }
    return done
  }

  /// Receives bytes until the buffer is full, and a descriptor if one comes with the first; -1: none.
  func receiveDescriptor(
    _ buffer: UnsafeMutableRawBufferPointer, _ goesOn: () -> Bool
  ) throws(Failure) -> Int32 {
    guard let base = buffer.baseAddress else { return -1 }
    var descriptor: Int32 = -1
    var done = 0
    do {
      while done == 0 {
        let count = pgp_receive_descriptor(
          self.descriptor, base, buffer.count, &descriptor, tickMilliseconds)
        done += try Self.passed(count, goesOn)
      }
      try receive(UnsafeMutableRawBufferPointer(rebasing: buffer[done...]), goesOn)
    } catch {
      if descriptor >= 0 { close(descriptor) }
      throw error
    }
    return descriptor
  }

  /// Sends all of the bytes.
  func send(_ buffer: UnsafeRawBufferPointer, _ goesOn: () -> Bool) throws(Failure) {
    guard let base = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let count = pgp_send_within(
        descriptor, base + done, buffer.count - done, -1, tickMilliseconds)
      done += try Self.passed(count, goesOn)
    }
  }

  /// Sends all of the bytes, with a descriptor.
  func send(
    _ buffer: UnsafeRawBufferPointer, descriptor other: Int32, _ goesOn: () -> Bool
  ) throws(Failure) {
    guard let base = buffer.baseAddress else { return }
    var done = 0
    while done == 0 {
      let count = pgp_send_within(descriptor, base, buffer.count, other, tickMilliseconds)
      done += try Self.passed(count, goesOn)
    }
    try send(UnsafeRawBufferPointer(rebasing: buffer[done...]), goesOn)
  }

  /// How many bytes have passed, of the answer of a call that may have waited in vain.
  private static func passed(_ count: Int64, _ goesOn: () -> Bool) throws(Failure) -> Int {
    if count > 0 { return Int(count) }
    guard count < 0 else { throw .closed }
    guard goesOn() else { throw .givenUp }
    return 0
  }
}
