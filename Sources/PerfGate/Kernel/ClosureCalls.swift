import CPerfGateSystem
import PerfGateWorkers

/// What stands around the calls of closures, which may throw (see `ThrownErrors`): an input for each.
@usableFromInline
package struct ClosureCalls: Sendable {
  /// The name of a closure that is the only one.
  package static let only = "work"
  /// The name of the first of two closures, where it has no label.
  package static let first = "faster"

  /// A closure as it is written in a test: `of:`, or by its place.
  package static func words(_ name: String) -> String {
    switch name {
    case only: "the closure"
    case first: "the first closure"
    default: "the closure \(name):"
    }
  }

  /// The inputs of calls that have one each; `nil`: they have none.
  package let inputs: CallInputs?

  /// Calls that may throw, and may have inputs.
  package init(inputs: CallInputs? = nil) { self.inputs = inputs }
}

/// An input for each call of an arm: made before the arm starts, taken away after it has ended.
///
/// Both happen on the workers, in rounds of their own whose time nobody counts.
package struct CallInputs: Sendable {
  /// Makes room for the inputs of so many calls; what is still there goes.
  package let reserve: @Sendable (_ count: Int) -> Void
  /// Makes the input of a call.
  package let make: TaskBody
  /// Takes the input of a call away, and returns what stands for what is left in it.
  package let take: TaskBody
  /// Whether what is left in the inputs is compared, because the calls return nothing.
  package let areResults: Bool

  /// Inputs of calls.
  package init(
    areResults: Bool, reserve: @escaping @Sendable (_ count: Int) -> Void,
    make: @escaping TaskBody, take: @escaping TaskBody
  ) {
    self.areResults = areResults
    self.reserve = reserve
    self.make = make
    self.take = take
  }

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
struct CallMemory: Hashable, Sendable {
  /// The input alone.
  var input = 0
  /// What a call leaves in it that was not there before, by variant.
  ///
  /// Of an input that is shared with something else a copy is made in the call, and stays.
  var left: [String: Int] = [:]

  /// What an input may have grown to after its call; at least 1.
  var bytes: Int { max(1, input + (left.values.max() ?? 0)) }
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
