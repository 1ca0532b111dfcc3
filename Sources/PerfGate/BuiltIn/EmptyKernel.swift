import PerfGateWorkers

/// A call of a closure that does nothing: what no work at all takes in the engine.
///
/// A closure of which an optimiser has left nothing takes as long; of one that takes hardly longer most of
/// the time is the engine's, and a ratio says little of the closure.
package enum EmptyKernel {
  /// The kernel's name.
  package static let name = BuiltInKernel.empty
  /// The only variant's name.
  package static let variant = "swift.empty"
  /// Below so many times its time nothing is claimed of a closure.
  package static let leastRatio = 1.5
  /// The same for calls with inputs: finding one takes as long as two or three calls of nothing.
  static let leastRatioWithInputs = 6.0

  /// Below so many times its time nothing is claimed of a kernel's closures.
  static func leastRatio(of kernel: AnyKernel) -> Double {
    kernel.calls?.inputs == nil ? leastRatio : leastRatioWithInputs
  }

  /// The kernel.
  static var kernel: AnyKernel {
    AnyKernel(name: name, closures: [(variant, true, emptyTask)])
  }
}
