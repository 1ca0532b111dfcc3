import CPerfGateSystem

extension CallInputs {
  /// How many bytes the inputs of an arm may take: 256 MiB, or a quarter of the available memory if
  /// that is less.
  static func budget() -> Int {
    let available = Int(clamping: pgp_available_bytes())
    return available > 0 ? min(256 << 20, available / 4) : 256 << 20
  }

  /// The most inputs that are created to find out how much memory one takes.
  static let samples = 8
  /// How many bytes the process may grow by for other reasons in the meantime.
  static let slackBytes = 8 << 20
}

/// How much memory the input of a call takes, in bytes.
package struct CallMemory: Hashable, Sendable {
  /// The input before the call.
  package var input = 0
  /// How much larger a call makes its input, by variant: a call that changes a shared input copies
  /// it, and the copy stays.
  package var left: [String: Int] = [:]

  /// The largest input after a call; at least 1.
  package var bytes: Int { max(1, input + (left.values.max() ?? 0)) }
}

/// How much memory the process uses, according to its allocator and to the system.
struct MemoryUse {
  /// Allocated bytes.
  var heap = Int(pgp_heap_bytes())
  /// Resident bytes.
  var resident = Int(pgp_resident_bytes())

  /// By how many bytes it has grown, at least 0.
  ///
  /// Memory that was mapped without the allocator shows only in the resident bytes.
  func growth(since before: MemoryUse) -> Int {
    let (heap, resident) = (heap - before.heap, resident - before.resident)
    return max(0, resident > heap + CallInputs.slackBytes ? resident : heap)
  }
}
