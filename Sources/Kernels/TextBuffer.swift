import PerfGate

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a long text, a zero after them, and 64 bytes of padding.
///
/// It maps its own pages, because the allocator may return freed memory of another memory node.
///
/// `@unchecked Sendable` holds: the bytes are written in `init` only, before anybody else can see
/// them, and then the pages are made read-only, so a later write would be a fault, not a race.
/// The owner of bytes that are only viewed leaves them unchanged, as `init(viewing:)` requires.
package final class TextBuffer: @unchecked Sendable {
  /// Zero bytes after the terminator: a block that starts in the text may end there.
  package static let paddingBytes = 64
  /// The least number of bytes of a text that fills some large pages.
  private static let longBytes = 8 << 20

  /// The number of bytes of the text, without its zero.
  package let bytes: UnsafeRawBufferPointer
  private let ownedBytes: Int

  /// Maps `count` bytes and fills them.
  ///
  /// - Parameters:
  ///   - count: the length of the text in bytes, without its zero.
  ///   - fill: gets exactly `count` bytes, all zero; runs once.
  package init(
    count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(KernelError) {
    let length = try Self.checkedBytes(count: count, copies: 1)
    let start = try Self.map(bytes: length)
    fill(UnsafeMutableRawBufferPointer(start: start, count: count))
    if mprotect(start, length, PROT_READ) != 0 {
      let reason = errno
      munmap(start, length)
      throw .memoryRefused(bytes: length, errorNumber: reason)
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
    ownedBytes = length
  }

  /// Views bytes, and a zero after them, that their owner keeps alive and unchanged.
  package init(viewing bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    ownedBytes = 0
  }

  /// The first byte of the text, or its zero.
  var start: UnsafePointer<UInt8> {
    // `bytes` always has a base: mapped memory has one, and so has the zero of a view.
    bytes.assumingMemoryBound(to: UInt8.self).baseAddress.unsafelyUnwrapped
  }

  /// The bytes of the text.
  var text: UnsafeBufferPointer<UInt8> { bytes.assumingMemoryBound(to: UInt8.self) }

  /// The same address, hidden from the compiler, so that it cannot merge tasks.
  var opaqueStart: UnsafePointer<UInt8> {
    UnsafePointer(bitPattern: opaque(Int(bitPattern: start))).unsafelyUnwrapped
  }

  /// A string with a copy of the text, which must be UTF-8; anything else is repaired.
  ///
  /// Its bytes lie on pages of the same size as this buffer's, so that readers of both are comparable.
  func string() -> String {
    String(unsafeUninitializedCapacity: bytes.count) { copy in
      guard let start = copy.baseAddress else { return 0 }
      // A small one shares its pages with other allocations.
      if bytes.count >= Self.longBytes {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let first = (Int(bitPattern: start) + page - 1) / page * page
        let end = (Int(bitPattern: start) + bytes.count) / page * page
        if let pages = UnsafeMutableRawPointer(bitPattern: first) {
          Self.preferLargePages(pages, bytes: end - first)
        }
      }
      UnsafeMutableRawBufferPointer(copy).copyMemory(from: bytes)
      return bytes.count
    }
  }

  deinit {
    if ownedBytes > 0 { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), ownedBytes) }
  }

  /// How many bytes `copies` texts of `count` bytes take; the largest `Int` on overflow.
  static func neededBytes(count: Int, copies: Int) -> Int {
    if count < 0 { return 0 }
    let (one, tooLong) = count.addingReportingOverflow(1 + paddingBytes)
    let (all, tooMany) = one.multipliedReportingOverflow(by: copies)
    return tooLong || tooMany ? .max : all
  }

  /// The same, or an error when this machine cannot hold them.
  @discardableResult
  static func checkedBytes(count: Int, copies: Int) throws(KernelError) -> Int {
    try KernelError.check(size: count)
    let needed = neededBytes(count: count, copies: copies)
    let memory = memoryBytes
    guard needed < memory else { throw .sizeBeyondMemory(size: count, memoryBytes: memory) }
    return needed
  }

  /// Checks whether the system grants `bytes` bytes, without touching them.
  ///
  /// Call it before making a `String` of that size, which ends the program when there is no memory.
  static func probe(bytes: Int) throws(KernelError) {
    munmap(try map(bytes: bytes), bytes)
  }

  private static func map(bytes: Int) throws(KernelError) -> UnsafeMutableRawPointer {
    let access = PROT_READ | PROT_WRITE
    guard let start = mmap(nil, bytes, access, MAP_PRIVATE | MAP_ANON, -1, 0), start != MAP_FAILED
    else { throw .memoryRefused(bytes: bytes, errorNumber: errno) }
    preferLargePages(start, bytes: bytes)
    return start
  }

  /// A process keeps the small pages that it happens to get: from one start to the next, that moved the
  /// ratio of two readers of one text by several percent. This is a hint; a refusal changes nothing.
  private static func preferLargePages(_ start: UnsafeMutableRawPointer, bytes: Int) {
    #if canImport(Glibc)
      madvise(start, bytes, MADV_HUGEPAGE)
    #endif
  }

  private static var memoryBytes: Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let (bytes, overflow) = pages.multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
    return overflow || bytes <= 0 ? .max : bytes
  }
}
