import PerfGateWorkers

/// A closure that does nothing, which measures the engine's own time per call.
///
/// A closure that the optimizer removed takes as long. If one takes hardly longer, most of the time
/// is the engine's, and a ratio says little about the closure.
package enum EmptyKernel {
  /// The kernel's name.
  package static let name = BuiltInKernel.empty
  /// The only variant's name.
  package static let variant = "swift.empty"
  /// Closures that take fewer times the empty call's time are not judged.
  package static let leastRatio = 1.5
  /// The same for calls with inputs: finding an input takes as long as two or three empty calls.
  static let leastRatioWithInputs = 6.0

  /// The limit for a kernel's closures, with or without inputs.
  static func leastRatio(of kernel: AnyKernel) -> Double {
    kernel.calls?.inputs == nil ? leastRatio : leastRatioWithInputs
  }

  /// The kernel, whose only variant is the empty closure.
  static var kernel: AnyKernel {
    AnyKernel(name: name, closures: [(variant, true, emptyTask)])
  }
}
