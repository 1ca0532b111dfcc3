import CPerfGateSystem

extension CallInputs {
  /// How many bytes the inputs of an arm may take: 256 MiB, or a quarter of what is available.
  static func budget() -> Int {
    let available = Int(clamping: pgp_available_bytes())
    return available > 0 ? min(256 << 20, available / 4) : 256 << 20
  }

  /// How many inputs are made, at most, to learn what one takes.
  static let samples = 8
  /// What the process may grow by for other reasons while they are made.
  static let slackBytes = 8 << 20
}

/// What the input of a call takes, in bytes.
package struct CallMemory: Hashable, Sendable {
  /// The input alone.
  package var input = 0
  /// What a call leaves in it that was not there before, by variant.
  ///
  /// Of an input that is shared with something else a copy is made in the call, and stays.
  package var left: [String: Int] = [:]

  /// What an input may have grown to after its call; at least 1.
  package var bytes: Int { max(1, input + (left.values.max() ?? 0)) }
}

/// How much memory the process uses, by its allocator and by the system.
struct MemoryUse {
  /// Bytes that are allocated.
  var heap = Int(pgp_heap_bytes())
  /// Bytes that are resident.
  var resident = Int(pgp_resident_bytes())

  /// By how many bytes it has grown.
  ///
  /// Memory that was mapped without the allocator shows in what is resident alone.
  func growth(since before: MemoryUse) -> Int {
    let (heap, resident) = (heap - before.heap, resident - before.resident)
    return max(0, resident > heap + CallInputs.slackBytes ? resident : heap)
  }
}
