import CPerfGateSystem

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Cuts what arrives on a socket into lines. The bytes stay where they arrived until the next
/// reading, so that a million lines cost no million strings.
struct LineBuffer: ~Copyable {
  /// The most bytes of a line, without its newline.
  static let maximum = 4096

  /// What reading brought.
  enum Reading { case bytes, nothing, end }

  private let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 65_536)
  private var start = 0
  private var end = 0

  deinit { bytes.deallocate() }

  /// Whether everything that arrived was taken.
  var isEmpty: Bool { start == end }

  /// The next whole line without its newline; valid until the next call. `nil`: not yet there.
  mutating func next() throws(ChildFailure) -> UnsafeBufferPointer<UInt8>? {
    guard start < end, let base = bytes.baseAddress else { return nil }
    let length = pgp_printable_prefix(base + start, min(end - start, Self.maximum + 1))
    guard length <= Self.maximum else { throw .answerTooLong(maximum: Self.maximum) }
    guard start + length < end else { return nil }
    let byte = base[start + length]
    guard byte == 10 else { throw .answerNotASCII(byte: byte, position: length) }
    defer { start += length + 1 }
    return UnsafeBufferPointer(start: base + start, count: length)
  }

  /// Reads what has arrived, without waiting.
  mutating func fill(from socket: Int32) -> Reading {
    guard let base = bytes.baseAddress else { return .end }
    // What is left is less than a line.
    if start > 0 {
      memmove(base, base + start, end - start)
      (start, end) = (0, end - start)
    }
    let count = pgp_receive(socket, base + end, bytes.count - end)
    if count < 0 { return count == -Int64(ErrorNumber.again) ? .nothing : .end }
    end += Int(count)
    return count == 0 ? .end : .bytes
  }
}
