#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The last bytes of what a process writes, however much it writes.
struct OutputTail {
  /// How many bytes are kept.
  static let maximum = 4096

  private var bytes: [UInt8] = []
  /// Whether earlier bytes were dropped.
  private var isCut = false

  /// The lines that are kept, oldest first, without empty ones and with blanks for control
  /// characters. The first may lack its beginning where it is longer than all that is kept.
  var lines: [String] {
    var kept = bytes[...]
    if isCut, let end = kept.firstIndex(of: 10), end + 1 < kept.endIndex {
      kept = kept[(end + 1)...]
    }
    return kept.split(separator: 10).compactMap { line in
      let text = String(decoding: line.map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }, as: UTF8.self)
      return text.allSatisfy { $0 == " " } ? nil : text
    }
  }

  mutating func append(_ chunk: ArraySlice<UInt8>) {
    let added = chunk.suffix(Self.maximum)
    let dropped = max(0, bytes.count + added.count - Self.maximum)
    isCut = isCut || dropped > 0 || added.count < chunk.count
    bytes.removeFirst(dropped)
    bytes += added
  }

  /// Reads what is there without waiting, at most about 1 MiB. Returns whether more may come.
  mutating func drain(_ descriptor: Int32) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    for _ in 0..<16 {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return count < 0 && errno == EAGAIN }
      append(chunk[..<count])
    }
    return true
  }
}
