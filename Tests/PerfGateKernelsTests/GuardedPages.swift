import PerfGateKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Two pages that can be read and written, between two that cannot be touched at all: whoever reads
/// a byte outside dies.
final class GuardedPages {
  enum Edge: CaseIterable { case front, back }

  let bytes: UnsafeMutableRawBufferPointer
  private let all: UnsafeMutableRawBufferPointer

  init?() {
    let page = sysconf(Int32(_SC_PAGESIZE))
    guard
      let start = mmap(nil, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
      start != MAP_FAILED
    else { return nil }
    all = UnsafeMutableRawBufferPointer(start: start, count: 4 * page)
    bytes = UnsafeMutableRawBufferPointer(rebasing: all[page..<3 * page])
    guard mprotect(start, page, PROT_NONE) == 0, mprotect(start + 3 * page, page, PROT_NONE) == 0
    else { return nil }
  }

  deinit { munmap(all.baseAddress, all.count) }

  /// Writes `text` at `offset`, everything before it `before`, everything behind it `behind`.
  func place(
    _ text: [UInt8], at offset: Int, before: UInt8, behind: UInt8
  ) -> UnsafeRawBufferPointer {
    for index in 0..<offset { bytes[index] = before }
    let range = offset..<offset + text.count
    UnsafeMutableRawBufferPointer(rebasing: bytes[range]).copyBytes(from: text)
    for index in range.upperBound..<bytes.count { bytes[index] = behind }
    return UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  /// Writes `text` so that it begins or ends where the pages do.
  func place(_ text: [UInt8], at edge: Edge) -> UnsafeRawBufferPointer {
    let offset = edge == .front ? 0 : bytes.count - text.count
    return place(text, at: offset, before: 0, behind: 0)
  }
}
