import CPerfGateKernels
import PerfGate

/// A task that does nothing: timed over a million tasks, it is the cost of the executor itself.
package enum Dispatch: Kernel {
  /// How many tasks a call stands for; the work does not depend on it.
  package typealias Input = Int

  /// `dispatch`.
  package static let name = "dispatch"
  /// The same for every size; timed over many tasks.
  package static let work = Work(unit: "task", growth: .constant, defaultSize: 1)

  /// An empty task in C and in Swift, each behind one call.
  package static let variants: [Variant<Int>] = [
    Variant("swift.empty", twin: "c.empty") { _, task in
      UInt64(bitPattern: Int64(empty(task: task)))
    },
    Variant("c.empty", isReference: true, isOptimized: ck_dispatch_is_optimized()) { _, task in
      ck_empty(UInt64(bitPattern: Int64(task)))
    },
  ]

  /// Nothing but the size; an empty task reads no input.
  ///
  /// - Throws: when `size` is negative.
  package static func makeInput(size: Int, seed: UInt64) throws(KernelError) -> Int {
    try KernelError.check(size: size)
    return size
  }

  /// Does nothing, in one call, as its C twin.
  ///
  /// Shape: any number; returns it.
  /// Work: constant.
  @inline(never)
  package static func empty(task: Int) -> Int { opaque(task) }
}
