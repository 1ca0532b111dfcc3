import CPerfGateSystem

/// Why a buffer cannot be placed as requested.
package enum MemoryError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kernel did not provide the memory.
  case noMemory(bytes: Int, errorNumber: Int32)
  /// The kernel refused the node.
  case refused(target: MemoryTarget, errorNumber: Int32)
  /// The kernel, or the container around it, forbids every memory policy call.
  case blocked(target: MemoryTarget, errorNumber: Int32)

  /// One line: what failed, what was found, what to do.
  package var description: String {
    switch self {
    case .noMemory(let bytes, let number):
      "cannot map \(bytes) bytes: \(errnoText(number)); choose a smaller --size"
    case .refused(let target, let number):
      "cannot place memory on \(target): \(errnoText(number)); choose --mem local"
    case .blocked(let target, let number):
      "cannot place memory on \(target): memory policy calls are blocked (\(errnoText(number))); "
        + "choose --mem local, or allow mbind in the container"
    }
  }
}

/// Memory on pages of its own on a requested node: mapped, bound to the node where the kernel
/// allows it, and otherwise placed by the first touch.
///
/// The worker that uses it calls `firstTouch()` once it is pinned, before anything writes to it.
/// Not `malloc`, which may return freed memory of another node.
///
/// Sendable because every stored property is a constant. Users of the pointer coordinate their
/// access to the memory, as with any raw pointer; `deinit` unmaps it once, after the last reference
/// is gone.
package final class NodeBuffer: @unchecked Sendable {
  /// How the pages are kept on their node.
  package enum Binding: Hashable, Sendable, Codable, CustomStringConvertible {
    /// By `mbind`: through libnuma, or by the system call where libnuma is not linked.
    case bound(throughLibnuma: Bool)
    /// By the first touch of a pinned worker; the number is the error of `mbind` if that is
    /// blocked.
    case firstTouch(blockedBy: Int32?)

    /// `mbind through libnuma`, `mbind`, `first touch`, `first touch, mbind blocked (EPERM)`.
    package var description: String {
      switch self {
      case .bound(let throughLibnuma): throughLibnuma ? "mbind through libnuma" : "mbind"
      case .firstTouch(nil): "first touch"
      case .firstTouch(let number?):
        "first touch, mbind \(NumaState.blocked(errorNumber: number))"
      }
    }
  }

  /// The first byte, aligned to the page size; for buffers of at least 2 MiB aligned to 2 MiB, so
  /// that huge pages fit.
  package let base: UnsafeMutableRawPointer
  /// The usable bytes.
  package let byteCount: Int
  /// Where the memory should be.
  package let target: MemoryTarget
  /// How it is kept there.
  package let binding: Binding

  private static let hugePageBytes = 2 << 20
  /// From this many huge pages per node on, nodes differ by at most a sixteenth.
  private static let evenHugePages = 16

  private let mappedBytes: Int
  private let pageBytes: Int

  /// Maps a buffer of at least one byte without touching it.
  ///
  /// When the kernel forbids policy calls, the buffer falls back to first touch, unless the target
  /// is `required`, which it is when the user asked for it. A node that is refused is always an
  /// error.
  package init(byteCount: Int, target: MemoryTarget, required: Bool = false) throws(MemoryError) {
    let page = pgp_page_size()
    let bytes = Swift.max(byteCount, 1).addingReportingOverflow(page - 1)
    guard !bytes.overflow else {
      throw .noMemory(bytes: byteCount, errorNumber: ErrorNumber.noMemory)
    }
    mappedBytes = bytes.partialValue / page * page
    pageBytes = page
    self.byteCount = byteCount
    self.target = target
    var number: Int32 = 0
    guard
      let base = pgp_map(
        mappedBytes, mappedBytes >= Self.hugePageBytes ? Self.hugePageBytes : page, &number)
    else {
      throw .noMemory(bytes: byteCount, errorNumber: number)
    }
    self.base = base
    do {
      binding = try Self.bind(base, mappedBytes, target, required)
    } catch {
      pgp_unmap(base, mappedBytes)
      throw error
    }
  }

  deinit { pgp_unmap(base, mappedBytes) }

  /// The usable bytes as a pointer to their start and their count.
  package var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base, count: byteCount)
  }

  /// How many pages the buffer has.
  package var pages: Int { mappedBytes / pageBytes }

  /// Writes a zero to each page, so that all are near the calling thread or where they are bound.
  package func firstTouch() { pgp_touch(base, mappedBytes, pageBytes) }

  /// On which nodes the pages are now.
  package func residency() -> PageResidency {
    PageResidency.read(base: base, pages: pages, pageBytes: pageBytes)
  }

  private static func bind(
    _ base: UnsafeMutableRawPointer, _ bytes: Int, _ target: MemoryTarget, _ required: Bool
  ) throws(MemoryError) -> Binding {
    let nodes: CPUSet
    let interleave: Bool
    switch target {
    case .firstTouch: return .firstTouch(blockedBy: nil)
    case .node(let number): (nodes, interleave) = (CPUSet([number]), false)
    case .interleaved(let set): (nodes, interleave) = (set, true)
    }
    // A huge page is on one node as a whole, so a small buffer would not be interleaved at all; in
    // a large buffer, huge pages matter more than perfect balance. An error means that there are
    // none.
    if interleave, bytes < Self.evenHugePages * Self.hugePageBytes * nodes.count {
      _ = pgp_forbid_huge_pages(base, bytes)
    }
    let words = nodes.bitWords
    let result = pgp_bind(base, bytes, interleave, words, words.count)
    if result == 0 { return .bound(throughLibnuma: pgp_numa_linked()) }
    guard [ErrorNumber.notPermitted, ErrorNumber.notSupported].contains(-result) else {
      throw .refused(target: target, errorNumber: -result)
    }
    if required { throw .blocked(target: target, errorNumber: -result) }
    return .firstTouch(blockedBy: -result)
  }
}
